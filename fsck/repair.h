// SPDX-License-Identifier: BSD-3-Clause
// What can be mended of what a check found: a list of repairs, each by itself, to choose from and
// to carry out through the ordinary writers. Each family of structures adds its own (repair_*.cpp).
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>
#include <vector>

#include <ndmedic/format/finding.h>
#include <ndmedic/fsck/check.h>
#include <ndmedic/image/image.h>

namespace ndmedic {

enum class RepairAction : std::uint8_t {
  store_info,      ///< an info block from its other copy
  complete_write,  ///< an interrupted write is rolled forward (FL-07)
  set_entry,       ///< a map entry gets a block, and can be read
  mark_entry,      ///< a map entry keeps or gets a block, and reads as an error
  set_lane,        ///< a lane gets a free block (RP-4)
  renew_index,     ///< the damaged index block from the other one
  put_label,       ///< a label anew in a free slot, in place of the damaged one
  free_slot,       ///< a slot that holds no label of its own
  finish_labels,   ///< an update of labels that was interrupted
};
std::string_view to_string(RepairAction action);

/// What decides (btt.md 5.7).
enum class RepairBasis : std::uint8_t {
  structure,   ///< the structure itself: a copy, a checksum
  arithmetic,  ///< everything else has an owner (XR-10, one lane left)
  moved,       ///< EV-1: a flog entry tells that the LBA moved to the block
  pristine,    ///< EV-4: the lane was never used, the other claimant is wrong
  last_write,  ///< EV-5: a current flog entry tells who owns the block
  lost_word,   ///< EV-2, EV-3: the entry was written once, so its word was lost
  precedence,  ///< the explicit entry wins (XR-11), content of the other one not known
  own_entry,   ///< what the lane's other words say
  any,         ///< nobody's data: any block does (XR-03)
  undecided,   ///< nothing decides
};
std::string_view to_string(RepairBasis basis);

/// Sectors of a namespace that read as errors afterwards.
struct LostSectors {
  std::uint32_t ns = 0;  ///< index into ImageTree::namespaces
  ExternalLba first{};
  std::uint64_t count = 0;
};

/// A block whose content may be that of one of some LBAs, to be kept before it is given away
/// (RP-5).
struct SalvageBlock {
  std::uint32_t ns = 0;
  std::size_t arena = 0;  ///< index into BttImage::arenas
  PostmapLba block{};
  std::vector<ExternalLba> candidates{};  ///< at most 64
};

struct Repair {
  ProblemId cures{};
  RepairClass consent = RepairClass::safe;  ///< safe, lossy or manual
  RepairAction action{};
  RepairBasis basis = RepairBasis::structure;
  Place place{};
  std::vector<Argument> arguments{};
  std::vector<LostSectors> lost{};
  std::vector<SalvageBlock> salvage{};
  /// First of two phases, or empty: run for all chosen repairs before any carry_out().
  std::function<Status()> prepare{};
  /// Writes to the media of the tree, durably: at every power cut the repair is undone, done, or
  /// found again by the next check. Errors: those of the writers.
  std::function<Status()> carry_out{};
};

/// Repairs of everything in `tree`, in the order in which they have to be carried out. `checked`
/// and `findings` are check()'s. They refer to all three. Reads, never writes. Errors: those of
/// Media but absent and bad_media.
Result<std::vector<Repair>> propose_repairs(ImageTree& tree, const CheckResult& checked,
                                            const Findings& findings);

}  // namespace ndmedic
