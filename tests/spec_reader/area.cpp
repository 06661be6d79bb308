// SPDX-License-Identifier: BSD-3-Clause
//
// The whole label area in the order of labels.md 4.1 and 4.2.
#include <algorithm>

#include "spec_reader/label_area.h"

namespace spec_reader {

namespace {

// 4.1 for one candidate slot size: both verdicts and, if any block is valid, the current one.
AreaReading try_slot_size(Bytes area, std::uint64_t slot_size) {
  AreaReading reading;
  reading.slot_size = slot_size;
  const LabelGeometry geometry = label_geometry(area.size(), slot_size);
  reading.index_size = geometry.accepted ? geometry.i : 0;
  for (unsigned number = 0; number < 2; ++number) {
    reading.blocks[number] = index_violations(area, number, slot_size);
    reading.valid[number] = reading.blocks[number].failing.empty();
  }
  // No valid block: no labels.  One: that one.  Two: by sequence number.
  if (reading.valid[0] && reading.valid[1]) {
    // Block 0 begins at 0, block 1 at I; Seq is at 20 in both.
    const std::uint64_t seq0 = number_at(area, 20, 4);
    const std::uint64_t seq1 = number_at(area, reading.index_size + 20, 4);
    reading.current = newer_block(seq0, seq1);
  } else if (reading.valid[0]) {
    reading.current = 0;
  } else if (reading.valid[1]) {
    reading.current = 1;
  }
  return reading;
}

// 4.2 for one slot; `free_bit` is its bit in the current block.
SlotReading read_slot(Bytes area, const AreaReading& reading, std::uint64_t number, bool free_bit) {
  SlotReading slot;
  slot.number = number;
  // 4.2 step 1: LabelOff + k*L.
  slot.offset = reading.label_off + number * reading.slot_size;
  slot.used = !free_bit;  // 2.2.2: 1 = free, 0 = in use
  if (!slot.used) {
    return slot;
  }
  // Steps 1 to 3 of 4.2; a free slot may hold anything and is not looked at (4.3, 4.6).
  const Bytes label = clip(area, slot.offset, reading.slot_size);
  slot.format = label_format(label, reading.slot_size, reading.major);
  slot.failing = label_failures(label, slot.format, number);
  slot.notes = label_notes(label, slot.format);
  return slot;
}

void read_slots(Bytes area, Bytes block, AreaReading& reading) {
  // Test 9 of 4.1 held, so N*L lies within the area.  N is bounded by the bitmap as well
  // (9.12): a slot without a bit does not exist.
  const std::uint64_t bits = (block.size() - 72) * 8;
  const std::uint64_t count = std::min(reading.slot_count, bits);
  for (std::uint64_t k = 0; k < count; ++k) {
    const std::uint64_t byte = number_at(block, 72 + k / 8, 1);
    const bool free_bit = ((byte >> (k % 8)) & 1) != 0;
    reading.slots.push_back(read_slot(area, reading, k, free_bit));
  }
}

}  // namespace

AreaReading read_area(Bytes area) {
  // 4.1: L = 128 first, then 256; the first size with a valid block wins.  If neither works
  // there is no index, and L stays 256.
  AreaReading reading = try_slot_size(area, 128);
  if (!reading.current) {
    reading = try_slot_size(area, 256);
  }
  if (!reading.current) {
    return reading;
  }
  const Bytes block = clip(area, *reading.current * reading.index_size, reading.index_size);
  // The current block is the only authority on the slots (section 1, "active index").
  reading.label_off = number_at(block, 48, 8);
  reading.slot_count = number_at(block, 56, 4);
  reading.major = number_at(block, 60, 2);
  reading.minor = number_at(block, 62, 2);
  read_slots(area, block, reading);
  return reading;
}

}  // namespace spec_reader
