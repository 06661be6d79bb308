// SPDX-License-Identifier: BSD-3-Clause
#include <ndmedic/btt/layout.h>

#include <algorithm>
#include <array>
#include <string>

#include <ndmedic/btt/info_places.h>
#include <ndmedic/format/btt_map.h>
#include <ndmedic/format/checked.h>
#include <ndmedic/format/codec.h>
#include <ndmedic/format/pfn_info.h>
#include <ndmedic/format/pool_header.h>

namespace ndmedic {
namespace {

constexpr std::uint64_t window_size = std::uint64_t{1} << 20;

/// Writes an arena list; one object for one call of write_layout().
class Formatter {
 public:
  Formatter(Media& ns, std::span<const Arena> arenas, BttContainer container,
            const LayoutStage& stage)
      : ns_(ns), arenas_(arenas), container_(container), stage_(stage), window_(window_size) {}

  Status run() {
    NDMEDIC_CHECK(wipe_infos());
    NDMEDIC_CHECK(clear_start());
    for (const Arena& arena : arenas_) {
      NDMEDIC_CHECK(clear_map(arena));
      NDMEDIC_CHECK(write_flog(arena));
    }
    NDMEDIC_CHECK(ns_.fence());
    for (auto arena = arenas_.rbegin(); arena != arenas_.rend(); ++arena) {
      NDMEDIC_CHECK(write_info(*arena, "backup", arena->backup()));
      NDMEDIC_CHECK(write_info(*arena, "info", arena->start));
    }
    return {};
  }

 private:
  void tell(std::string_view name) {
    if (stage_) stage_(name);
  }
  void tell(const Arena& arena, std::string_view name) {
    tell("arena" + std::to_string(arena.index.value) + "/" + std::string(name));
  }

  Status store(std::uint64_t offset, std::span<const std::byte> from) {
    NDMEDIC_CHECK(ns_.write(offset, from));
    return ns_.flush({offset, from.size()});
  }

  Status store_zeros(Extent range) {
    std::ranges::fill(window_, std::byte{0});
    for (std::uint64_t done = 0; done < range.size;) {
      const std::uint64_t size = std::min(window_size, range.size - done);
      NDMEDIC_CHECK(store(range.offset + done, std::span(window_).first(size)));
      done += size;
    }
    return {};
  }

  /// Zeroes the block when it begins with a signature, or cannot be read.
  Status wipe_info(std::uint64_t offset) {
    if (!lies_within(offset, info_block_size, ns_.size())) return {};
    std::array<std::uint8_t, info_signature.size()> head{};
    const Status read = ns_.read(offset, std::as_writable_bytes(std::span(head)));
    if (!read && read.error().code != Errc::bad_media) return read;
    if (read && head != info_signature && head != pfn_signature && head != dax_signature) return {};
    wiped_ = true;
    return store_zeros({offset, info_block_size});
  }

  /// Whatever their version and whether they are valid. One at another place than GE-1 says is
  /// found by nobody once these are gone.
  Status wipe_infos() {
    tell("old info");
    NDMEDIC_CHECK(for_each_info_place(
        ns_.size(), [this](std::uint64_t offset, bool) { return wipe_info(offset); }));
    for (const Arena& arena : arenas_) {
      NDMEDIC_CHECK(wipe_info(arena.start.value));
      NDMEDIC_CHECK(wipe_info(arena.backup().value));
    }
    return wiped_ ? ns_.fence() : Status();
  }

  /// What lies before arena 0 belongs to nobody (PL-2), or to the pool's header, which comes last.
  Status clear_start() {
    const std::uint64_t size = arenas_.empty() ? 0 : arenas_.front().start.value;
    const auto blank = is_zero(ns_, {0, size});
    if (!blank && blank.error().code != Errc::bad_media) return blank.error();
    if (blank && *blank) return {};
    tell("old content");
    return store_zeros({0, size});
  }

  /// With its padding (MP-3).
  Status clear_map(const Arena& arena) {
    tell(arena, "map");
    const ArenaGeometry& geometry = arena.geometry;
    Status status;
    NDMEDIC_CHECK(
        for_each_run(ns_, {arena.start.value + geometry.mapoff, geometry.flogoff - geometry.mapoff},
                     [&](const ExtentRun& run) {
                       if (run.kind == ExtentKind::absent)
                         status = Error{Errc::absent, run.range, "map"};
                       if (run.kind == ExtentKind::data || run.kind == ExtentKind::bad)
                         status = store_zeros(run.range);
                       return status.has_value();
                     }));
    return status;
  }

  /// With the padding behind the last group (CC-10).
  Status write_flog(const Arena& arena) {
    tell(arena, "flog");
    constexpr std::uint64_t at_once = window_size / flog_group_size;
    const std::uint64_t end = arena.start.value + arena.geometry.infooff;
    std::uint64_t at = arena.start.value + arena.geometry.flogoff;
    for (std::uint64_t lane = 0; at < end;) {
      std::vector<FlogGroup> groups(std::min(at_once, (end - at) / flog_group_size));
      for (FlogGroup& group : groups) {
        if (lane >= arena.geometry.nfree) break;
        group = pristine_group(arena, {static_cast<std::uint32_t>(lane++)}, container_);
      }
      const auto bytes = std::as_bytes(std::span(groups));
      NDMEDIC_CHECK(store(at, bytes));
      at += bytes.size();
    }
    return {};
  }

