// SPDX-License-Identifier: BSD-3-Clause
// The crash laboratory of transactions over several label areas.
#pragma once

namespace ndmedic::laboratory {

/// Whatever a power loss leaves of a transaction, and of the recovery after it, and of the recovery
/// after that, recovery makes the old labels of it or the new ones; labels of other namespaces are
/// untouched bytes; what has returned is durable. Two models of the media, as for one area; each
/// area is cut at a point of its own. No fence behind an index block may be left out, and
/// transactions that break the rules are found out. Prints what it did.
bool run_sets();

}  // namespace ndmedic::laboratory
