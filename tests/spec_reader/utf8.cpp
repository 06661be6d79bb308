// SPDX-License-Identifier: BSD-3-Clause
//
// Well-formed UTF-8, for the name of a label (labels.md LB12).
#include "spec_reader/label_area.h"

namespace spec_reader {

namespace {

// Number of bytes that a lead byte announces, 0 when it cannot lead.
std::size_t sequence_length(std::uint8_t lead) {
  if (lead < 0x80) {
    return 1;
  }
  if (lead >= 0xC2 && lead <= 0xDF) {  // 0xC0 and 0xC1 would be overlong
    return 2;
  }
  if (lead >= 0xE0 && lead <= 0xEF) {
    return 3;
  }
  if (lead >= 0xF0 && lead <= 0xF4) {  // 0xF5 and above lie behind U+10FFFF
    return 4;
  }
  return 0;
}

// The code point of a sequence whose continuation bytes were checked.
std::uint32_t code_point(Bytes sequence) {
  constexpr std::uint32_t lead_mask[] = {0, 0x7F, 0x1F, 0x0F, 0x07};
  std::uint32_t value = sequence[0] & lead_mask[sequence.size()];
  for (std::size_t i = 1; i < sequence.size(); ++i) {
    value = (value << 6) | (sequence[i] & 0x3Fu);
  }
  return value;
}

}  // namespace

bool is_utf8(Bytes text) {
  // Smallest code point that needs a sequence of 1, 2, 3, 4 bytes.
  constexpr std::uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t length = sequence_length(text[at]);
    if (length == 0 || length > text.size() - at) {
      return false;
    }
    for (std::size_t i = 1; i < length; ++i) {
      if ((text[at + i] & 0xC0) != 0x80) {
        return false;
      }
    }
    const std::uint32_t point = code_point(text.subspan(at, length));
    const bool surrogate = point >= 0xD800 && point <= 0xDFFF;
    if (point < smallest[length] || point > 0x10FFFF || surrogate) {
      return false;
    }
    at += length;
  }
  return true;
}

}  // namespace spec_reader
