// SPDX-License-Identifier: BSD-3-Clause
// The one question every medium asks first: does the range lie within it?
#pragma once

#include <cstdint>
#include <string_view>

#include <ndmedic/format/checked.h>
#include <ndmedic/format/result.h>

namespace ndmedic {

/// out_of_range, with the asked range, unless [offset, offset+size) lies within [0, limit). Any
/// offset up to 2^64-1 may be asked for.
inline Status check_within(std::uint64_t offset, std::uint64_t size, std::uint64_t limit,
                           std::string_view what) {
  if (lies_within(offset, size, limit)) return {};
  return Error{Errc::out_of_range, {offset, size}, what};
}

/// As check_within, for the arguments of Media::run_at: `offset` < `limit` <= `size`.
inline Status check_run(std::uint64_t offset, std::uint64_t limit, std::uint64_t size,
                        std::string_view what) {
  if (offset < limit && limit <= size) return {};
  return Error{Errc::out_of_range, {offset, limit > offset ? limit - offset : 0}, what};
}

}  // namespace ndmedic
