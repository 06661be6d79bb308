// SPDX-License-Identifier: BSD-3-Clause
//
// The ground floor of the plain reader: byte ranges, little-endian numbers, arithmetic that
// notices overflow, and the list of named fields that every structure is cut into.
//
// Nothing here knows a format.  Every read is checked against the bytes that are there.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

namespace spec_reader {

// The input of every function: bytes as found on the media.
using Bytes = std::span<const std::uint8_t>;

// A verdict is the set of rule ids that a structure breaks (or, for notes, shows).
using Verdict = std::set<std::string>;

// One named field of a structure.  `offset` is relative to the structure.  `number` is the
// little-endian value of a complete field of 1..8 bytes and 0 for all others.  When the
// structure is cut, `size` and `raw` hold the bytes that are there and `number` is 0.
struct FieldValue {
  std::string name;
  std::uint64_t offset = 0;
  std::uint64_t size = 0;
  std::uint64_t number = 0;
  std::vector<std::uint8_t> raw;
};

using Fields = std::vector<FieldValue>;

// One row of an "off | size | name" table of the specification.
struct FieldRow {
  const char* name;
  std::uint64_t offset;
  std::uint64_t size;
};

// True when `size` bytes at `offset` lie within a range of `total` bytes.
bool range_fits(std::uint64_t total, std::uint64_t offset, std::uint64_t size);

// The part [offset, offset+size) of `bytes`, clipped to what is there (possibly empty).
Bytes clip(Bytes bytes, std::uint64_t offset, std::uint64_t size);

// Little-endian number of 1..8 bytes; 0 when any of its bytes is missing or size is not 1..8.
std::uint64_t number_at(Bytes bytes, std::uint64_t offset, std::uint64_t size);

// True when every byte is `value` (also for no bytes at all).
bool all_bytes_are(Bytes bytes, std::uint8_t value);

// True when both ranges have the same length and content.
bool same_bytes(Bytes a, Bytes b);

// Sum, product and rounding in 64 bits; nothing when the result does not fit (or step is 0).
std::optional<std::uint64_t> add(std::uint64_t a, std::uint64_t b);
std::optional<std::uint64_t> multiply(std::uint64_t a, std::uint64_t b);
std::optional<std::uint64_t> round_up(std::uint64_t value, std::uint64_t step);
std::uint64_t round_down(std::uint64_t value, std::uint64_t step);

// Appends one field, clipped to the bytes that are there; nothing is appended when none is.
void append_field(Fields& fields, Bytes bytes, const std::string& name, std::uint64_t offset,
                  std::uint64_t size);

// Cuts `bytes` along a table.
Fields cut_fields(Bytes bytes, std::span<const FieldRow> table);

// The number of the first field of that name; 0 when there is none.
std::uint64_t field_number(const Fields& fields, const std::string& name);

}  // namespace spec_reader