  Status write_info(const Arena& arena, std::string_view name, NamespaceOffset at) {
    tell(arena, name);
    const InfoBlock info = info_block_of(arena);
    NDMEDIC_CHECK(store(at.value, bytes_of(info)));
    return ns_.fence();
  }

  Media& ns_;
  std::span<const Arena> arenas_;
  BttContainer container_;
  const LayoutStage& stage_;
  std::vector<std::byte> window_;
  bool wiped_ = false;
};

Arena arena_of(const FormatPlan& plan, BttVersion version, std::uint64_t index,
               const ArenaSpan& span, const ArenaGeometry& geometry) {
  Arena arena;
  arena.index = {static_cast<std::uint32_t>(index)};
  arena.start = {initial_offset(plan.container, version).value + span.offset};
  arena.uuid = plan.uuid;
  arena.parent_uuid = plan.parent_uuid;
  arena.version = version;
  arena.geometry = geometry;
  arena.nextoff = span.nextoff;
  return arena;
}

/// Why no arena of `size` bytes has a geometry.
std::string_view why_not(std::uint64_t size, const FormatPlan& plan) {
  if (plan.nfree == 0) return "number of lanes";
  return arena_geometry(size, plan.external_lbasize, 1, plan.rule) ? "number of lanes"
                                                                   : "sector size";
}

}  // namespace

NamespaceOffset initial_offset(BttContainer container, BttVersion version) {
  if (container == BttContainer::pool) return {pool_btt_offset};
  return {version == btt_version_2_0 ? std::uint64_t{0} : info_block_size};
}

bool is_kernel_sector_size(std::uint32_t external_lbasize) {
  constexpr std::array<std::uint32_t, 7> sizes = {512, 520, 528, 4096, 4104, 4160, 4224};
  return std::ranges::find(sizes, external_lbasize) != sizes.end();
}

Result<std::vector<Arena>> lay_out(std::uint64_t size, const FormatPlan& plan) {
  const BttVersion version = plan.container == BttContainer::pool ? btt_version_1_1 : plan.version;
  if (version != btt_version_1_1 && version != btt_version_2_0)
    return Error{Errc::invalid, {}, "version"};
  const std::uint64_t initial = initial_offset(plan.container, version).value;
  const std::uint64_t rawsize = size > initial ? size - initial : 0;
  const std::uint64_t count = arena_count(rawsize);
  if (count == 0) return Error{Errc::invalid, {0, size}, "size of the BTT"};
  if (count > arenas_listed_max) return Error{Errc::too_large, {0, size}, "size of the BTT"};
  std::vector<Arena> arenas;
  std::uint64_t first_lba = 0;
  for (std::uint64_t i = 0; i < count; ++i) {
    const ArenaSpan span = arena_span(rawsize, i);
    const auto geometry = arena_geometry(span.size, plan.external_lbasize, plan.nfree, plan.rule);
    if (!geometry) return Error{Errc::invalid, {}, why_not(span.size, plan)};
    arenas.push_back(arena_of(plan, version, i, span, *geometry));
    arenas.back().first_lba = {first_lba};
    first_lba += geometry->external_nlba;
  }
  return arenas;
}

InfoBlock info_block_of(const Arena& arena) {
  const ArenaGeometry& geometry = arena.geometry;
  InfoBlock info{};
  info.sig = info_signature;
  info.uuid = arena.uuid;
  info.parent_uuid = arena.parent_uuid;
  info.flags = arena.flags;
  info.major = arena.version.major;
  info.minor = arena.version.minor;
  info.external_lbasize = geometry.external_lbasize;
  info.external_nlba = geometry.external_nlba;
  info.internal_lbasize = geometry.internal_lbasize;
  info.internal_nlba = geometry.internal_nlba;
  info.nfree = geometry.nfree;
  info.infosize = static_cast<std::uint32_t>(info_block_size);
  info.nextoff = arena.nextoff;
  info.dataoff = geometry.dataoff;
  info.mapoff = geometry.mapoff;
  info.flogoff = geometry.flogoff;
  info.infooff = geometry.infooff;
  info.checksum = checksum_of(info);
  return info;
}

FlogGroup pristine_group(const Arena& arena, Lane lane, BttContainer container) {
  FlogGroup group{};
  FlogEntry& entry = group.slot[0];
  const std::uint32_t flags = container == BttContainer::pool ? map_zero_bit : 0;
  entry.lba = lane.value;
  entry.old_map = (arena.geometry.external_nlba + lane.value) | flags;
  entry.new_map = entry.old_map.value();
  entry.seq = 1;
  return group;
}

Status write_layout(Media& ns, std::span<const Arena> arenas, BttContainer container,
                    const LayoutStage& stage) {
  return Formatter(ns, arenas, container, stage).run();
}

Status format_btt(Media& ns, const FormatPlan& plan, const LayoutStage& stage) {
  const bool any_size = plan.container == BttContainer::pool || plan.rule == GeometryRule::pmemblk;
  if (!any_size && !is_kernel_sector_size(plan.external_lbasize))
    return Error{Errc::invalid, {}, "sector size"};
  NDMEDIC_TRY(const std::vector<Arena> arenas, lay_out(ns.size(), plan));
  return write_layout(ns, arenas, plan.container, stage);
}

}  // namespace ndmedic
