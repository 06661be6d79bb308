// SPDX-License-Identifier: BSD-3-Clause
// A fresh BTT, and single writes to it, stopped where a test wants them.
#include <ndmedic/image/build_btt.h>

#include <ndmedic/format/btt_flog.h>
#include <ndmedic/format/btt_map.h>
#include <ndmedic/format/codec.h>

namespace ndmedic {
namespace {

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
                    BttContainer container) {
  const bool flagged = container == BttContainer::pool;
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

Result<std::vector<ArenaPlaces>> build_btt(Media& media, const FormatPlan& plan) {
  if (plan.nfree > build_nfree_max) return Error{Errc::too_large, {}, "nfree"};
  NDMEDIC_TRY(const std::vector<Arena> arenas, lay_out(media.size(), plan));
  NDMEDIC_CHECK(write_layout(media, arenas, plan.container));
  std::vector<ArenaPlaces> places;
  for (const Arena& arena : arenas)
    places.push_back({arena.start.value, arena.geometry, FlogLayout::slots_0_1});
  return places;
}

Status build_write(Media& media, const std::vector<ArenaPlaces>& arenas, const BuiltWrite& write,
                   BttContainer container) {
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
  const FlogEntry entry = entry_for(lba, old, old.postmap({lba}), current, container);

  NDMEDIC_CHECK(fill_block(media, *arena, entry.new_block(), write.fill));
  const std::size_t logged = write.stop == WriteStop::half ? 8 : sizeof(FlogEntry);
  NDMEDIC_CHECK(media.write(group_at + (a_is_current ? b : 0) * sizeof(FlogEntry),
                            bytes_of(entry).first(logged)));
  if (write.stop != WriteStop::none) return {};
  const Le32 fresh(entry.new_block().value | map_normal_bits);
  return media.write(word_at, bytes_of(fresh));
}

}  // namespace ndmedic
