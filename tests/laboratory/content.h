// SPDX-License-Identifier: BSD-3-Clause
// What a sector can hold, as one number, and the bytes that go with it.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

#include "random.h"

namespace ndmedic::laboratory {

/// 0: zeros; content_error: reading fails; else a number whose bytes occur nowhere else: every
/// 8-byte unit of it tells the number and the place in the sector.
using Content = std::uint32_t;
inline constexpr Content content_zeros = 0;
inline constexpr Content content_error = ~Content{0};

inline std::uint64_t content_unit(Content content, std::size_t unit) {
  return content == content_zeros ? 0 : mix((std::uint64_t{content} << 8) + unit + 1) | 1;
}

inline void fill_content(std::span<std::byte> sector, Content content) {
  for (std::size_t at = 0; at < sector.size(); at += 8) {
    const std::uint64_t unit = content_unit(content, at / 8);
    std::memcpy(sector.data() + at, &unit, std::min<std::size_t>(8, sector.size() - at));
  }
}

/// True when the whole sector is that content.
inline bool holds(std::span<const std::byte> sector, Content content) {
  for (std::size_t at = 0; at < sector.size(); at += 8) {
    const std::uint64_t unit = content_unit(content, at / 8);
    if (std::memcmp(sector.data() + at, &unit, std::min<std::size_t>(8, sector.size() - at)) != 0)
      return false;
  }
  return true;
}

}  // namespace ndmedic::laboratory
