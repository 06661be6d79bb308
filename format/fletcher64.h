// SPDX-License-Identifier: BSD-3-Clause
// The one checksum of labels, info blocks, pool headers and set cookies: Fletcher64 modulo 2^32
// (btt.md CS-1..CS-5, labels.md 2.3).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include <ndmedic/format/result.h>

namespace ndmedic {

/// Sum of `bytes` as little-endian 32-bit words; a trailing fragment of 1 to 3 bytes is ignored.
std::uint64_t fletcher64(std::span<const std::byte> bytes);

/// The same with the words of `as_zero` counted as zero, not skipped (CS-1). `as_zero` is 4-byte
/// aligned; the part of it beyond `bytes` is ignored.
std::uint64_t fletcher64(std::span<const std::byte> bytes, Extent as_zero);

}  // namespace ndmedic
