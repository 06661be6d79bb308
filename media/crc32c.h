// SPDX-License-Identifier: BSD-3-Clause
// CRC-32C (Castagnoli), for the project's own files.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace ndmedic {

/// Of the bytes of `first`, then of `second`. Thread-safe.
std::uint32_t crc32c(std::span<const std::byte> first, std::span<const std::byte> second = {});

}  // namespace ndmedic
