// SPDX-License-Identifier: BSD-3-Clause
// Arenas whose info blocks are gone: geometries that formatters would have computed, tried against
// a flog that is there and the map they say (btt.md 5.1: IB-05, IB-06).
#pragma once

#include <span>
#include <vector>

#include <ndmedic/fsck/scan_evidence.h>
#include <ndmedic/fsck/scan_proposals.h>

namespace ndmedic {

/// For each of the first flogs that no arena names. Errors: those of Media but absent, bad_media.
Result<std::vector<ArenaProposal>> search_arenas(const Media& media, const ScanEvidence& evidence,
                                                 std::span<const ImageProposal> images);

}  // namespace ndmedic
