// SPDX-License-Identifier: BSD-3-Clause
//
// The label storage area: geometry, index blocks, slots and labels (labels.md 2 to 4, 7).
// S is the size of the area, L the slot size, I the index block size, N the slot count.
#pragma once

#include <array>

#include "spec_reader/bytes.h"

namespace spec_reader {

// ---- Geometry (labels.md 3) -------------------------------------------------------------

// The result of the computation of labels.md 3.1, step by step.
struct LabelGeometry {
  std::uint64_t n0 = 0;   // step 1
  std::uint64_t i0 = 0;   // step 2
  std::uint64_t n = 0;    // step 3; 0 when 2*I0 > S
  std::uint64_t i = 0;    // step 4
  bool accepted = false;  // step 5
};

// labels.md 2.2.3: up(72 + ceil(N/8), 256).
std::uint64_t index_size_for(std::uint64_t slot_count);

// labels.md 3.1 for an area of S bytes and a slot size of 128 or 256 (else not accepted).
LabelGeometry label_geometry(std::uint64_t area_size, std::uint64_t slot_size);

// Which generations of labels.md 3.3 compute exactly (N, I) for (S, L): "G1", "G2", "G3".
Verdict geometry_generations(std::uint64_t area_size, std::uint64_t slot_size,
                             std::uint64_t slot_count, std::uint64_t index_size);

// ---- Index block (labels.md 2.2, 4.1) ---------------------------------------------------

// Fields of one index block; `block` is the whole block (I bytes).  Names: sig flags labelsize
// seq myoff mysize otheroff labeloff nslot major minor checksum free padding.
Fields index_fields(Bytes block);

// labels.md 2.2.1, Linux: slot size that version and LabelSize byte give; 0 when neither 128
// nor 256 comes out.
std::uint64_t slot_size_of_version(std::uint64_t major, std::uint64_t minor,
                                   std::uint64_t labelsize);

struct IndexVerdict {
  // All failing tests of labels.md 4.1, column Linux: "4.1.1" .. "4.1.9".  A test whose input
  // is missing fails.  When 3.1 gives no geometry, there is no block and all nine fail.
  Verdict failing;
  // "IX04", "IX15", "IX16", "IX17", evaluated on every block that is there, valid or not.
  Verdict notes;
};

IndexVerdict index_violations(Bytes area, unsigned block_number, std::uint64_t slot_size);

// labels.md 4.1, table of sequence numbers: number of the current block of two valid ones.
// Only bits 1:0 count.  Equal numbers give block 1.  Both must be non-zero after masking.
unsigned newer_block(std::uint64_t seq0, std::uint64_t seq1);

// ---- Label (labels.md 2.4 to 2.7) -------------------------------------------------------

enum class LabelFormat { v1_1, v1_2, cxl_namespace, cxl_region, vendor };

// 128 for v1_1, 256 for the others.
std::uint64_t label_size(LabelFormat format);

// Format of a slot: 128-byte slots hold 1.1 labels; 256-byte slots hold 2.1 labels when the
// index has Major 2 (kind by the type UUID at offset 0), else labels of the 1.2 shape.
LabelFormat label_format(Bytes slot, std::uint64_t slot_size, std::uint64_t index_major);

// Fields of one label, by the tables 2.4 to 2.7.
Fields label_fields(Bytes label, LabelFormat format);

// Failing tests of labels.md 4.2 for slot k: "4.2.2" (slot number), "4.2.3" (checksum).
Verdict label_failures(Bytes label, LabelFormat format, std::uint64_t slot_number);

// Content findings of labels.md 7.2 and 7.3 that one label shows by itself: LB05 LB06 LB08
// LB11 LB12 LB13 LB14 LB15 LB16 LB19 SL02.  All that hold, literally by the column "Detect".
Verdict label_notes(Bytes label, LabelFormat format);

// True when `text` is well-formed UTF-8 (no overlong forms, no surrogates, at most U+10FFFF).
bool is_utf8(Bytes text);

// ---- CXL (labels.md 2.6, 2.7) -----------------------------------------------------------

// Kind of a 2.1 label by the type UUID at offset 0.
LabelFormat cxl_label_kind(Bytes label);

// How the granularity of a region label is encoded (2.7, disagreement).
enum class Granularity { exponent, bytes, illegal };
Granularity granularity_kind(std::uint64_t value);

// Stored checksum at 248 against Fletcher64 of 256 bytes with the field as 0.
bool label_checksum_right(Bytes label);

// ---- The whole area ---------------------------------------------------------------------

struct SlotReading {
  std::uint64_t number = 0;
  std::uint64_t offset = 0;  // in the area
  bool used = false;
  LabelFormat format = LabelFormat::v1_1;  // filled for used slots
  Verdict failing;                         // used slots only
  Verdict notes;                           // used slots only
};

struct AreaReading {
  std::uint64_t slot_size = 256;       // L; 256 when no block is valid for any L (4.1)
  std::array<IndexVerdict, 2> blocks;  // verdicts for that L
  std::array<bool, 2> valid = {false, false};
  std::optional<unsigned> current;  // number of the current block, none when no block is valid
  std::uint64_t index_size = 0;     // I by 3.1 for that L; 0 when 3.1 gives none
  // The following come from the current block and are 0 without one.
  std::uint64_t slot_count = 0;  // N as stored
  std::uint64_t label_off = 0;
  std::uint64_t major = 0;
  std::uint64_t minor = 0;
  // Slots 0 .. min(N, bits of the block) - 1.  Empty without a current block.
  std::vector<SlotReading> slots;
};

AreaReading read_area(Bytes area);

}  // namespace spec_reader
