// SPDX-License-Identifier: BSD-3-Clause
//
// Reads an NFIT, structure by structure (labels.md 5.7).
#include "spec_reader/nfit.h"

#include <algorithm>

namespace spec_reader {

namespace {

// ACPI header of 36 bytes and 4 reserved ones.
constexpr std::uint64_t header_size = 40;

constexpr FieldRow header_table[] = {
    {"signature", 0, 4},     {"length", 4, 4},      {"revision", 8, 1},
    {"checksum", 9, 1},      {"oem_id", 10, 6},     {"oem_table_id", 16, 8},
    {"oem_revision", 24, 4}, {"creator_id", 28, 4}, {"creator_revision", 32, 4},
    {"reserved", 36, 4},
};

// SPA range.  The cookie is there only when the structure is 64 bytes long; "size" is the field
// that 5.7 calls length, which is taken by the length of the structure.
constexpr FieldRow type_0[] = {
    {"type", 0, 2},
    {"length", 2, 2},
    {"range_index", 4, 2},
    {"flags", 6, 2},
    {"reserved", 8, 4},
    {"proximity_domain", 12, 4},
    {"range_type_guid", 16, 16},
    {"base", 32, 8},
    {"size", 40, 8},
    {"memory_attributes", 48, 8},
    {"spa_location_cookie", 56, 8},
};

// Region mapping: one device's share of a range.
constexpr FieldRow type_1[] = {
    {"type", 0, 2},
    {"length", 2, 2},
    {"device_handle", 4, 4},
    {"physical_id", 8, 2},
    {"region_id", 10, 2},
    {"spa_range_index", 12, 2},
    {"control_region_index", 14, 2},
    {"region_size", 16, 8},
    {"region_offset", 24, 8},
    {"dpa_base", 32, 8},
    {"interleave_index", 40, 2},
    {"interleave_ways", 42, 2},
    {"state_flags", 44, 2},
    {"reserved", 46, 2},
};

// Interleave.  The line offsets follow at 16.
constexpr FieldRow type_2[] = {
    {"type", 0, 2},     {"length", 2, 2},          {"index", 4, 2},
    {"reserved", 6, 2}, {"number_of_lines", 8, 4}, {"line_size", 12, 4},
};

// SMBIOS.  The data follow at 8.
constexpr FieldRow type_3[] = {
    {"type", 0, 2},
    {"length", 2, 2},
    {"reserved", 4, 4},
};

// Control region.  It may end at 32 when there are no windows.
constexpr FieldRow type_4[] = {
    {"type", 0, 2},
    {"length", 2, 2},
    {"control_region_index", 4, 2},
    {"vendor_id", 6, 2},
    {"device_id", 8, 2},
    {"revision", 10, 2},
    {"subsystem_vendor", 12, 2},
    {"subsystem_device", 14, 2},
    {"subsystem_revision", 16, 2},
    {"valid_fields", 18, 1},
    {"manufacturing_location", 19, 1},
    {"manufacturing_date", 20, 2},
    {"reserved", 22, 2},
    {"serial_number", 24, 4},
    {"format_interface_code", 28, 2},
    {"windows", 30, 2},
    {"window_size", 32, 8},
    {"command_offset", 40, 8},
    {"command_size", 48, 8},
    {"status_offset", 56, 8},
    {"status_size", 64, 8},
    {"flags", 72, 2},
    {"reserved2", 74, 6},
};

// Block data window.
constexpr FieldRow type_5[] = {
    {"type", 0, 2},      {"length", 2, 2},       {"control_region_index", 4, 2},
    {"windows", 6, 2},   {"start_offset", 8, 8}, {"window_size", 16, 8},
    {"capacity", 24, 8}, {"dpa_start", 32, 8},
};

// Flush hints.  The addresses follow at 16.
constexpr FieldRow type_6[] = {
    {"type", 0, 2}, {"length", 2, 2}, {"device_handle", 4, 4}, {"count", 8, 2}, {"reserved", 10, 6},
};

// Platform capabilities.
constexpr FieldRow type_7[] = {
    {"type", 0, 2},     {"length", 2, 2},       {"highest_valid_bit", 4, 1},
    {"reserved", 5, 3}, {"capabilities", 8, 4}, {"reserved2", 12, 4},
};

// Unknown types are skipped by length.
constexpr FieldRow unknown_type[] = {{"type", 0, 2}, {"length", 2, 2}};

std::span<const FieldRow> table_of(std::uint64_t type) {
  switch (type) {
    case 0:
      return type_0;
    case 1:
      return type_1;
    case 2:
      return type_2;
    case 3:
      return type_3;
    case 4:
      return type_4;
    case 5:
      return type_5;
    case 6:
      return type_6;
    case 7:
      return type_7;
    default:
      return unknown_type;
  }
}

// Bytes that a structure of this type needs at least.  Counts come from the structure itself; a
// count that is cut off counts as 0.
std::uint64_t needed_length(std::uint64_t type, Bytes structure) {
  switch (type) {
    case 0:
      return (number_at(structure, 6, 2) & 4) != 0 ? 64 : 56;
    case 1:
      return 48;
    case 2:
      return 16 + 4 * number_at(structure, 8, 4);
    case 3:
      return 8;
    case 4:
      return number_at(structure, 30, 2) != 0 ? 80 : 32;
    case 5:
      return 40;
    case 6:
      return 16 + 8 * number_at(structure, 8, 2);
    case 7:
      return 16;
    default:
      return 4;
  }
}

// The end of the last field.
std::uint64_t end_of(const Fields& fields) {
  return fields.empty() ? 0 : fields.back().offset + fields.back().size;
}

// Appends `count` equal elements called prefix_0, prefix_1, ... as far as bytes are there.
void append_array(Fields& fields, Bytes structure, const std::string& prefix, std::uint64_t offset,
                  std::uint64_t count, std::uint64_t size) {
  for (std::uint64_t i = 0; i < count && offset + i * size < structure.size(); ++i) {
    append_field(fields, structure, prefix + std::to_string(i), offset + i * size, size);
  }
}

Fields structure_fields(std::uint64_t type, Bytes structure) {
  Fields fields = cut_fields(structure, table_of(type));
  if (type == 2) {
    append_array(fields, structure, "line_offset_", 16, number_at(structure, 8, 4), 4);
  }
  if (type == 3) {
    append_field(fields, structure, "data", 8, structure.size());
  }
  if (type == 6) {
    append_array(fields, structure, "address_", 16, number_at(structure, 8, 2), 8);
  }
  // What is left belongs to no field of the table.
  const char* rest = type > 7 ? "content" : "excess";
  append_field(fields, structure, rest, end_of(fields), structure.size());
  return fields;
}

// The structures in [begin, end) of the input.
void read_structures(Bytes input, std::uint64_t begin, std::uint64_t end, NfitReading& result) {
  std::uint64_t at = begin;
  while (at < end) {
    // Not even type and length.
    const std::uint64_t left = end - at;
    if (left < 4) {
      result.problems.insert("bad-length");
      return;
    }
    NfitStructure structure;
    structure.offset = at;
    structure.type = number_at(input, at, 2);
    structure.length = number_at(input, at + 2, 2);
    if (structure.length == 0) {
      result.problems.insert("zero-length");  // stop, must not loop
      return;
    }
    if (structure.length < 4) {
      result.problems.insert("bad-length");  // shorter than its own head
      return;
    }
    structure.known = structure.type <= 7;
    // A structure that runs over the end is the last one.
    structure.cut = structure.length > left;
    const Bytes bytes = clip(input, at, std::min(structure.length, left));
    structure.too_short = structure.length < needed_length(structure.type, bytes);
    structure.fields = structure_fields(structure.type, bytes);
    result.structures.push_back(structure);
    if (structure.cut) {
      result.problems.insert("cut");
      return;
    }
    at += structure.length;
  }
}

bool byte_sum_is_zero(Bytes bytes) {
  std::uint8_t sum = 0;
  for (const std::uint8_t byte : bytes) {
    sum = static_cast<std::uint8_t>(sum + byte);
  }
  return sum == 0;
}

}  // namespace

NfitReading read_nfit(Bytes table, bool headerless) {
  NfitReading result;
  // 5.7: the buffer of a _FIT method has the same structures and no header.
  if (headerless) {
    read_structures(table, 0, table.size(), result);
    return result;
  }
  constexpr std::uint8_t signature[4] = {'N', 'F', 'I', 'T'};
  result.header = cut_fields(clip(table, 0, header_size), header_table);
  if (!same_bytes(clip(table, 0, 4), signature)) {
    result.problems.insert("signature");
  }
  const std::uint64_t length = number_at(table, 4, 4);
  if (length < header_size || length > table.size()) {
    result.problems.insert("length");
  }
  // Checksum rule: the sum of `length` bytes; without them it cannot be right.
  if (length > table.size() || !byte_sum_is_zero(clip(table, 0, length))) {
    result.problems.insert("checksum");
  }
  // Structures end with the table, or with the input when that is shorter.
  const std::uint64_t end = std::min<std::uint64_t>(length, table.size());
  read_structures(table, header_size, end, result);
  return result;
}

}  // namespace spec_reader
