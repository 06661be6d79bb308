// SPDX-License-Identifier: BSD-3-Clause
#include <ndmedic/fsck/lane_claims.h>

#include <unordered_map>

namespace ndmedic {
namespace {

class Judge {
 public:
  explicit Judge(const LaneTable& lanes) : lanes_(lanes) {}

  LaneClaims run() {
    result_.complete = lanes_.layout.layout && lanes_.rest.empty() && !lanes_.cancelled;
    if (!lanes_.layout.layout) return std::move(result_);
    for (const LaneReading& lane : lanes_.lanes) add(lane);
    return std::move(result_);
  }

 private:
  void add(const LaneReading& lane) {
    if (lane.state == LaneState::not_checked) {
      result_.complete = false;
    } else if (!lane.free_block) {
      ++result_.bad;
      if (!result_.first_bad) result_.first_bad = lane.lane;
    } else if (lane.state == LaneState::interrupted) {
      add_interrupted(lane);
    } else {
      result_.claims.push_back({lane.lane, *lane.free_block, false});
    }
  }

  /// The word in the map is `old` for the first of several lanes that write one LBA. What the
  /// recovery of an earlier one stored is what this one finds.
  void add_interrupted(const LaneReading& lane) {
    const FlogEntry& entry = lanes_.entry(lane, *lane.current);
    const auto [at, first] = recovered_.try_emplace(entry.lba.value(), entry.new_block().value);
    if (first) {
      result_.claims.push_back({lane.lane, entry.new_block(), true});
      return;
    }
    if (at->second == entry.old_block().value) {
      at->second = entry.new_block().value;
      result_.claims.push_back({lane.lane, entry.new_block(), true});
    } else {
      result_.claims.push_back({lane.lane, entry.old_block(), false});
    }
  }

  const LaneTable& lanes_;
  LaneClaims result_;
  std::unordered_map<std::uint32_t, std::uint32_t> recovered_;
};

}  // namespace

LaneClaims claims_of(const LaneTable& lanes) { return Judge(lanes).run(); }

std::vector<PastWrite> past_writes(const LaneTable& lanes) {
  std::vector<PastWrite> writes;
  if (!lanes.layout.layout) return writes;
  for (const LaneReading& lane : lanes.lanes) {
    if (lane.state == LaneState::damaged_pristine) continue;
    for (const FlogSlot slot : {FlogSlot::a, FlogSlot::b}) {
      const FlogEntry& entry = lanes.entry(lane, slot);
      if (entry.seq.value() == 0 || entry.old_block() == entry.new_block()) continue;
      writes.push_back({lane.lane,
                        slot,
                        {entry.lba.value()},
                        entry.old_block(),
                        entry.new_block(),
                        lane.current == slot});
    }
  }
  return writes;
}

bool shows_lost_word(const LaneReading& lane) {
  return lane.state == LaneState::superseded && lane.map_word &&
         lane.map_word->state() == MapState::initial;
}

}  // namespace ndmedic
