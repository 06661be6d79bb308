// SPDX-License-Identifier: BSD-3-Clause
// Plain image maker for libpmemblk pool files: for recipes, tests and fuzz.
#pragma once

#include <cstdint>
#include <vector>

#include <ndmedic/format/guid.h>
#include <ndmedic/image/place_map.h>
#include <ndmedic/media/media.h>

namespace ndmedic {

struct PoolPlan {
  Guid uuid{};          ///< of this part
  Guid poolset_uuid{};  ///< also parent_uuid of the BTT
  Guid btt_uuid{};
  std::uint32_t bsize = 512;  ///< bytes of a sector
  std::uint32_t nfree = 256;
  bool virgin = false;  ///< never written: no BTT yet (btt.md FM-2)
};

/// Writes header and descriptor as PMDK 1.12 on x86-64 does for a pool of one file, and formats the
/// BTT behind them (btt.md 7). Gives the arenas, offsets from the file's start. The bytes that
/// PMDK leaves uninitialised are zero, as is the time of creation. Errors: those of build_btt.
Result<std::vector<ArenaPlaces>> build_pool(Media& media, const PoolPlan& plan);

}  // namespace ndmedic
