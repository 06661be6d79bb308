// SPDX-License-Identifier: BSD-3-Clause
// Decides who gets which block in an arena where map and flog disagree (btt.md 5.3 to 5.7).
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include <ndmedic/btt/sector_media.h>
#include <ndmedic/fsck/ownership.h>
#include <ndmedic/fsck/repair.h>

namespace ndmedic {

/// A map word that is replaced.
struct EntryPlan {
  PremapLba lba{};
  MapEntry found{};
  MapEntry word{};  ///< the new one
  ProblemId cures{};
  RepairBasis basis{};
  /// Of moved, lost_word and last_write: the flog entry that tells.
  std::optional<Lane> witness{};
};

/// A lane that gets a free block.
struct LanePlan {
  Lane lane{};
  PostmapLba block{};
  ProblemId cures{};
  RepairBasis basis{};
};

/// The word of an entry that shall read as an error before it gets its block: so marked, it stays
/// in doubt for a next plan too, when a power loss ends this one half-way.
inline MapEntry marked(MapEntry found, PremapLba lba) {
  return {found.postmap(lba).value | map_error_bit};
}

/// What becomes of one arena: all entries that shall read as errors are marked first, durably; then
/// the changes stand each for itself, in any order.
struct ArenaPlan {
  std::vector<PendingWord> pending{};  ///< interrupted writes that are completed
  std::vector<EntryPlan> entries{};
  std::vector<LanePlan> lanes{};
  /// Blocks whose content may belong to one of `doubtful` LBAs (RP-5); ascending, each once.
  std::vector<PostmapLba> salvage{};
  std::vector<PremapLba> doubtful{};
};

/// Claimants of one block, and entries without a block, that a plan is made for.
inline constexpr std::size_t planned_claims_max = 65536;

/// The plan for an arena of which all of map and flog could be read. Nothing for one with more than
/// planned_claims_max conflicts, or whose numbers do not add up (XR-09). Reads the map once more.
/// Errors: those of count_map().
Result<ArenaPlan> plan_arena(const Media& ns, const Arena& arena, const LaneTable& lanes,
                             const Ownership& ownership);

}  // namespace ndmedic
