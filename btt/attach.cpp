// SPDX-License-Identifier: BSD-3-Clause
// Judges what was read: which arenas may be written, and what recovery has to store.

#include <ndmedic/btt/attach.h>

#include <algorithm>

#include <ndmedic/btt/map_words.h>
#include <ndmedic/format/codec.h>

namespace ndmedic {
namespace {

bool may_be_used(LaneState state) {
  switch (state) {
    case LaneState::pristine:
    case LaneState::never_used_or_repaired:
    case LaneState::complete:
    case LaneState::interrupted:
    case LaneState::superseded:
      return true;
    default:
      return false;
  }
}

/// Blocks that lanes own after recovery, and LBAs that recovery moves: none may occur twice (CC-1,
/// CC-6), and no block that recovery gives to the map may be a lane's (R8).
bool lanes_collide(const LaneTable& table) {
  std::vector<std::uint32_t> blocks;
  std::vector<std::uint32_t> lbas;
  for (const LaneReading& lane : table.lanes) {
    blocks.push_back(lane.free_block->value);
    if (lane.state != LaneState::interrupted) continue;
    const FlogEntry& entry = table.entry(lane, *lane.current);
    blocks.push_back(entry.new_block().value);
    lbas.push_back(entry.lba.value());
  }
  const auto has_twins = [](std::vector<std::uint32_t>& numbers) {
    std::ranges::sort(numbers);
    return std::ranges::adjacent_find(numbers) != numbers.end();
  };
  return has_twins(blocks) || has_twins(lbas);
}

AttachRefusal judge_chain(const ArenaChain& chain) {
  if (chain.start_wiped) return AttachRefusal::start_wiped;
  return chain.whole() && chain.arenas_not_checked == 0 ? AttachRefusal::none
                                                        : AttachRefusal::not_whole;
}

/// One arena by its info blocks: only a copy that fits its place is trusted for writing.
AttachRefusal judge_copies(const ArenaPlace& place, const Media& ns) {
  const InfoCopy* const used = place.used_copy();
  if (used == nullptr || used->state != CopyState::valid ||
      place.difference == CopyDifference::generations)
    return AttachRefusal::copies_differ;
  const Arena& arena = *place.arena;
  if (arena.backup().value + info_block_size > ns.size()) return AttachRefusal::not_whole;
  return arena.error_flag() ? AttachRefusal::error_flag : AttachRefusal::none;
}

class Reader {
 public:
  Reader(const Media& ns, const ChainOptions& options, FindingSink& findings)
      : ns_(ns), options_(options), findings_(findings) {}

  Result<Attachment> run() {
    NDMEDIC_TRY(attachment_.chain, read_arena_chain(ns_, options_, findings_));
    if (!attachment_.chain.found()) return Error{Errc::not_found, {}, "BTT info block"};
    attachment_.container = options_.context.container;
    refuse(judge_chain(attachment_.chain), {0});
    for (const ArenaPlace& place : attachment_.chain.places)
      if (place.arena) NDMEDIC_CHECK(take_over(place));
    if (!attachment_.chain.whole() || !one_sector_size()) attachment_.sectors.clear();
    return std::move(attachment_);
  }

 private:
  /// The first reason counts.
  void refuse(AttachRefusal why, ArenaIndex arena) {
    if (why == AttachRefusal::none || attachment_.refusal != AttachRefusal::none) return;
    attachment_.refusal = why;
    attachment_.refused_arena = arena;
  }

  Status take_over(const ArenaPlace& place) {
    const Arena& arena = *place.arena;
    refuse(judge_copies(place, ns_), arena.index);
    if (arena.geometry.nfree > lanes_detailed_max) refuse(AttachRefusal::too_large, arena.index);
    NDMEDIC_TRY(const LaneTable lanes, read_lanes(ns_, arena, options_.context, findings_));
    ArenaJudgement judgement = judge_arena(arena, lanes);
    refuse(judgement.refusal, arena.index);
    attachment_.arenas.push_back(std::move(judgement.start));
    attachment_.sectors.push_back({arena, pending_words(lanes)});
    attachment_.restore_primaries =
        attachment_.restore_primaries || place.used == InfoChoice::backup;
    return {};
  }

  bool one_sector_size() {
    for (const SectorArena& sectors : attachment_.sectors) {
      if (sectors.arena.geometry.external_lbasize ==
          attachment_.sectors.front().arena.geometry.external_lbasize)
        continue;
      refuse(AttachRefusal::copies_differ, sectors.arena.index);
      return false;
    }
    return true;
  }

  const Media& ns_;
  const ChainOptions& options_;
  FindingSink& findings_;
  Attachment attachment_;
};

}  // namespace

std::string_view to_string(AttachRefusal refusal) {
  switch (refusal) {
    case AttachRefusal::none:
      return "none";
    case AttachRefusal::not_whole:
      return "not_whole";
    case AttachRefusal::copies_differ:
      return "copies_differ";
    case AttachRefusal::start_wiped:
      return "start_wiped";
    case AttachRefusal::error_flag:
      return "error_flag";
    case AttachRefusal::lanes_damaged:
      return "lanes_damaged";
    case AttachRefusal::lanes_collide:
      return "lanes_collide";
    case AttachRefusal::too_large:
      return "too_large";
  }
  return "";
}

ArenaJudgement judge_arena(const Arena& arena, const LaneTable& lanes) {
  ArenaJudgement judgement;
  judgement.start.arena = arena;
  // What Linux would not attach is not written either, whatever the lanes say one by one (FD-4).
  if (!lanes.layout.strict.layout || lanes.cancelled ||
      lanes.layout.strict.layout != lanes.layout.layout ||
      lanes.lanes.size() != arena.geometry.nfree) {
    judgement.refusal = AttachRefusal::lanes_damaged;
    return judgement;
  }
  judgement.start.layout = *lanes.layout.layout;
  for (const LaneReading& lane : lanes.lanes) {
    if (!may_be_used(lane.state) || !lane.free_block) {
      judgement.refusal = AttachRefusal::lanes_damaged;
      return judgement;
    }
    judgement.start.lanes.push_back({*lane.free_block, *lane.current,
                                     lanes.entry(lane, *lane.current).seq.value(), lane.group});
  }
  if (lanes_collide(lanes)) judgement.refusal = AttachRefusal::lanes_collide;
  return judgement;
}

Status roll_forward(Media& ns, const Arena& arena, const std::vector<PendingWord>& pending) {
  if (pending.empty()) return {};
  for (const PendingWord& pending_word : pending)
    NDMEDIC_CHECK(store_map_word(ns, arena, pending_word.lba, pending_word.word));
  return ns.fence();
}

Result<Attachment> read_attachment(const Media& ns, const ChainOptions& options,
                                   FindingSink& findings) {
  return Reader(ns, options, findings).run();
}

Status recover(Media& ns, const Attachment& attachment) {
  for (const ArenaPlace& place : attachment.chain.places) {
    if (place.used != InfoChoice::backup) continue;
    const std::uint64_t start = place.start.value;
    NDMEDIC_CHECK(ns.write(start, bytes_of(place.backup.block)));
    NDMEDIC_CHECK(ns.flush({start, info_block_size}));
    NDMEDIC_CHECK(ns.fence());
  }
  for (const SectorArena& sectors : attachment.sectors)
    NDMEDIC_CHECK(roll_forward(ns, sectors.arena, sectors.pending));
  return {};
}

}  // namespace ndmedic
