// SPDX-License-Identifier: BSD-3-Clause
// The crash laboratory of label areas: every image that a power loss could leave on the way of
// every step, under two models of the media, read by the ordinary reader.
#pragma once

namespace ndmedic::laboratory {

/// At every instant the labels are those before or those after a step (labels.md 6), the next step
/// works, cut off or not, and no flush or fence may be left out. Prints what it did.
bool run_labels();

}  // namespace ndmedic::laboratory
