// SPDX-License-Identifier: BSD-3-Clause
// Where index blocks and slots of a label area lie (labels.md 3). Three generations of arithmetic
// exist in the field; new areas are always written by generation 3.
#pragma once

#include <cstdint>
#include <optional>

namespace ndmedic {

enum class LabelGeneration : std::uint8_t {
  g1,  ///< Linux 4.2 to about 4.12, 128-byte slots only
  g2,  ///< about 4.13 to 4.16
  g3,  ///< since about 4.17, and ndctl (labels.md 3.1)
};

/// Sizes in bytes. index_size is I, slot_size is L, nslot is N of the specification.
struct LabelGeometry {
  std::uint64_t area_size = 0;
  std::uint32_t slot_size = 0;
  std::uint64_t index_size = 0;
  std::uint32_t nslot = 0;

  constexpr std::uint64_t label_off() const { return 2 * index_size; }
  constexpr std::uint64_t slot_off(std::uint32_t slot) const {
    return label_off() + std::uint64_t{slot} * slot_size;
  }
  friend bool operator==(const LabelGeometry&, const LabelGeometry&) = default;
};

/// idx(N) = up(72 + ceil(N/8), 256): bytes of an index block for N slots (labels.md 2.2.3).
constexpr std::uint64_t index_block_size(std::uint64_t nslot) {
  return (72 + (nslot + 7) / 8 + 255) / 256 * 256;
}

/// The geometry that a generation lays out in an area of `area_size` bytes with slots of
/// `slot_size` (128 or 256), or none where that generation refuses the area. Source: labels.md 3.1
/// for g3 and 3.3 for g1 and g2. Areas above 4 GiB - 1 are refused.
std::optional<LabelGeometry> label_geometry(std::uint64_t area_size, std::uint32_t slot_size,
                                            LabelGeneration generation = LabelGeneration::g3);

}  // namespace ndmedic
