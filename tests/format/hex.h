// SPDX-License-Identifier: BSD-3-Clause
// Bytes spelt in hexadecimal, as the specification prints them; and random bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <random>
#include <string_view>
#include <vector>

namespace ndmedic::test {

using Bytes = std::vector<std::byte>;

/// "4e41 4d" -> {0x4e, 0x41, 0x4d}; blanks and line ends are skipped.
inline Bytes hex(std::string_view text) {
  Bytes bytes;
  unsigned pending = 1;  // a leading 1 marks how many digits were seen
  for (const char c : text) {
    if (c == ' ' || c == '\n') continue;
    const unsigned digit = c <= '9' ? unsigned(c - '0') : unsigned(c - 'a' + 10);
    pending = pending << 4 | digit;
    if (pending < 0x100) continue;
    bytes.push_back(std::byte(pending & 0xff));
    pending = 1;
  }
  return bytes;
}

/// `size` bytes that depend on nothing but `seed`.
inline Bytes random_bytes(std::size_t size, std::uint32_t seed) {
  std::mt19937 engine(seed);
  Bytes bytes(size);
  for (std::byte& byte : bytes) byte = std::byte(engine() & 0xff);
  return bytes;
}

}  // namespace ndmedic::test
