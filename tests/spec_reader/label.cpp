// SPDX-License-Identifier: BSD-3-Clause
//
// Labels: the tables of labels.md 2.4 to 2.7 and the tests 2 and 3 of 4.2.
#include "spec_reader/fletcher.h"
#include "spec_reader/label_area.h"

namespace spec_reader {

namespace {

// labels.md 2.4.  There is no checksum, no type GUID and no abstraction GUID (9.16).
constexpr FieldRow table_1_1[] = {
    {"uuid", 0, 16},     {"name", 16, 64},      {"flags", 80, 4},   {"nlabel", 84, 2},
    {"position", 86, 2}, {"isetcookie", 88, 8}, {"lbasize", 96, 8}, {"dpa", 104, 8},
    {"rawsize", 112, 8}, {"slot", 120, 4},      {"unused", 124, 4},
};

// labels.md 2.5.  The bytes 160..167 carry the newest name, SPALocationCookie.
constexpr FieldRow table_1_2[] = {
    {"uuid", 0, 16},
    {"name", 16, 64},
    {"flags", 80, 4},
    {"nlabel", 84, 2},
    {"position", 86, 2},
    {"isetcookie", 88, 8},
    {"lbasize", 96, 8},
    {"dpa", 104, 8},
    {"rawsize", 112, 8},
    {"slot", 120, 4},
    {"alignment", 124, 1},
    {"reserved", 125, 3},
    {"type_guid", 128, 16},
    {"abstraction_guid", 144, 16},
    {"spa_location_cookie", 160, 8},
    {"reserved2", 168, 80},
    {"checksum", 248, 8},
};

// labels.md 2.6.  dpa, rawsize and slot lie where the 1.2 label has them, by accident (9.41);
// lbasize has two bytes here and eight there (9.40).
constexpr FieldRow table_cxl_namespace[] = {
    {"type", 0, 16},       {"uuid", 16, 16},         {"name", 32, 64},
    {"flags", 96, 4},      {"nrange", 100, 2},       {"position", 102, 2},
    {"dpa", 104, 8},       {"rawsize", 112, 8},      {"slot", 120, 4},
    {"alignment", 124, 4}, {"region_uuid", 128, 16}, {"abstraction_uuid", 144, 16},
    {"lbasize", 160, 2},   {"reserved", 162, 86},    {"checksum", 248, 8},
};

// labels.md 2.7.  The slot number is at 64 (9.42).
constexpr FieldRow table_cxl_region[] = {
    {"type", 0, 16},      {"uuid", 16, 16},
    {"flags", 32, 4},     {"nlabel", 36, 2},
    {"position", 38, 2},  {"dpa", 40, 8},
    {"rawsize", 48, 8},   {"hpa", 56, 8},
    {"slot", 64, 4},      {"interleave_granularity", 68, 4},
    {"alignment", 72, 4}, {"reserved", 76, 172},
    {"checksum", 248, 8},
};

// labels.md 2.7, vendor-specific: only the type and, by convention, slot and checksum.  The
// slot is taken where namespace labels have it.
constexpr FieldRow table_vendor[] = {
    {"type", 0, 16},        {"content", 16, 104}, {"slot", 120, 4},
    {"content2", 124, 124}, {"checksum", 248, 8},
};

std::span<const FieldRow> table_of(LabelFormat format) {
  // One table per format; the caller has decided which format it is.
  switch (format) {
    case LabelFormat::v1_1:
      return table_1_1;
    case LabelFormat::v1_2:
      return table_1_2;
    case LabelFormat::cxl_namespace:
      return table_cxl_namespace;
    case LabelFormat::cxl_region:
      return table_cxl_region;
    case LabelFormat::vendor:
      break;
  }
  return table_vendor;
}

}  // namespace

std::uint64_t label_size(LabelFormat format) { return format == LabelFormat::v1_1 ? 128 : 256; }

LabelFormat label_format(Bytes slot, std::uint64_t slot_size, std::uint64_t index_major) {
  // 2.2.1: 128-byte slots have no checksum and no GUIDs, whatever the version says.
  if (slot_size == 128) {
    return LabelFormat::v1_1;
  }
  // 2.2: Major 2 is CXL.
  if (index_major == 2) {
    return cxl_label_kind(slot);
  }
  return LabelFormat::v1_2;
}

Fields label_fields(Bytes label, LabelFormat format) {
  return cut_fields(clip(label, 0, label_size(format)), table_of(format));
}

bool label_checksum_right(Bytes label) {
  if (label.size() < 256) {
    return false;
  }
  // 2.5 to 2.7: Fletcher64 over all 256 bytes, the field at 248 taken as 0.  All-zero bytes
  // pass (9.33).
  const Bytes whole = clip(label, 0, 256);
  return fletcher64(whole, 248, 8) == number_at(whole, 248, 8);
}

Verdict label_failures(Bytes label, LabelFormat format, std::uint64_t slot_number) {
  Verdict failing;
  // 4.2 step 2: the slot field, at 64 in region labels (9.42).
  const std::uint64_t slot_offset = format == LabelFormat::cxl_region ? 64 : 120;
  // A cut label has no slot number that could be right.
  const bool complete = label.size() >= label_size(format);
  if (!complete || number_at(label, slot_offset, 4) != slot_number) {
    failing.insert("4.2.2");
  }
  // 4.2 step 3: 1.1 labels have no checksum.
  if (format != LabelFormat::v1_1 && !label_checksum_right(label)) {
    failing.insert("4.2.3");
  }
  return failing;
}

}  // namespace spec_reader
