// SPDX-License-Identifier: BSD-3-Clause
// Writes that mend a flog: a lane gets another free block without a write of a sector (RP-4).
#pragma once

#include <ndmedic/btt/arena.h>
#include <ndmedic/btt/lane_state.h>
#include <ndmedic/media/media.h>

namespace ndmedic {

/// Makes `block` the free block of the lane that `reading` is of, in the two halves of a commit
/// (W5, W6): by the entry that follows the current one, or the only one with a sequence number;
/// where neither is, and in pools, as libpmempool takes old = new for damage elsewhere, the pair
/// becomes what a formatter writes (SQ-5). A power loss leaves the pair as it was, the new one, or
/// one without a current entry. Durable on return. Wants lanes.layout.layout. Errors: those of
/// Media.
Status give_free_block(Media& ns, const Arena& arena, const LaneTable& lanes,
                       const LaneReading& reading, PostmapLba block, BttContainer container);

}  // namespace ndmedic
