// SPDX-License-Identifier: BSD-3-Clause
// BTT map entry: premap LBA -> postmap LBA and two flag bits (btt.md 2.4).
#pragma once

#include <cstdint>

#include <ndmedic/format/numbers.h>

namespace ndmedic {

inline constexpr std::uint32_t map_error_bit = 0x40000000;  ///< E, bit 30
inline constexpr std::uint32_t map_zero_bit = 0x80000000;   ///< Z, bit 31
inline constexpr std::uint32_t map_normal_bits = map_error_bit | map_zero_bit;
inline constexpr std::uint32_t map_postmap_mask = 0x3FFFFFFF;

/// The four states by Z and E. An initial entry owns block = premap; it is not "unmapped" (MP-1).
enum class MapState : std::uint8_t { initial, error, zero, normal };

/// One word of the map, in host order.
struct MapEntry {
  std::uint32_t word = 0;

  constexpr MapState state() const { return static_cast<MapState>(word >> 30); }

  /// The block this entry owns: low 30 bits, or the premap LBA for an initial entry, whose low
  /// bits are ignored (MP-1, MP-4). Not bounds-checked.
  constexpr PostmapLba postmap(PremapLba premap) const {
    return {state() == MapState::initial ? premap.value : word & map_postmap_mask};
  }
};
static_assert(MapEntry{map_error_bit}.state() == MapState::error);
static_assert(MapEntry{map_zero_bit}.state() == MapState::zero);

}  // namespace ndmedic
