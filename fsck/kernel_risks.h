// SPDX-License-Identifier: BSD-3-Clause
// What a kernel would do with the label areas as they are, where that destroys data by mere use
// (labels.md RP8).
#pragma once

#include <ndmedic/format/finding.h>
#include <ndmedic/image/image.h>

namespace ndmedic {

/// Tells, for each region, that Linux shows it as one raw, writable namespace though its DIMMs hold
/// labels (4.2), and for each damaged label, that Linux offers its space as free (SL03, SL04).
/// Taken is a cold boot on a platform where labels are optional; CXL devices are never shown raw.
/// Reads nothing but `tree`.
void report_kernel_risks(const ImageTree& tree, FindingSink& findings);

}  // namespace ndmedic
