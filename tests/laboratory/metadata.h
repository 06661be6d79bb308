// SPDX-License-Identifier: BSD-3-Clause
// A second opinion on maps and flogs, written from btt.md section 4 alone: what must hold of any
// image that a power loss leaves, and which view recovery must give.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include <ndmedic/format/btt_map.h>

#include "world.h"

namespace ndmedic::laboratory {

inline constexpr std::uint32_t blocks_max = 64;

/// The map of one arena, decoded: who owns which block, and what a reader is told.
struct MapView {
  std::array<std::uint32_t, blocks_max> own{};
  std::array<MapState, blocks_max> state{};
  friend bool operator==(const MapView&, const MapView&) = default;
};

struct ArenaView {
  MapView now{};        ///< as the map stands
  MapView recovered{};  ///< with the words of interrupted lanes stored
  std::uint32_t interrupted = 0;
};

/// Judges CC-1 to CC-4, CC-6, CC-10 and CC-11 on the bytes of one arena. Gives the rule that does
/// not hold, or nullptr.
const char* judge_metadata(const World& world, const Arena& arena, FlogLayout layout,
                           std::span<const std::byte> image, ArenaView& view);

}  // namespace ndmedic::laboratory
