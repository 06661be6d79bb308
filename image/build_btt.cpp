// SPDX-License-Identifier: BSD-3-Clause
// A fresh BTT, and single writes to it, stopped where a test wants them.
#include <ndmedic/image/build_btt.h>

#include <algorithm>
#include <span>

#include <ndmedic/format/btt_flog.h>
#include <ndmedic/format/btt_info.h>
#include <ndmedic/format/btt_map.h>
#include <ndmedic/format/codec.h>

namespace ndmedic {
namespace {

InfoBlock info_block(const BttPlan& plan, const ArenaGeometry& geometry, std::uint64_t nextoff) {
  InfoBlock info{};
  info.sig = info_signature;
  info.uuid = plan.uuid;
  info.parent_uuid = plan.parent_uuid;
  info.major = plan.major;
  info.minor = plan.minor;
  info.external_lbasize = geometry.external_lbasize;
  info.external_nlba = geometry.external_nlba;
  info.internal_lbasize = geometry.internal_lbasize;
  info.internal_nlba = geometry.internal_nlba;
  info.nfree = geometry.nfree;
  info.infosize = static_cast<std::uint32_t>(info_block_size);
  info.nextoff = nextoff;
  info.dataoff = geometry.dataoff;
  info.mapoff = geometry.mapoff;
  info.flogoff = geometry.flogoff;
  info.infooff = geometry.infooff;
  info.checksum = checksum_of(info);
  return info;
}

Status build_arena(Media& media, const ArenaPlaces& arena, std::uint64_t nextoff,
                   const BttPlan& plan) {
  const ArenaGeometry& geometry = arena.geometry;
  std::vector<FlogGroup> flog(geometry.nfree);
  for (std::uint32_t lane = 0; lane < geometry.nfree; ++lane) {
    FlogEntry& entry = flog[lane].slot[0];
    const std::uint32_t flags = plan.encoding == FlogEncoding::flagged ? map_zero_bit : 0;
    entry.lba = lane;
    entry.old_map = (geometry.external_nlba + lane) | flags;
    entry.new_map = entry.old_map.value();
    entry.seq = 1;
  }
  NDMEDIC_CHECK(media.write(arena.offset + geometry.flogoff, std::as_bytes(std::span(flog))));
  const InfoBlock info = info_block(plan, geometry, nextoff);
  NDMEDIC_CHECK(media.write(arena.offset + geometry.infooff, bytes_of(info)));
  return media.write(arena.offset, bytes_of(info));
}

const ArenaPlaces* find_arena(const std::vector<ArenaPlaces>& arenas, std::uint64_t& lba) {
  for (const ArenaPlaces& arena : arenas) {
    if (lba < arena.geometry.external_nlba) return &arena;
    lba -= arena.geometry.external_nlba;
  }
  return nullptr;
}

Status fill_block(Media& media, const ArenaPlaces& arena, PostmapLba block, std::byte fill) {
  if (block.value >= arena.geometry.internal_nlba) return Error{Errc::invalid, {}, "free block"};
  const std::vector<std::byte> sector(arena.geometry.external_lbasize, fill);
  const std::uint64_t at = std::uint64_t{block.value} * arena.geometry.internal_lbasize;
  return media.write(arena.offset + arena.geometry.dataoff + at, sector);
}

/// The entry that a write through this lane logs (btt.md 2.5.4, the rows of FL-4).
FlogEntry entry_for(std::uint32_t lba, MapEntry old, PostmapLba freed, const FlogEntry& current,
                    FlogEncoding encoding) {
  const bool flagged = encoding == FlogEncoding::flagged;
  std::uint32_t flags = 0;
  if (flagged)
    flags = old.state() == MapState::initial ? map_normal_bits : old.word & map_normal_bits;
  if (!flagged && old.state() == MapState::error) flags = map_error_bit;
  FlogEntry entry{};
  entry.lba = lba;
  entry.old_map = freed.value | flags;
  entry.new_map = current.old_block().value | (flagged ? map_normal_bits : 0);
  entry.seq = next_seq(current.seq.value());
  return entry;
}

}  // namespace

Result<std::vector<ArenaPlaces>> build_btt(Media& media, std::uint64_t offset,
                                           const BttPlan& plan) {
  if (plan.nfree > build_nfree_max) return Error{Errc::too_large, {}, "nfree"};
  if (offset >= media.size()) return Error{Errc::invalid, {}, "size of the BTT"};
  const std::uint64_t rawsize = media.size() - offset;
  std::vector<ArenaPlaces> arenas;
  for (std::uint64_t i = 0; i < arena_count(rawsize); ++i) {
    const ArenaSpan span = arena_span(rawsize, i);
    const auto geometry = arena_geometry(span.size, plan.external_lbasize, plan.nfree, plan.rule);
    if (!geometry) return Error{Errc::invalid, {}, "geometry of the BTT"};
    arenas.push_back({offset + span.offset, *geometry, FlogLayout::slots_0_1});
    NDMEDIC_CHECK(build_arena(media, arenas.back(), span.nextoff, plan));
  }
  if (arenas.empty()) return Error{Errc::invalid, {}, "size of the BTT"};
  return arenas;
}

Status build_write(Media& media, const std::vector<ArenaPlaces>& arenas, const SectorWrite& write,
                   FlogEncoding encoding) {
  std::uint64_t premap = write.lba;
  const ArenaPlaces* arena = find_arena(arenas, premap);
  if (arena == nullptr) return Error{Errc::not_found, {}, "LBA"};
  if (write.lane >= arena->geometry.nfree) return Error{Errc::not_found, {}, "lane"};
  const auto lba = static_cast<std::uint32_t>(premap);
  const std::uint64_t group_at =
      arena->offset + arena->geometry.flogoff + std::uint64_t{write.lane} * flog_group_size;
  const std::uint64_t word_at =
      arena->offset + arena->geometry.mapoff + std::uint64_t{lba} * map_entry_size;

  NDMEDIC_TRY(const FlogGroup group, read_structure<FlogGroup>(media, group_at));
  const std::size_t b = slot_index(arena->layout, FlogSlot::b);
  const auto current_slot = newer(group.slot[0].seq.value(), group.slot[b].seq.value());
  if (!current_slot) return Error{Errc::invalid, {}, "flog of the lane"};
  const bool a_is_current = *current_slot == FlogSlot::a;
  const FlogEntry& current = group.slot[a_is_current ? 0 : b];
  NDMEDIC_TRY(const Le32 word, read_structure<Le32>(media, word_at));
  const MapEntry old{word.value()};
  const FlogEntry entry = entry_for(lba, old, old.postmap({lba}), current, encoding);

  NDMEDIC_CHECK(fill_block(media, *arena, entry.new_block(), write.fill));
  const std::size_t logged = write.stop == WriteStop::half ? 8 : sizeof(FlogEntry);
  NDMEDIC_CHECK(media.write(group_at + (a_is_current ? b : 0) * sizeof(FlogEntry),
                            bytes_of(entry).first(logged)));
  if (write.stop != WriteStop::none) return {};
  const Le32 fresh(entry.new_block().value | map_normal_bits);
  return media.write(word_at, bytes_of(fresh));
}

}  // namespace ndmedic
