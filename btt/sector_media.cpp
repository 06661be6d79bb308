// SPDX-License-Identifier: BSD-3-Clause
#include <ndmedic/btt/sector_media.h>

#include <algorithm>
#include <array>

#include <ndmedic/format/checked.h>
#include <ndmedic/format/endian.h>
#include <ndmedic/media/bounds.h>

namespace ndmedic {
namespace {

constexpr std::size_t words_at_once = 1024;

}  // namespace

std::uint32_t sector_data_size(std::uint32_t external_lbasize, BttContainer container) {
  if (container == BttContainer::pool) return external_lbasize;
  switch (external_lbasize) {
    case 520:
    case 528:
      return 512;
    case 4104:
    case 4160:
    case 4224:
      return 4096;
    default:
      return external_lbasize;
  }
}

std::vector<PendingWord> pending_words(const LaneTable& lanes) {
  std::vector<PendingWord> words;
  if (!lanes.layout.layout) return words;
  for (const LaneReading& lane : lanes.lanes) {
    if (lane.state != LaneState::interrupted || !lane.current) continue;
    const FlogEntry& entry = lanes.entry(lane, *lane.current);
    words.push_back({{entry.lba.value()}, {entry.new_block().value | map_normal_bits}});
  }
  std::sort(words.begin(), words.end(), [](const auto& a, const auto& b) { return a.lba < b.lba; });
  return words;
}

SectorMedia::SectorMedia(const Media& ns, BttContainer container, std::vector<SectorArena> arenas,
                         std::uint32_t sector_size)
    : ns_(ns), container_(container), arenas_(std::move(arenas)), sector_size_(sector_size) {
  if (arenas_.empty()) return;
  if (sector_size_ == 0)
    sector_size_ = sector_data_size(arenas_.front().arena.geometry.external_lbasize, container_);
  Checked sectors = 0;
  for (const SectorArena& arena : arenas_) sectors = sectors + arena.arena.geometry.external_nlba;
  size_ = (sectors * sector_size_).get().value_or(0);
}

SectorMedia::Position SectorMedia::locate(std::uint64_t lba) const {
  for (const SectorArena& arena : arenas_) {
    const std::uint32_t nlba = arena.arena.geometry.external_nlba;
    if (lba < nlba) return {&arena, static_cast<std::uint32_t>(lba)};
    lba -= nlba;
  }
  return {};
}

Status SectorMedia::read(std::uint64_t offset, std::span<std::byte> into) const {
  if (!lies_within(offset, into.size(), size_))
    return Error{Errc::out_of_range, {offset, into.size()}, "sectors"};
  while (!into.empty()) {
    const std::uint64_t skip = offset % sector_size_;
    const std::uint64_t most = std::uint64_t{words_at_once} * sector_size_ - skip;
    const std::size_t size = std::min<std::uint64_t>(into.size(), most);
    NDMEDIC_CHECK(read_sectors(offset / sector_size_, skip, into.first(size)));
    into = into.subspan(size);
    offset += size;
  }
  return {};
}

/// At most words_at_once sectors; the map words of one arena are fetched in one read.
Status SectorMedia::read_sectors(std::uint64_t lba, std::uint64_t skip,
                                 std::span<std::byte> into) const {
  std::array<Le32, words_at_once> words;
  while (!into.empty()) {
    const Position position = locate(lba);
    const std::uint64_t wanted = (skip + into.size() + sector_size_ - 1) / sector_size_;
    const std::uint64_t left = position.arena->arena.geometry.external_nlba - position.premap;
    const std::size_t count = std::min({wanted, left, std::uint64_t{words_at_once}});
    const std::span<Le32> fetched(words.data(), count);
    NDMEDIC_CHECK(ns_.read(position.arena->arena.map_entry({position.premap}).value,
                           std::as_writable_bytes(fetched)));
    for (std::size_t i = 0; i < count; ++i, ++lba, skip = 0) {
      const PremapLba premap{position.premap + static_cast<std::uint32_t>(i)};
      const std::size_t size = std::min<std::uint64_t>(into.size(), sector_size_ - skip);
      NDMEDIC_CHECK(
          read_sector(*position.arena, premap, {fetched[i].value()}, skip, into.first(size)));
      into = into.subspan(size);
    }
  }
  return {};
}

Status SectorMedia::read_sector(const SectorArena& arena, PremapLba premap, MapEntry word,
                                std::uint64_t skip, std::span<std::byte> into) const {
  const auto pending =
      std::lower_bound(arena.pending.begin(), arena.pending.end(), premap,
                       [](const PendingWord& entry, PremapLba lba) { return entry.lba < lba; });
  if (pending != arena.pending.end() && pending->lba == premap) word = pending->word;
  const bool initial_zero = word.state() == MapState::initial && container_ == BttContainer::pool;
  if (word.state() == MapState::zero || initial_zero) {
    std::fill(into.begin(), into.end(), std::byte{0});
    return {};
  }
  const PostmapLba block = word.postmap(premap);
  const Extent sector{(arena.arena.first_lba.value + premap.value) * sector_size_, sector_size_};
  if (word.state() == MapState::error) return Error{Errc::bad_media, sector, "error entry"};
  if (block.value >= arena.arena.geometry.internal_nlba)
    return Error{Errc::bad_media, sector, "map entry out of range"};
  return ns_.read(arena.arena.block(block).value + skip, into);
}

/// At most `most` sectors from `premap` on that are alike.
Result<SectorMedia::SectorRun> SectorMedia::sector_run(const SectorArena& arena,
                                                       std::uint32_t premap,
                                                       std::uint64_t most) const {
  const std::uint64_t map_at = arena.arena.map_entry({premap}).value;
  NDMEDIC_TRY(const ExtentRun map, ns_.run_at(map_at, map_at + most * map_entry_size));
  SectorRun run{std::max<std::uint64_t>(map.range.size / map_entry_size, 1), false};
  if (map.kind != ExtentKind::zero || map.range.size < map_entry_size) return run;
  // All initial, but for what recovery would change.
  const auto pending =
      std::lower_bound(arena.pending.begin(), arena.pending.end(), PremapLba{premap},
                       [](const PendingWord& entry, PremapLba lba) { return entry.lba < lba; });
  if (pending != arena.pending.end()) {
    if (pending->lba.value == premap) return SectorRun{};
    run.count = std::min<std::uint64_t>(run.count, pending->lba.value - premap);
  }
  run.zero = container_ == BttContainer::pool;
  if (run.zero) return run;
  const std::uint64_t stride = arena.arena.geometry.internal_lbasize;
  const std::uint64_t block_at = arena.arena.block({premap}).value;
  NDMEDIC_TRY(const ExtentRun blocks, ns_.run_at(block_at, block_at + run.count * stride));
  run.zero = blocks.kind == ExtentKind::zero && blocks.range.size >= stride;
  run.count = std::max<std::uint64_t>(blocks.range.size / stride, 1);
  return run;
}

Result<ExtentRun> SectorMedia::run_at(std::uint64_t offset, std::uint64_t limit) const {
  NDMEDIC_CHECK(check_run(offset, limit, size_, "sectors"));
  const std::uint64_t lba = offset / sector_size_;
  const Position position = locate(lba);
  const std::uint64_t left = position.arena->arena.geometry.external_nlba - position.premap;
  const std::uint64_t wanted = (limit - 1) / sector_size_ - lba + 1;
  const auto run = sector_run(*position.arena, position.premap, std::min(left, wanted));
  // An image that cannot tell: reading will.
  if (!run) return ExtentRun{{offset, limit - offset}, ExtentKind::data};
  const std::uint64_t end = std::min(limit, (lba + run->count) * sector_size_);
  return ExtentRun{{offset, end - offset}, run->zero ? ExtentKind::zero : ExtentKind::data};
}

Status SectorMedia::write(std::uint64_t offset, std::span<const std::byte> from) {
  return Error{Errc::read_only, {offset, from.size()}, "sectors"};
}

Status SectorMedia::flush(Extent range) { return Error{Errc::read_only, range, "sectors"}; }

Status SectorMedia::fence() { return Error{Errc::read_only, {}, "sectors"}; }

MediaTraits SectorMedia::traits() const {
  MediaTraits traits;
  traits.alignment = sector_size_;
  return traits;
}

}  // namespace ndmedic
