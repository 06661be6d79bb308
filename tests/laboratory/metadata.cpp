// SPDX-License-Identifier: BSD-3-Clause
#include "metadata.h"

namespace ndmedic::laboratory {
namespace {

struct Entry {
  std::uint32_t lba;
  std::uint32_t old_block;
  std::uint32_t new_block;
  std::uint32_t seq;
};

Entry load_entry(std::span<const std::byte> image, std::uint64_t offset) {
  return {load_word(image, offset), load_word(image, offset + 4) & map_postmap_mask,
          load_word(image, offset + 8) & map_postmap_mask, load_word(image, offset + 12)};
}

/// 1, 2, 3 in a circle; nothing follows 0.
bool follows(std::uint32_t seq, std::uint32_t before) {
  return before >= 1 && before <= 3 && seq == before % 3 + 1;
}

/// The current entry of a pair, or nullptr for a pair that no writer reaches (CC-4, SQ-3).
const Entry* current_of(const Entry& a, const Entry& b) {
  if (b.seq == 0) return a.seq == 1 ? &a : nullptr;
  if (a.seq == 0 || a.seq > 3 || b.seq > 3) return nullptr;
  if (follows(b.seq, a.seq)) return &b;
  return follows(a.seq, b.seq) ? &a : nullptr;
}

bool is_padding(std::span<const std::byte> image, std::uint64_t offset) {
  for (std::uint64_t at = offset; at < offset + 16; at += 4)
    if (load_word(image, at) != 0) return false;
  return true;
}

void load_map(const Arena& arena, std::uint32_t lbas, std::span<const std::byte> image,
              MapView& map) {
  for (std::uint32_t lba = 0; lba < lbas; ++lba) {
    const std::uint32_t word = load_word(image, arena.map_entry({lba}).value);
    map.state[lba] = static_cast<MapState>(word >> 30);
    map.own[lba] = map.state[lba] == MapState::initial ? lba : word & map_postmap_mask;
  }
}

/// Takes a block out of `left`: false when it is not there (any more).
bool claim(std::uint64_t& left, std::uint32_t block) {
  if (block >= blocks_max || (left >> block & 1) == 0) return false;
  left &= ~(std::uint64_t{1} << block);
  return true;
}

}  // namespace

const char* judge_metadata(const World& world, const Arena& arena, FlogLayout layout,
                           std::span<const std::byte> image, ArenaView& view) {
  const std::uint32_t lbas = world.shape.lbas;
  const std::uint32_t blocks = lbas + world.shape.lanes;
  load_map(arena, lbas, image, view.now);
  view.recovered = view.now;
  view.interrupted = 0;
  std::uint64_t left = blocks == 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << blocks) - 1;
  std::uint64_t moved = 0;
  for (std::uint32_t lane = 0; lane < world.shape.lanes; ++lane) {
    const std::uint64_t group = arena.flog_group({lane}).value;
    const unsigned second = layout == FlogLayout::slots_0_1 ? 1 : 2;
    if (!is_padding(image, group + 16 * (3 - second)) || !is_padding(image, group + 48))
      return "CC-10: padding of a flog group is not zero";
    const Entry a = load_entry(image, group);
    const Entry b = load_entry(image, group + 16 * second);
    const Entry* const entry = current_of(a, b);
    if (entry == nullptr) return "CC-4: sequence numbers that no writer reaches";
    if (entry->lba >= lbas || entry->new_block >= blocks)
      return "CC-1: a current flog entry points outside";
    if (!claim(left, entry->old_block)) return "CC-1: two lanes own one block, or it is outside";
    if (entry->new_block == entry->old_block || view.now.own[entry->lba] != entry->old_block)
      continue;
    if ((moved >> entry->lba & 1) != 0) return "CC-6: two lanes are interrupted for one LBA";
    moved |= std::uint64_t{1} << entry->lba;
    view.recovered.own[entry->lba] = entry->new_block;
    view.recovered.state[entry->lba] = MapState::normal;
    ++view.interrupted;
  }
  for (std::uint32_t lba = 0; lba < lbas; ++lba)
    if (!claim(left, view.recovered.own[lba]))
      return "CC-2: a block is owned twice beyond what interrupted lanes explain";
  return left == 0 ? nullptr : "CC-1: a block is owned by nobody";
}

}  // namespace ndmedic::laboratory
