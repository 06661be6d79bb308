// SPDX-License-Identifier: BSD-3-Clause
//
// Checked byte access and checked arithmetic.
#include "spec_reader/bytes.h"

#include <algorithm>
#include <limits>

namespace spec_reader {

bool range_fits(std::uint64_t total, std::uint64_t offset, std::uint64_t size) {
  // Written without a sum, so nothing can wrap.
  return offset <= total && size <= total - offset;
}

Bytes clip(Bytes bytes, std::uint64_t offset, std::uint64_t size) {
  // Clipping is not an error: a cut structure still has its first fields.
  if (offset >= bytes.size()) {
    return {};
  }
  const std::uint64_t behind = bytes.size() - offset;
  const std::uint64_t count = std::min(behind, size);
  return bytes.subspan(static_cast<std::size_t>(offset), static_cast<std::size_t>(count));
}

std::uint64_t number_at(Bytes bytes, std::uint64_t offset, std::uint64_t size) {
  // Missing bytes give 0, which callers must not take for a stored 0: they check the size of the
  // structure first.
  if (size < 1 || size > 8 || !range_fits(bytes.size(), offset, size)) {
    return 0;
  }
  // labels.md and btt.md, number conventions: all integers on media are little-endian.
  std::uint64_t value = 0;
  for (std::uint64_t i = size; i > 0; --i) {
    value = (value << 8) | bytes[static_cast<std::size_t>(offset + i - 1)];
  }
  return value;
}

bool all_bytes_are(Bytes bytes, std::uint8_t value) {
  for (const std::uint8_t byte : bytes) {
    if (byte != value) {
      return false;
    }
  }
  return true;
}

bool same_bytes(Bytes a, Bytes b) { return std::equal(a.begin(), a.end(), b.begin(), b.end()); }

std::optional<std::uint64_t> add(std::uint64_t a, std::uint64_t b) {
  if (b > std::numeric_limits<std::uint64_t>::max() - a) {
    return std::nullopt;
  }
  return a + b;
}

std::optional<std::uint64_t> multiply(std::uint64_t a, std::uint64_t b) {
  // a * b fits exactly when b <= max / a.
  if (a != 0 && b > std::numeric_limits<std::uint64_t>::max() / a) {
    return std::nullopt;
  }
  return a * b;
}

std::uint64_t round_down(std::uint64_t value, std::uint64_t step) {
  if (step == 0) {
    return value;
  }
  return value - value % step;
}

std::optional<std::uint64_t> round_up(std::uint64_t value, std::uint64_t step) {
  if (step == 0) {
    return std::nullopt;
  }
  // roundup(x, a) of both specifications.
  const std::uint64_t rest = value % step;
  if (rest == 0) {
    return value;
  }
  return add(value, step - rest);
}

void append_field(Fields& fields, Bytes bytes, const std::string& name, std::uint64_t offset,
                  std::uint64_t size) {
  const Bytes part = clip(bytes, offset, size);
  if (part.empty()) {
    return;
  }
  // Bytes are copied, so a field outlives its input.
  FieldValue field;
  field.name = name;
  field.offset = offset;
  field.size = part.size();
  // A field that is cut has no number: half an integer means nothing.
  if (part.size() == size && size <= 8) {
    field.number = number_at(part, 0, size);
  }
  field.raw.assign(part.begin(), part.end());
  fields.push_back(field);
}

Fields cut_fields(Bytes bytes, std::span<const FieldRow> table) {
  Fields fields;
  // The rows stand in the order of the specification.
  for (const FieldRow& row : table) {
    append_field(fields, bytes, row.name, row.offset, row.size);
  }
  return fields;
}

std::uint64_t field_number(const Fields& fields, const std::string& name) {
  for (const FieldValue& field : fields) {
    if (field.name == name) {
      return field.number;
    }
  }
  return 0;
}

}  // namespace spec_reader
