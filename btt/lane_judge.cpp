// SPDX-License-Identifier: BSD-3-Clause
// One lane: which entry is current, what it claims, and what the map makes of it.

#include <ndmedic/btt/lane_judge.h>

namespace ndmedic {
namespace {

/// The four words of a live entry in host order, blocks masked.
struct Entry {
  std::uint32_t lba;
  std::uint32_t old_block;
  std::uint32_t new_block;
  std::uint32_t seq;
};

const FlogEntry& live(const LaneReading& lane, FlogLayout layout, FlogSlot slot) {
  return lane.group.slot[slot_index(layout, slot)];
}

Entry host(const FlogEntry& entry) {
  return {entry.lba.value(), entry.old_block().value, entry.new_block().value, entry.seq.value()};
}

FlogSlot other(FlogSlot slot) { return slot == FlogSlot::a ? FlogSlot::b : FlogSlot::a; }

/// FL-4: whole map words (flagged), block numbers (unflagged), or one of each in one entry.
FlogEncoding encoding_of(const FlogEntry& entry) {
  const MapState old_state = MapEntry{entry.old_map.value()}.state();
  const MapState new_state = MapEntry{entry.new_map.value()}.state();
  if (new_state == MapState::initial)
    return old_state == MapState::initial || old_state == MapState::error ? FlogEncoding::unflagged
                                                                          : FlogEncoding::mixed;
  return old_state == MapState::initial ? FlogEncoding::mixed : FlogEncoding::flagged;
}

/// T-2 and T-0b: the inactive slot does not continue into the current one (CC-4). Where the current
/// entry freed what it filled, a repair wrote it and the rule does not apply (RP-4).
bool is_torn(const FlogEntry& inactive, const Entry& current) {
  if (inactive.seq.value() == 0) return !inactive.is_zero();
  return current.old_block != current.new_block && inactive.old_block().value != current.new_block;
}

bool is_formatters(const Entry& current, bool first_pair, const LaneReading& lane,
                   const ArenaGeometry& geometry) {
  const std::uint64_t spare = std::uint64_t{geometry.external_nlba} + lane.lane.value;
  return first_pair && current.new_block == spare &&
         (current.lba == lane.lane.value || current.lba == 0);
}

/// The pair (1,0) with A current: never written since it was formatted or rewritten (SQ-5).
bool is_first_pair(const LaneReading& lane, FlogLayout layout) {
  return live(lane, layout, FlogSlot::a).seq.value() == 1 &&
         live(lane, layout, FlogSlot::b).seq.value() == 0;
}

}  // namespace

bool judge_group(LaneReading& lane, const ArenaGeometry& geometry, FlogLayout layout) {
  const FlogEntry& a = live(lane, layout, FlogSlot::a);
  const FlogEntry& b = live(lane, layout, FlogSlot::b);
  lane.current = newer(a.seq.value(), b.seq.value());
  if (!lane.current) {
    lane.state = a.is_zero() && b.is_zero() ? LaneState::all_zero : LaneState::bad_pair;
    return false;
  }
  const FlogEntry& entry = live(lane, layout, *lane.current);
  const Entry current = host(entry);
  lane.encoding = encoding_of(entry);
  lane.torn = is_torn(live(lane, layout, other(*lane.current)), current);
  lane.error_in_old = MapEntry{entry.old_map.value()}.state() == MapState::error;

  if (is_unreachable(a.seq.value(), b.seq.value())) {
    lane.state = LaneState::unreachable_pair;
  } else if (current.old_block >= geometry.internal_nlba) {
    lane.state = LaneState::bad_block;
  } else if (current.lba >= geometry.external_nlba) {
    lane.state = LaneState::bad_lba;
  } else if (current.new_block >= geometry.internal_nlba) {
    lane.state = LaneState::bad_block;
  } else if (current.old_block == current.new_block) {
    const bool pristine = is_formatters(current, is_first_pair(lane, layout), lane, geometry);
    lane.state = pristine ? LaneState::pristine : LaneState::never_used_or_repaired;
    lane.free_block = PostmapLba{current.old_block};
  } else {
    return true;
  }
  return false;
}

void judge_map_word(LaneReading& lane, const ArenaGeometry& geometry, FlogLayout layout,
                    std::optional<MapEntry> word) {
  lane.map_word = word;
  if (!word) {
    lane.state = LaneState::not_checked;
    return;
  }
  const Entry current = host(live(lane, layout, *lane.current));
  const std::uint32_t mapped = word->postmap({current.lba}).value;
  if (mapped == current.new_block) {
    lane.state = LaneState::complete;
  } else if (current.lba == lane.lane.value &&
             is_formatters(current, is_first_pair(lane, layout), lane, geometry)) {
    lane.state = LaneState::damaged_pristine;
    return;
  } else {
    lane.state = mapped == current.old_block ? LaneState::interrupted : LaneState::superseded;
  }
  lane.free_block = PostmapLba{current.old_block};
}

void EncodingTally::add(const LaneReading& lane) {
  if (!lane.current || lane.encoding == FlogEncoding::unknown) return;
  const bool flagged = lane.encoding == FlogEncoding::flagged;
  if (lane.encoding == FlogEncoding::mixed) {
    mixed_entry_ = true;
  } else if (lane.state == LaneState::pristine || lane.state == LaneState::never_used_or_repaired) {
    (flagged ? pristine_flagged_ : pristine_unflagged_) = true;
  } else if (lane.free_block) {
    (flagged ? used_flagged_ : used_unflagged_) = true;
  }
}

FlogEncoding EncodingTally::result() const {
  if (mixed_entry_ || (used_flagged_ && used_unflagged_)) return FlogEncoding::mixed;
  // ipmctl formats unflagged and writes flagged: one family. The reverse is two.
  if (used_flagged_) return FlogEncoding::flagged;
  if (pristine_flagged_) {
    const bool two = used_unflagged_ || pristine_unflagged_;
    return two ? FlogEncoding::mixed : FlogEncoding::flagged;
  }
  return used_unflagged_ || pristine_unflagged_ ? FlogEncoding::unflagged : FlogEncoding::unknown;
}

std::string_view to_string(LaneState state) {
  switch (state) {
    case LaneState::pristine:
      return "pristine";
    case LaneState::complete:
      return "complete";
    case LaneState::never_used_or_repaired:
      return "never_used_or_repaired";
    case LaneState::interrupted:
      return "interrupted";
    case LaneState::superseded:
      return "superseded";
    case LaneState::damaged_pristine:
      return "damaged_pristine";
    case LaneState::bad_pair:
      return "bad_pair";
    case LaneState::bad_lba:
      return "bad_lba";
    case LaneState::bad_block:
      return "bad_block";
    case LaneState::all_zero:
      return "all_zero";
    case LaneState::unreachable_pair:
      return "unreachable_pair";
    case LaneState::not_checked:
      return "not_checked";
  }
  return "";
}

std::string_view to_string(FlogEncoding encoding) {
  switch (encoding) {
    case FlogEncoding::unknown:
      return "unknown";
    case FlogEncoding::unflagged:
      return "unflagged";
    case FlogEncoding::flagged:
      return "flagged";
    case FlogEncoding::mixed:
      return "mixed";
  }
  return "";
}

}  // namespace ndmedic
