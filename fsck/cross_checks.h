// SPDX-License-Identifier: BSD-3-Clause
// What structures of different layers say of each other: labels, info blocks of former and live
// personalities, and what lies between structures.
#pragma once

#include <ndmedic/format/finding.h>
#include <ndmedic/image/image.h>

namespace ndmedic {

/// Tells where a label's lbasize and the BTT's sectors differ, intact info blocks of former
/// personalities (btt.md FO-01, FO-02), and words behind the end of a map (MP-06). Reads a few
/// KiB an arena. Errors: those of Media but absent and bad_media.
Status report_cross_checks(const ImageTree& tree, FindingSink& findings);

}  // namespace ndmedic
