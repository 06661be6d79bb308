// SPDX-License-Identifier: BSD-3-Clause
#include <ndmedic/format/utf8.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace ndmedic {
namespace {

/// Bytes of the sequence whose first byte is `lead`, and the range of its second byte: that range
/// alone keeps out overlong forms, surrogates and everything above U+10FFFF.
struct Sequence {
  std::size_t size;  ///< 0 for a byte that starts no sequence of several bytes
  std::uint8_t second_min;
  std::uint8_t second_max;
};

constexpr Sequence sequence_of(std::uint8_t lead) {
  if (lead >= 0xc2 && lead <= 0xdf) return {2, 0x80, 0xbf};
  if (lead == 0xe0) return {3, 0xa0, 0xbf};
  if (lead == 0xed) return {3, 0x80, 0x9f};
  if (lead >= 0xe1 && lead <= 0xef) return {3, 0x80, 0xbf};
  if (lead == 0xf0) return {4, 0x90, 0xbf};
  if (lead >= 0xf1 && lead <= 0xf3) return {4, 0x80, 0xbf};
  if (lead == 0xf4) return {4, 0x80, 0x8f};
  return {0, 0, 0};
}

/// Bytes from `at` on that are ASCII, as far as whole words tell: names mostly are.
std::size_t ascii_words(std::string_view text, std::size_t at) {
  const std::size_t start = at;
  for (; text.size() - at >= 8; at += 8) {
    std::uint64_t word;
    std::memcpy(&word, text.data() + at, sizeof word);
    if ((word & 0x8080808080808080) != 0) break;
  }
  return at - start;
}

}  // namespace

bool is_utf8(std::string_view text) {
  auto byte = [text](std::size_t at) { return static_cast<std::uint8_t>(text[at]); };
  for (std::size_t at = 0; at < text.size();) {
    if (byte(at) < 0x80) {
      at += std::max<std::size_t>(ascii_words(text, at), 1);
      continue;
    }
    const Sequence sequence = sequence_of(byte(at));
    if (sequence.size == 0 || text.size() - at < sequence.size) return false;
    if (byte(at + 1) < sequence.second_min || byte(at + 1) > sequence.second_max) return false;
    for (std::size_t i = 2; i < sequence.size; ++i)
      if ((byte(at + i) & 0xc0) != 0x80) return false;
    at += sequence.size;
  }
  return true;
}

}  // namespace ndmedic
