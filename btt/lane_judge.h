// SPDX-License-Identifier: BSD-3-Clause
// The case table of btt.md 3.6 for one lane: pure, no media.
#pragma once

#include <cstdint>
#include <optional>

#include <ndmedic/btt/lane_state.h>

namespace ndmedic {

/// Judges what the group alone tells: everything but R5, R6, R7 and R9. True when the state depends
/// on map[lba] of the current entry, which then is below external_nlba.
bool judge_group(LaneReading& lane, const ArenaGeometry& geometry, FlogLayout layout);

/// Completes the judgement by the map word; none makes the lane `not_checked`.
void judge_map_word(LaneReading& lane, const ArenaGeometry& geometry, FlogLayout layout,
                    std::optional<MapEntry> word);

/// Which writer families the lanes of an arena show (FL-4).
class EncodingTally {
 public:
  void add(const LaneReading& lane);
  FlogEncoding result() const;

 private:
  bool used_flagged_ = false;
  bool used_unflagged_ = false;
  bool pristine_flagged_ = false;
  bool pristine_unflagged_ = false;
  bool mixed_entry_ = false;
};

}  // namespace ndmedic
