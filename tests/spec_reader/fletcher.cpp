// SPDX-License-Identifier: BSD-3-Clause
//
// Fletcher64 as in labels.md 2.3 and btt.md 2.3.
#include "spec_reader/fletcher.h"

namespace spec_reader {

std::uint64_t fletcher64(Bytes bytes, std::uint64_t zero_offset, std::uint64_t zero_size) {
  // CS-1: two 32-bit accumulators, both starting at 0, both modulo 2^32 (CS-2).
  std::uint32_t lo = 0;
  std::uint32_t hi = 0;
  const std::size_t words = bytes.size() / 4;
  for (std::size_t word = 0; word < words; ++word) {
    std::uint32_t value = 0;
    for (std::size_t i = 4; i > 0; --i) {
      const std::size_t at = word * 4 + i - 1;
      std::uint8_t byte = bytes[at];
      // Byte by byte, so that the as-zero range needs no alignment.
      if (at >= zero_offset && at - zero_offset < zero_size) {
        byte = 0;
      }
      value = (value << 8) | byte;
    }
    lo += value;
    hi += lo;
  }
  return (static_cast<std::uint64_t>(hi) << 32) | lo;
}

}  // namespace spec_reader
