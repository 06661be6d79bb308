// SPDX-License-Identifier: BSD-3-Clause
//
// Index blocks: fields (labels.md 2.2), the nine tests (4.1, column Linux) and the notes
// IX04, IX15, IX16, IX17 (7.1).
#include <algorithm>

#include "spec_reader/fletcher.h"
#include "spec_reader/label_area.h"

namespace spec_reader {

namespace {

// labels.md 2.2.  The bitmap and the padding follow at 72.
constexpr FieldRow fixed_part[] = {
    {"sig", 0, 16},   {"flags", 16, 3},  {"labelsize", 19, 1}, {"seq", 20, 4},
    {"myoff", 24, 8}, {"mysize", 32, 8}, {"otheroff", 40, 8},  {"labeloff", 48, 8},
    {"nslot", 56, 4}, {"major", 60, 2},  {"minor", 62, 2},     {"checksum", 64, 8},
};

// 2.2: ASCII NAMESPACE_INDEX and one NUL, 15 + 1 bytes.
constexpr std::uint8_t signature[16] = {'N', 'A', 'M', 'E', 'S', 'P', 'A', 'C',
                                        'E', '_', 'I', 'N', 'D', 'E', 'X', 0};

// Reported together when there is nothing to test.
const char* const all_tests[] = {"4.1.1", "4.1.2", "4.1.3", "4.1.4", "4.1.5",
                                 "4.1.6", "4.1.7", "4.1.8", "4.1.9"};

bool bit_is_set(Bytes block, std::uint64_t bit) {
  // 2.2.2: bit k is bit (k mod 8), least significant first, of byte 72 + k/8.
  const std::uint64_t byte = number_at(block, 72 + bit / 8, 1);
  return ((byte >> (bit % 8)) & 1) != 0;
}

// The tests of 4.1 on one complete block of `index_size` bytes.
Verdict failing_tests(Bytes block, unsigned number, std::uint64_t slot_size,
                      std::uint64_t index_size, std::uint64_t area_size) {
  Verdict failing;
  // Test 1: all 16 bytes, including the NUL.
  if (!same_bytes(clip(block, 0, 16), signature)) {
    failing.insert("4.1.1");
  }
  // Test 2: the slot size that version and LabelSize give must be the candidate L.  Major and
  // Minor are not checked otherwise (0.9, 1.3 and 3.7 pass).
  const std::uint64_t derived = slot_size_of_version(
      number_at(block, 60, 2), number_at(block, 62, 2), number_at(block, 19, 1));
  if (derived != slot_size) {
    failing.insert("4.1.2");
  }
  // Test 3: over I bytes, not over MySize.
  if (fletcher64(block, 64, 8) != number_at(block, 64, 8)) {
    failing.insert("4.1.3");
  }
  // Test 4: only the two low bits count; the upper ones are IX04.
  if ((number_at(block, 20, 4) & 3) == 0) {
    failing.insert("4.1.4");
  }
  // Test 5: MyOff is where the block was found.
  if (number_at(block, 24, 8) != number * index_size) {
    failing.insert("4.1.5");
  }
  // Test 6: OtherOff is where the other one would be.
  if (number_at(block, 40, 8) != (1 - number) * index_size) {
    failing.insert("4.1.6");
  }
  // Test 7: slot 0 begins behind both blocks.  Not every reader asks this one; Linux does.
  if (number_at(block, 48, 8) != 2 * index_size) {
    failing.insert("4.1.7");
  }
  // Test 8: MySize may be smaller than I, down to the fixed part.  The sum of test 3 covers I
  // bytes all the same (9.47).
  const std::uint64_t my_size = number_at(block, 32, 8);
  if (my_size < 72 || my_size > index_size) {
    failing.insert("4.1.8");
  }
  // Test 9: the slots lie within the area.  In 64 bits: N has 32 bits and L at most 9, so the
  // sum cannot wrap.  A smaller N than the geometry gives is accepted, down to 0.
  if (number_at(block, 56, 4) * slot_size + 2 * index_size > area_size) {
    failing.insert("4.1.9");
  }
  return failing;
}

// IX04, IX15, IX16, IX17.  None of them makes a block invalid for Linux, so they are notes and
// are found on invalid blocks too, where they mean little.
Verdict block_notes(Bytes block) {
  Verdict notes;
  // IX04: Seq > 3.  Linux ignores the bits, other readers reject the block.
  if (number_at(block, 20, 4) > 3) {
    notes.insert("IX04");
  }
  // IX15: no flag is defined.
  if (number_at(block, 16, 3) != 0) {
    notes.insert("IX15");
  }
  // 2.2.2: the tail is what init-labels fills, the bits from N up to a multiple of 64.  The
  // padding that IX17 speaks of begins behind that word.
  const std::uint64_t slot_count = number_at(block, 56, 4);
  const std::uint64_t bits_there = (block.size() - 72) * 8;
  const std::uint64_t tail_end = std::min((slot_count + 63) / 64 * 64, bits_there);
  for (std::uint64_t bit = slot_count; bit < tail_end; ++bit) {
    if (bit_is_set(block, bit)) {
      notes.insert("IX16");
    }
  }
  if (!all_bytes_are(clip(block, 72 + tail_end / 8, block.size()), 0)) {
    notes.insert("IX17");
  }
  return notes;
}

}  // namespace

Fields index_fields(Bytes block) {
  Fields fields = cut_fields(block, fixed_part);
  // 2.2: Free has ceil(N/8) bytes, the rest is padding.  A bitmap that is longer than the
  // block ends with the block.
  const std::uint64_t bitmap = (number_at(block, 56, 4) + 7) / 8;
  append_field(fields, block, "free", 72, bitmap);
  append_field(fields, block, "padding", 72 + bitmap, block.size());
  return fields;
}

std::uint64_t slot_size_of_version(std::uint64_t major, std::uint64_t minor,
                                   std::uint64_t labelsize) {
  // 2.2.1: v = Major*100 + Minor; below 102 the size is 128 whatever the byte says.
  const std::uint64_t version = major * 100 + minor;
  if (version < 102) {
    return 128;
  }
  // Only 128 << 0 and 128 << 1 are acceptable; larger exponents are not even computed (9.13).
  if (labelsize > 1) {
    return 0;
  }
  return labelsize == 0 ? 128 : 256;
}

IndexVerdict index_violations(Bytes area, unsigned block_number, std::uint64_t slot_size) {
  IndexVerdict result;
  const LabelGeometry geometry = label_geometry(area.size(), slot_size);
  const std::uint64_t offset = block_number * geometry.i;
  if (!geometry.accepted || block_number > 1 || !range_fits(area.size(), offset, geometry.i)) {
    // 3.1 step 5: no index size, so there is no block that a test could look at.
    result.failing.insert(std::begin(all_tests), std::end(all_tests));
    return result;
  }
  const Bytes block = clip(area, offset, geometry.i);
  result.failing = failing_tests(block, block_number, slot_size, geometry.i, area.size());
  result.notes = block_notes(block);
  return result;
}

unsigned newer_block(std::uint64_t seq0, std::uint64_t seq1) {
  const std::uint64_t a = seq0 & 3;
  const std::uint64_t b = seq1 & 3;
  // Successor map 1 -> 2, 2 -> 3, 3 -> 1.  Block 0 is newer only when it is the successor of
  // block 1; in all other cases, the tie included, block 1 is current.
  const std::uint64_t successor_of_b = b == 3 ? 1 : b + 1;
  return a == successor_of_b ? 0 : 1;
}

}  // namespace spec_reader
