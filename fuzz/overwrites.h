// SPDX-License-Identifier: BSD-3-Clause
// Damage to a BTT as an input says it: overwrites {kind, index (16 bits), offset, length, bytes} of
// an info block (kind 0), a backup (1), a flog group (2) or words of the map (3); index: arena in
// bit 15. Dressed: info blocks get a right checksum.
#pragma once

#include "fuzz/bases.h"
#include "fuzz/harness.h"

namespace fuzz {

void overwrite(agreement::PatchedMedia& media, const std::vector<ndmedic::ArenaPlaces>& arenas,
               const Input& input);

}  // namespace fuzz
