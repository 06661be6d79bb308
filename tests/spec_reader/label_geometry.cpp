// SPDX-License-Identifier: BSD-3-Clause
//
// Geometry of the label area: labels.md 2.2.3, 3.1 and 3.3.
#include "spec_reader/label_area.h"

namespace spec_reader {

namespace {

std::uint64_t divide_up(std::uint64_t value, std::uint64_t by) {
  return value / by + (value % by != 0 ? 1 : 0);
}

// 3.3, G1: version 1.1 only, hence 128-byte slots only.
bool is_generation_1(std::uint64_t area, std::uint64_t slot, std::uint64_t n, std::uint64_t i) {
  if (slot != 128) {
    return false;
  }
  // One byte of index per slot was assumed, and the index size counted in whole 512 slots.
  const std::uint64_t count = area / 129;
  const std::uint64_t size = count / 512 * 256;
  // Below 512 slots the formula gives no index block at all; that is no geometry.
  if (size == 0) {
    return false;
  }
  return n == count && i == size;
}

// 3.3, G2.
bool is_generation_2(std::uint64_t area, std::uint64_t slot, std::uint64_t n, std::uint64_t i) {
  // The same guess for N, but the index size is already today's.
  const std::uint64_t count = area / (slot + 1);
  const std::uint64_t size = index_size_for(count);
  // count * slot <= area, so neither product nor difference can wrap.
  const bool accepted = 2 * size <= area - count * slot;
  return accepted && n == count && i == size;
}

}  // namespace

std::uint64_t index_size_for(std::uint64_t slot_count) {
  // ceil(N/8) is at most 2^61, so the sum and the rounding stay in 64 bits.
  return divide_up(72 + divide_up(slot_count, 8), 256) * 256;
}

LabelGeometry label_geometry(std::uint64_t area_size, std::uint64_t slot_size) {
  LabelGeometry result;
  // 2.2.1: the only slot sizes there are.
  if (slot_size != 128 && slot_size != 256) {
    return result;
  }
  result.n0 = area_size / slot_size;      // step 1
  result.i0 = index_size_for(result.n0);  // step 2
  if (area_size < 2 * result.i0) {        // 3.1, "S < 512 makes step 3 underflow"
    result.i = index_size_for(0);
    return result;
  }
  result.n = (area_size - 2 * result.i0) / slot_size;  // step 3
  result.i = index_size_for(result.n);                 // step 4
  const std::uint64_t behind_slots = area_size - result.n * slot_size;
  result.accepted = 2 * result.i <= behind_slots && result.n >= 2;  // step 5
  return result;
}

Verdict geometry_generations(std::uint64_t area_size, std::uint64_t slot_size,
                             std::uint64_t slot_count, std::uint64_t index_size) {
  Verdict found;
  if (slot_size != 128 && slot_size != 256) {
    return found;
  }
  if (is_generation_1(area_size, slot_size, slot_count, index_size)) {
    found.insert("G1");
  }
  if (is_generation_2(area_size, slot_size, slot_count, index_size)) {
    found.insert("G2");
  }
  // G3 is the computation of 3.1; the values must be equal, not only compatible.
  const LabelGeometry linux_today = label_geometry(area_size, slot_size);
  if (linux_today.accepted && linux_today.n == slot_count && linux_today.i == index_size) {
    found.insert("G3");
  }
  return found;
}

}  // namespace spec_reader
