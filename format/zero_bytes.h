// SPDX-License-Identifier: BSD-3-Clause
// Scan for the first byte that is not zero: reserved areas, padding, holes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>

namespace ndmedic {

/// Position of the first byte of `bytes` that is not zero, or none. Steps by words of 8 bytes.
/// Thread-safe.
inline std::optional<std::size_t> first_nonzero(std::span<const std::byte> bytes) {
  std::size_t at = 0;
  for (; bytes.size() - at >= sizeof(std::uint64_t); at += sizeof(std::uint64_t)) {
    std::uint64_t word;
    std::memcpy(&word, bytes.data() + at, sizeof word);
    if (word != 0) break;
  }
  for (; at < bytes.size(); ++at)
    if (bytes[at] != std::byte{0}) return at;
  return std::nullopt;
}

}  // namespace ndmedic
