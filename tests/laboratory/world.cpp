// SPDX-License-Identifier: BSD-3-Clause
#include "world.h"

#include <cstring>
#include <numeric>
#include <utility>

#include <ndmedic/format/endian.h>

namespace ndmedic::laboratory {
namespace {

struct Entry {
  std::uint32_t lba;
  std::uint32_t old_map;
  std::uint32_t new_map;
  std::uint32_t seq;
};

/// Fills one arena.
class ArenaPainter {
 public:
  ArenaPainter(const World& world, const Arena& arena, std::span<std::byte> bytes)
      : shape_(world.shape), arena_(arena), bytes_(bytes) {}

  void paint_fresh() {
    for (std::uint32_t lane = 0; lane < shape_.lanes; ++lane) put_pristine(lane);
  }

  void paint(std::span<Content> contents, Random& random) {
    std::vector<std::uint32_t> blocks(shape_.lbas + shape_.lanes);
    std::iota(blocks.begin(), blocks.end(), 0U);
    // Most arenas have seen many writes, some only a few.
    const std::uint32_t swaps = random.one_in(3) ? random.below(4) : random.below(40);
    for (std::uint32_t i = 0; i < swaps; ++i)
      std::swap(blocks[random.below(blocks.size())], blocks[random.below(blocks.size())]);
    own_.assign(blocks.begin(), blocks.begin() + shape_.lbas);
    for (std::uint32_t lba = 0; lba < shape_.lbas; ++lba) contents[lba] = paint_sector(lba, random);
    bool used = false;
    for (std::uint32_t lane = 0; lane < shape_.lanes; ++lane)
      used = paint_lane(lane, blocks[shape_.lbas + lane], used, random) || used;
  }

 private:
  Content paint_sector(std::uint32_t lba, Random& random) {
    const std::uint32_t block = own_[lba];
    const Content content = static_cast<Content>(arena_.first_lba.value + lba + 1) << 8;
    fill_block(block, content);
    const bool pool = shape_.container == BttContainer::pool;
    if (block == lba && !random.one_in(3)) {
      put_map(lba, 0);
      return pool ? content_zeros : content;
    }
    if (random.one_in(8)) {
      put_map(lba, block | map_error_bit);
      return content_error;
    }
    if (random.one_in(8)) {
      put_map(lba, block | map_zero_bit);
      return content_zeros;
    }
    put_map(lba, block | map_normal_bits);
    return content;
  }

  /// True when the lane has been used.
  bool paint_lane(std::uint32_t lane, std::uint32_t free_block, bool used, Random& random) {
    fill_block(free_block, 0x7F000000U + static_cast<Content>(free_block));
    const bool last = lane + 1 == shape_.lanes;
    const bool must_use = last && !used && shape_.layout == FlogLayout::slots_0_2;
    if (free_block == shape_.lbas + lane && !must_use && !random.one_in(3)) {
      put_pristine(lane);
      if (random.one_in(4))  // its first write was cut behind H1 (T-2 with seq 0)
        put_entry(lane, FlogSlot::b, {random.below(shape_.lbas), flagged(own_[0]), 0, 0});
      return false;
    }
    // The six pairs of SQ-3.
    static constexpr std::uint32_t pairs[6][2] = {{1, 2}, {3, 2}, {3, 1}, {2, 1}, {2, 3}, {1, 3}};
    const auto& pair = pairs[random.below(6)];
    const FlogSlot current = newer(pair[0], pair[1]).value_or(FlogSlot::a);
    const std::uint32_t lba = random.below(shape_.lbas);
    std::uint32_t filled = own_[lba];
    if (random.one_in(2)) {  // superseded: another lane wrote the LBA since
      do filled = random.below(shape_.lbas + shape_.lanes);
      while (filled == free_block);
    }
    const unsigned now = current == FlogSlot::a ? 0 : 1;
    put_entry(lane, current, {lba, flagged(free_block), flagged(filled), pair[now]});
    // What the lane freed before it filled: the rest is history. One in four was torn since.
    Entry before{random.below(shape_.lbas), flagged(filled), flagged(random.below(shape_.lbas)),
                 pair[1 - now]};
    if (random.one_in(4)) before.old_map = flagged(random.below(shape_.lbas));
    put_entry(lane, current == FlogSlot::a ? FlogSlot::b : FlogSlot::a, before);
    return true;
  }

