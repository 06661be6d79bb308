// SPDX-License-Identifier: BSD-3-Clause
//
// Building test input byte by byte.
#pragma once

#include <string>
#include <vector>

#include "spec_reader/bytes.h"

namespace spec_reader_test {

using Buffer = std::vector<std::uint8_t>;

// Stores a little-endian number of `size` bytes.
inline void put(Buffer& buffer, std::size_t offset, std::uint64_t value, unsigned size) {
  for (unsigned i = 0; i < size; ++i) {
    buffer.at(offset + i) = static_cast<std::uint8_t>(value >> (8 * i) & 0xFF);
  }
}

// Stores the characters of a text, without a NUL.
inline void put_text(Buffer& buffer, std::size_t offset, const std::string& text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    buffer.at(offset + i) = static_cast<std::uint8_t>(text[i]);
  }
}

// Stores bytes given as hexadecimal digits; blanks are skipped.
inline void put_hex(Buffer& buffer, std::size_t offset, const std::string& digits) {
  int high = -1;
  for (const char c : digits) {
    if (c == ' ') {
      continue;
    }
    const int value = c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10;
    if (high < 0) {
      high = value;
      continue;
    }
    buffer.at(offset) = static_cast<std::uint8_t>(high * 16 + value);
    ++offset;
    high = -1;
  }
}

// True when the fields follow each other without gap or overlap over exactly `size` bytes.
inline bool tiles(const spec_reader::Fields& fields, std::uint64_t size) {
  std::uint64_t end = 0;
  for (const spec_reader::FieldValue& field : fields) {
    if (field.offset != end || field.raw.size() != field.size) {
      return false;
    }
    end += field.size;
  }
  return end == size;
}

}  // namespace spec_reader_test
