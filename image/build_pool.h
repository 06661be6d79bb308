// SPDX-License-Identifier: BSD-3-Clause
// Plain image maker for libpmemblk pool files: for recipes, tests and fuzz.
#pragma once

#include <vector>

#include <ndmedic/btt/pool_layout.h>
#include <ndmedic/image/place_map.h>
#include <ndmedic/media/media.h>

namespace ndmedic {

/// Formats a pool over `media`, or, when `virgin`, writes header and descriptor alone, as a pool
/// that was never written has them (btt.md FM-2). Gives the arenas, offsets from the file's start.
/// The bytes that PMDK leaves uninitialised are zero. Errors: those of build_btt.
Result<std::vector<ArenaPlaces>> build_pool(Media& media, const PoolFormat& format, bool virgin);

}  // namespace ndmedic
