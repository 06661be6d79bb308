// SPDX-License-Identifier: BSD-3-Clause
// Every place where a BTT of some version would have its info blocks, by the size of what it is in
// (GE-1): what a new BTT and a wipe must leave nothing at.
#pragma once

#include <algorithm>
#include <cstdint>

#include <ndmedic/btt/arena_chain.h>
#include <ndmedic/format/btt_geometry.h>
#include <ndmedic/format/btt_info.h>
#include <ndmedic/format/checked.h>
#include <ndmedic/format/pool_header.h>

namespace ndmedic {

inline constexpr std::uint64_t btt_initial_offsets[] = {0, 4096, pool_btt_offset};  ///< btt.md 2.1

/// Calls visit(offset, backup) for both copies of each of the first arenas_listed_max arenas, for
/// each initial offset, in `size` bytes. Places may repeat. Stops at an Error, and gives it.
template <class Visit>
Status for_each_info_place(std::uint64_t size, Visit visit) {
  for (const std::uint64_t initial : btt_initial_offsets) {
    const std::uint64_t rawsize = size > initial ? size - initial : 0;
    const std::uint64_t count = std::min(arena_count(rawsize), arenas_listed_max);
    for (std::uint64_t i = 0; i < count; ++i) {
      const ArenaSpan span = arena_span(rawsize, i);
      const std::uint64_t start = initial + span.offset;
      if (Status status = visit(start, false); !status) return status;
      const std::uint64_t end = start + round_down(span.size, info_block_size);
      if (Status status = visit(end - info_block_size, true); !status) return status;
    }
  }
  return {};
}

}  // namespace ndmedic
