// SPDX-License-Identifier: BSD-3-Clause
#include <ndmedic/format/label_geometry.h>

#include <limits>

namespace ndmedic {
namespace {

// Areas are below 4 GiB, so nothing here can leave 64 bits.

std::optional<LabelGeometry> fitting(std::uint64_t area_size, std::uint32_t slot_size,
                                     std::uint64_t index_size, std::uint64_t nslot) {
  if (2 * index_size + nslot * slot_size > area_size) return std::nullopt;
  return LabelGeometry{area_size, slot_size, index_size, static_cast<std::uint32_t>(nslot)};
}

/// Linux 4.2: 129 bytes a slot, and an index that is 256 bytes for every full 512 slots, so areas
/// with fewer slots have none.
std::optional<LabelGeometry> geometry_g1(std::uint64_t area_size, std::uint32_t slot_size) {
  const std::uint64_t nslot = area_size / 129;
  const std::uint64_t index_size = nslot / 512 * 256;
  if (slot_size != 128 || index_size == 0) return std::nullopt;
  return fitting(area_size, slot_size, index_size, nslot);
}

std::optional<LabelGeometry> geometry_g2(std::uint64_t area_size, std::uint32_t slot_size) {
  const std::uint64_t nslot = area_size / (slot_size + 1);
  return fitting(area_size, slot_size, index_block_size(nslot), nslot);
}

/// The steps of 3.1. The index size of step 2 only bounds the slots; the one of step 4 is used,
/// even where it is smaller and leaves room unused.
std::optional<LabelGeometry> geometry_g3(std::uint64_t area_size, std::uint32_t slot_size) {
  const std::uint64_t first_guess = index_block_size(area_size / slot_size);
  if (area_size < 2 * first_guess) return std::nullopt;
  const std::uint64_t nslot = (area_size - 2 * first_guess) / slot_size;
  if (nslot < 2) return std::nullopt;
  return fitting(area_size, slot_size, index_block_size(nslot), nslot);
}

}  // namespace

std::optional<LabelGeometry> label_geometry(std::uint64_t area_size, std::uint32_t slot_size,
                                            LabelGeneration generation) {
  if (area_size > std::numeric_limits<std::uint32_t>::max()) return std::nullopt;
  if (slot_size != 128 && slot_size != 256) return std::nullopt;
  switch (generation) {
    case LabelGeneration::g1:
      return geometry_g1(area_size, slot_size);
    case LabelGeneration::g2:
      return geometry_g2(area_size, slot_size);
    case LabelGeneration::g3:
      return geometry_g3(area_size, slot_size);
  }
  return std::nullopt;
}

}  // namespace ndmedic
