// SPDX-License-Identifier: BSD-3-Clause
// Questions about runs of equal bytes: reserved fields, padding, blank slots. Eight bytes a step,
// because every label and every index block that is read is asked.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>

namespace ndmedic {

/// The offset of the first byte of `bytes` that is not `value`, or bytes.size(). Thread-safe.
inline std::size_t run_length(std::span<const std::byte> bytes, std::byte value) {
  const std::uint64_t wanted = 0x0101010101010101 * std::to_integer<std::uint64_t>(value);
  std::size_t at = 0;
  for (; bytes.size() - at >= sizeof wanted; at += sizeof wanted) {
    std::uint64_t word;
    std::memcpy(&word, bytes.data() + at, sizeof word);
    if (word != wanted) break;
  }
  while (at < bytes.size() && bytes[at] == value) ++at;
  return at;
}

/// The offset of the first byte that is not 0, or none.
inline std::optional<std::size_t> first_nonzero(std::span<const std::byte> bytes) {
  const std::size_t zeros = run_length(bytes, std::byte{0});
  return zeros == bytes.size() ? std::nullopt : std::optional(zeros);
}

/// True when all of `bytes` are 0.
inline bool all_zero(std::span<const std::byte> bytes) {
  return run_length(bytes, std::byte{0}) == bytes.size();
}

/// True when all of `bytes` are 0x00, or all are 0xFF: never written.
inline bool is_blank(std::span<const std::byte> bytes) {
  if (bytes.empty()) return true;
  const std::byte first = bytes.front();
  const bool possible = first == std::byte{0x00} || first == std::byte{0xff};
  return possible && run_length(bytes, first) == bytes.size();
}

}  // namespace ndmedic
