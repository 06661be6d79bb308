// SPDX-License-Identifier: BSD-3-Clause
#include <ndmedic/format/untrusted_text.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include <ndmedic/format/utf8.h>

namespace ndmedic {
namespace {

/// Bytes of the UTF-8 character at the start of `text`, or 0.
std::size_t character_size(std::string_view text) {
  for (std::size_t size = 1; size <= std::min<std::size_t>(4, text.size()); ++size)
    if (is_utf8(text.substr(0, size))) return size;
  return 0;
}

char32_t code_point(std::string_view character) {
  const auto lead = static_cast<std::uint8_t>(character.front());
  if (character.size() == 1) return lead;
  char32_t value = lead & (0xFFU >> (character.size() + 1));
  for (const char c : character.substr(1))
    value = value << 6 | (static_cast<std::uint8_t>(c) & 0x3FU);
  return value;
}

/// Characters that change how their surroundings look: C0, C1, separators, bidirectional controls.
constexpr bool is_harmful(char32_t c) {
  return c < 0x20 || (c >= 0x7F && c < 0xA0) || c == 0x061C || c == 0x200E || c == 0x200F ||
         (c >= 0x2028 && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069) || c == 0xFEFF;
}

void append_hex(std::string& text, std::uint32_t value, int digits) {
  for (int shift = 4 * (digits - 1); shift >= 0; shift -= 4)
    text += "0123456789abcdef"[value >> shift & 15];
}

void append_escaped_byte(std::string& text, char byte) {
  text += "\\x";
  append_hex(text, static_cast<std::uint8_t>(byte), 2);
}

}  // namespace

std::string escape_untrusted(std::string_view text) {
  std::string safe;
  while (!text.empty()) {
    const std::size_t size = character_size(text);
    const std::string_view character = text.substr(0, std::max<std::size_t>(size, 1));
    const char32_t c = size == 0 ? 0 : code_point(character);
    if (c == '\\') {
      safe += "\\\\";
    } else if (!is_harmful(c)) {
      safe += character;
    } else if (character.size() == 1) {
      append_escaped_byte(safe, character.front());
    } else {
      safe += "\\u{";
      append_hex(safe, c, 4);
      safe += '}';
    }
    text.remove_prefix(character.size());
  }
  return safe;
}

}  // namespace ndmedic
