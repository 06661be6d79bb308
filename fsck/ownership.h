// SPDX-License-Identifier: BSD-3-Clause
// Who owns the blocks of an arena: map and flog together own each exactly once (btt.md CC-1, 5.5).
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include <ndmedic/btt/arena.h>
#include <ndmedic/btt/lane_state.h>
#include <ndmedic/btt/map_census.h>
#include <ndmedic/format/finding.h>
#include <ndmedic/media/media.h>

namespace ndmedic {

/// A block with more than one owner. The first explicit entries and lanes are kept.
struct SharedBlock {
  PostmapLba block{};
  std::optional<PremapLba> initial{};  ///< the entry that owns it for never having been written
  std::vector<PremapLba> entries{};    ///< explicit ones, ascending, at most two
  std::uint64_t entry_count = 0;       ///< all of them, `initial` included
  std::vector<Lane> lanes{};           ///< ascending, at most two
  std::uint64_t lane_count = 0;
  bool lane_interrupted = false;  ///< a write that is not complete yet would give it to an entry
};

struct BlockRun {
  PostmapLba first{};
  std::uint64_t count = 0;
};

/// `complete`: all entries and lanes could be read, so that what nobody claims is nobody's. Then
/// unowned = bad_entries + bad_lanes + repeats (btt.md 5.5).
struct Ownership {
  bool complete = true;
  std::vector<SharedBlock> shared{};     ///< by block; at most 32,768
  bool shared_all_listed = true;         ///< false: there are more
  std::uint64_t repeats = 0;             ///< claims beyond the first of each block
  std::uint64_t unowned = 0;             ///< blocks; only if complete
  std::vector<BlockRun> unowned_runs{};  ///< ascending, at most 65,536
  std::uint64_t bad_entries = 0;         ///< MP-01
  std::optional<PremapLba> bad_entry{};  ///< the first
  std::uint64_t bad_lanes = 0;           ///< lanes that own no block that can be told
  std::optional<Lane> bad_lane{};        ///< the first
  MapCensus census{};
};

/// Counts the map as count_map() does, and the owners of every block with it: interrupted writes as
/// recovery in lane order would leave them. Where blocks are shared, a second pass over the map
/// names the owners. Tells findings of 5.3 and 5.5. Memory: one bit a block and some 14 MiB.
/// Errors: those of count_map().
Result<Ownership> read_ownership(const Media& ns, const Arena& arena, const LaneTable& lanes,
                                 const CensusOptions& options, FindingSink& findings);

/// XR-07, a flog made anew over an old map: nearly all lanes are the formatter's, and entries own
/// blocks that they call free. How many such blocks; 0: it is not so.
std::uint64_t reformatted_conflicts(const Ownership& ownership, const Arena& arena,
                                    const LaneTable& lanes);

/// Tells the findings of 5.5 of one arena; `options` gives the context.
void report_ownership(const Ownership& ownership, const Arena& arena, const LaneTable& lanes,
                      const BttContext& context, FindingSink& findings);

}  // namespace ndmedic
