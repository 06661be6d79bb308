// SPDX-License-Identifier: BSD-3-Clause
// An arena whose map is computed, not stored: maps of any length without their memory.
#pragma once

#include <cstdint>
#include <cstring>
#include <functional>
#include <utility>

#include <ndmedic/btt/arena.h>
#include <ndmedic/btt/lane_state.h>
#include <ndmedic/format/endian.h>
#include <ndmedic/media/media.h>

namespace ndmedic::test {

/// `word` gives the map word of each LBA. Everything else of the arena reads as zero.
class SyntheticMap final : public Media {
 public:
  SyntheticMap(const Arena& arena, std::function<std::uint32_t(std::uint32_t lba)> word)
      : arena_(arena), word_(std::move(word)) {}

  std::uint64_t size() const override { return arena_.geometry.arena_size; }
  Status read(std::uint64_t offset, std::span<std::byte> into) const override {
    std::memset(into.data(), 0, into.size());
    const Extent map = arena_.map();
    for (std::size_t at = 0; at + 4 <= into.size(); at += 4) {
      const std::uint64_t place = offset + at;
      if (place < map.offset || place >= map.offset + map.size) continue;
      const Le32 word(word_(static_cast<std::uint32_t>((place - map.offset) / 4)));
      std::memcpy(into.data() + at, &word, sizeof word);
    }
    return {};
  }
  Status write(std::uint64_t offset, std::span<const std::byte> from) override {
    return Error{Errc::read_only, {offset, from.size()}, "synthetic map"};
  }
  Status flush(Extent) override { return {}; }
  Status fence() override { return {}; }
  MediaTraits traits() const override { return {}; }

 private:
  Arena arena_;
  std::function<std::uint32_t(std::uint32_t)> word_;
};

/// One arena of `size` bytes with sectors of 512.
inline Arena arena_of(std::uint64_t size) {
  Arena arena;
  arena.geometry = *arena_geometry(size, 512, 256, GeometryRule::kernel);
  return arena;
}

/// Its lanes as a formatter leaves them.
inline LaneTable pristine_lanes(const Arena& arena) {
  LaneTable table;
  table.layout.layout = FlogLayout::slots_0_1;
  table.layout.lanes = arena.geometry.nfree;
  for (std::uint32_t j = 0; j < arena.geometry.nfree; ++j) {
    LaneReading lane;
    lane.lane = {j};
    lane.state = LaneState::pristine;
    lane.current = FlogSlot::a;
    lane.free_block = PostmapLba{arena.geometry.external_nlba + j};
    lane.readable = true;
    table.lanes.push_back(lane);
  }
  table.counts[static_cast<std::size_t>(LaneState::pristine)] = arena.geometry.nfree;
  return table;
}

}  // namespace ndmedic::test
