// SPDX-License-Identifier: BSD-3-Clause
// Two writers on one lane, as Linux 6.7 to 7.1-rc6 let them be (btt.md 2.8): both take the lane's
// free block, and of the two blocks that they free one is forgotten.
#pragma once

#include <cstdint>

#include <ndmedic/fsck/random.h>
#include <ndmedic/image/place_map.h>
#include <ndmedic/media/media.h>

namespace ndmedic {

/// Lets two writers make `writes` writes in all through `lane`, in an order that `random` decides.
/// The lane's state is that of memory, read once, as a driver keeps it. Errors: damaged (no current
/// entry in the lane's pair), those of Media.
Status write_through_shared_lane(Media& ns, const ArenaPlaces& arena, std::uint32_t lane,
                                 unsigned writes, SeededRandom& random);

}  // namespace ndmedic