  void put_pristine(std::uint32_t lane) {
    const bool pool = shape_.container == BttContainer::pool;
    const std::uint32_t spare = (shape_.lbas + lane) | (pool ? map_zero_bit : 0);
    put_entry(lane, FlogSlot::a, {lane, spare, spare, 1});
  }

  std::uint32_t flagged(std::uint32_t block) const {
    return shape_.container == BttContainer::pool ? block | map_normal_bits : block;
  }

  void put_word(std::uint64_t offset, std::uint32_t word) {
    const Le32 stored(word);
    std::memcpy(bytes_.data() + offset, &stored, sizeof stored);
  }
  void put_map(std::uint32_t lba, std::uint32_t word) {
    put_word(arena_.map_entry({lba}).value, word);
  }
  void put_entry(std::uint32_t lane, FlogSlot slot, const Entry& entry) {
    const std::uint64_t at =
        arena_.flog_group({lane}).value + slot_index(shape_.layout, slot) * sizeof(FlogEntry);
    put_word(at, entry.lba);
    put_word(at + 4, entry.old_map);
    put_word(at + 8, entry.new_map);
    put_word(at + 12, entry.seq);
  }
  void fill_block(std::uint32_t block, Content content) {
    fill_content(bytes_.subspan(arena_.block({block}).value, shape_.block), content);
  }

  const Shape& shape_;
  const Arena& arena_;
  std::span<std::byte> bytes_;
  std::vector<std::uint32_t> own_;
};

}  // namespace

std::string describe(const Shape& shape) {
  return std::to_string(shape.arenas) + " x " + std::to_string(shape.lbas) + " LBAs of " +
         std::to_string(shape.sector) + " in " + std::to_string(shape.block) + " bytes, " +
         std::to_string(shape.lanes) + " lanes, slots 0," +
         (shape.layout == FlogLayout::slots_0_1 ? "1" : "2") +
         (shape.container == BttContainer::pool ? ", pool" : ", namespace");
}

World lay_out(const Shape& shape) {
  World world;
  world.shape = shape;
  std::uint64_t at = 8;  // nothing begins at 0, so that a forgotten offset is noticed
  for (std::uint32_t i = 0; i < shape.arenas; ++i) {
    Arena arena;
    arena.index = {i};
    arena.first_lba = {std::uint64_t{i} * shape.lbas};
    arena.version = btt_version_2_0;
    arena.geometry.external_lbasize = shape.sector;
    arena.geometry.internal_lbasize = shape.block;
    arena.geometry.external_nlba = shape.lbas;
    arena.geometry.internal_nlba = shape.lbas + shape.lanes;
    arena.geometry.nfree = shape.lanes;
    arena.geometry.dataoff = at;
    at += std::uint64_t{arena.geometry.internal_nlba} * shape.block;
    world.arenas.push_back(arena);
  }
  world.metadata = at;
  for (Arena& arena : world.arenas) {
    arena.geometry.mapoff = at;
    at += (shape.lbas + 1) / 2 * 8;
    arena.geometry.flogoff = at;
    at += shape.lanes * std::uint64_t{flog_group_size};
    arena.geometry.infooff = at;
    arena.geometry.arena_size = at;
  }
  world.size = at;
  return world;
}

Start random_start(const World& world, Random& random) {
  Start start{std::vector<std::byte>(world.size), std::vector<Content>(world.sectors())};
  for (const Arena& arena : world.arenas)
    ArenaPainter(world, arena, start.bytes)
        .paint(std::span(start.contents).subspan(arena.first_lba.value, world.shape.lbas), random);
  return start;
}

Start fresh_start(const World& world) {
  Start start{std::vector<std::byte>(world.size),
              std::vector<Content>(world.sectors(), content_zeros)};
  for (const Arena& arena : world.arenas) ArenaPainter(world, arena, start.bytes).paint_fresh();
  return start;
}

std::uint32_t load_word(std::span<const std::byte> bytes, std::uint64_t offset) {
  Le32 word;
  std::memcpy(&word, bytes.data() + offset, sizeof word);
  return word.value();
}

}  // namespace ndmedic::laboratory
