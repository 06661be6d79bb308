// SPDX-License-Identifier: BSD-3-Clause
// Format and attach of whole containers, cut at every fence: info blocks included, which the tiny
// arenas of the other runs do not have.
#pragma once

namespace ndmedic::laboratory {

/// An interrupted format is never taken for a BTT that it is not: whatever attaches is the old BTT
/// with all its maps and flogs, or the new one. Recovery of a lost primary info block and of
/// interrupted writes comes to the same however often it is cut. And no flush or fence of either
/// can be left out. Prints what it finds; true when all is so.
bool run_containers();

}  // namespace ndmedic::laboratory
