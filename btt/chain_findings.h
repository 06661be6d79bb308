// SPDX-License-Identifier: BSD-3-Clause
// Judges a chain that was read: findings about info blocks and about their order.
#pragma once

#include <ndmedic/btt/arena_chain.h>
#include <ndmedic/format/finding.h>

namespace ndmedic {

/// Tells every finding of btt.md 5.1 and 5.2 that the chain shows, places in order.
void report_chain(const ArenaChain& chain, const ChainOptions& options, FindingSink& findings);

}  // namespace ndmedic
