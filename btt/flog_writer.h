// SPDX-License-Identifier: BSD-3-Clause
// Writes that mend a flog: a lane gets another free block without a write of a sector (RP-4).
#pragma once

#include <ndmedic/btt/arena.h>
#include <ndmedic/btt/lane_state.h>
#include <ndmedic/media/media.h>

namespace ndmedic {

/// How the entry is written that gives a lane its free block.
enum class FlogForm : std::uint8_t {
  successor,  ///< the next entry of the lane's pair, in the two halves of a commit (W5, W6)
  pristine,   ///< the pair anew, as a formatter writes it (SQ-5): without a current entry, and in
              ///< pools, as libpmempool takes old = new for damage elsewhere
};

/// The form that suits `lane` of a flog in `container`.
FlogForm flog_form(const LaneReading& lane, BttContainer container);

/// Makes `block` the free block of the lane that `reading` is of. A power loss leaves the pair as
/// it was, the new one, or (pristine) a pair that has to be mended again. Durable on return. Wants
/// lanes.layout.layout. Errors: those of Media.
Status give_free_block(Media& ns, const Arena& arena, const LaneTable& lanes,
                       const LaneReading& reading, PostmapLba block, FlogForm form);

}  // namespace ndmedic
