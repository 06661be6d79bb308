// SPDX-License-Identifier: BSD-3-Clause
// From media to a BTT that can be worked on: which structures are trusted, which lanes own which
// block, and the recovery of interrupted writes (btt.md 3.2, 3.6).
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include <ndmedic/btt/arena_chain.h>
#include <ndmedic/btt/lane_state.h>
#include <ndmedic/btt/sector_media.h>
#include <ndmedic/format/finding.h>
#include <ndmedic/media/media.h>

namespace ndmedic {

/// A lane as the engine takes it over: its free block, and where its current entry stands.
struct LaneStart {
  PostmapLba free_block{};
  FlogSlot current = FlogSlot::a;
  std::uint32_t seq = 1;  ///< of the current entry, 1..3
  FlogGroup group{};      ///< the lane's 64 bytes of flog
};

/// One arena that may be written. Lanes: nfree of them, no two with one free block.
struct ArenaStart {
  Arena arena{};
  FlogLayout layout = FlogLayout::slots_0_1;
  std::vector<LaneStart> lanes{};
};

/// Why a BTT may be read but not written.
enum class AttachRefusal : std::uint8_t {
  none,
  not_whole,      // an arena is missing or cut, or a part of it could not be read
  copies_differ,  // two generations of info blocks (IB-04), or an unfit one
  start_wiped,    // the first bytes are zero: destroyed on purpose? (FO-08)
  error_flag,     // the info block says so (2.2)
  lanes_damaged,  // no layout, or a lane whose free block is not known (FL-01..FL-06, FL-14)
  lanes_collide,  // two lanes own one block, or a new block is another lane's (XR-03, XR-05)
  too_large,      // more lanes than are kept one by one
};

std::string_view to_string(AttachRefusal refusal);

/// Lanes of one arena, ready for the engine; or why not. `lanes` must have been read from `arena`.
/// Interrupted lanes count as recovered: their words are pending_words(). Pure.
struct ArenaJudgement {
  AttachRefusal refusal = AttachRefusal::none;
  ArenaStart start{};
};
ArenaJudgement judge_arena(const Arena& arena, const LaneTable& lanes);

/// Completes the interrupted writes of an arena (3.6, R6): stores each pending word as normal, then
/// flushes and fences once (WP-R7). May be interrupted and repeated (CC-13). Errors: of Media.
Status roll_forward(Media& ns, const Arena& arena, const std::vector<PendingWord>& pending);

/// Everything that was found. Without refusal, `arenas` can be handed to the engine as soon as
/// recover() has returned.
struct Attachment {
  ArenaChain chain{};
  BttContainer container = BttContainer::ns;
  AttachRefusal refusal = AttachRefusal::none;
  ArenaIndex refused_arena{};          ///< the arena that `refusal` is about
  std::vector<ArenaStart> arenas{};    ///< complete only without refusal
  std::vector<SectorArena> sectors{};  ///< for reading, with the recovered view; empty unless every
                                       ///< arena is known
  bool restore_primaries = false;      ///< some arena is known by its backup only (IB-01)
};

/// Reads chain, flogs and the map words they name; writes nothing. Time and reads are linear in
/// nfree, not in the map. Findings as read_arena_chain() and read_lanes(). Errors: those of Media,
/// and not_found when no info block can be used.
Result<Attachment> read_attachment(const Media& ns, const ChainOptions& options,
                                   FindingSink& findings);

/// Makes the media what `attachment` says: primary info blocks from their backups, then pending
/// words (3.2, 3.6). Wants an attachment without refusal. Errors: those of Media.
Status recover(Media& ns, const Attachment& attachment);

}  // namespace ndmedic
