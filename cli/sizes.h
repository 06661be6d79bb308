// SPDX-License-Identifier: BSD-3-Clause
// Sizes as people spell them.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace ndmedic::cli {

/// Parses a size or an offset: decimal or 0x, suffixes K M G T (and KiB ...) are powers of 1024.
/// None for anything else, and for values beyond 2^64-1.
std::optional<std::uint64_t> parse_size(std::string_view text);

}  // namespace ndmedic::cli
