// SPDX-License-Identifier: BSD-3-Clause
// CC-1: every block of an arena belongs to exactly one map entry or lane.
#pragma once

#include <doctest/doctest.h>

#include <cstdint>
#include <vector>

#include "btt_builder.h"

namespace ndmedic::test {

/// Counts the owners of every block of a BTT with sound info blocks whose interrupted writes are
/// completed.
inline void check_ownership(const Media& media, const ChainOptions& options) {
  Findings findings;
  const auto chain = read_arena_chain(media, options, findings);
  REQUIRE(chain);
  REQUIRE(chain->whole());
  for (const ArenaPlace& place : chain->places) {
    const Arena& arena = *place.arena;
    std::vector<unsigned> owners(arena.geometry.internal_nlba);
    std::vector<Le32> map(arena.geometry.external_nlba);
    REQUIRE(media.read(arena.map_entry({0}).value, std::as_writable_bytes(std::span(map))));
    for (std::uint32_t lba = 0; lba < map.size(); ++lba)
      ++owners.at(MapEntry{map[lba].value()}.postmap({lba}).value);
    const auto lanes = read_lanes(media, arena, options.context, findings);
    REQUIRE(lanes);
    CHECK(lanes->count(LaneState::interrupted) == 0);
    for (const LaneReading& lane : lanes->lanes) {
      REQUIRE(lane.free_block);
      ++owners.at(lane.free_block->value);
    }
    for (std::uint32_t block = 0; block < owners.size(); ++block) {
      CAPTURE(block);
      CHECK(owners[block] == 1);
    }
  }
}

}  // namespace ndmedic::test
