// SPDX-License-Identifier: BSD-3-Clause
// What the lanes of an arena own once its interrupted writes are completed.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include <ndmedic/btt/lane_state.h>

namespace ndmedic {

struct LaneClaim {
  Lane lane{};
  PostmapLba block{};
  bool interrupted = false;  ///< an entry still owns old: the lane stands for new
};

struct LaneClaims {
  std::vector<LaneClaim> claims{};
  std::uint64_t bad = 0;  ///< lanes whose block cannot be told
  std::optional<Lane> first_bad{};
  bool complete = true;  ///< false: some lanes were not read, or not kept one by one
};

/// Judges lanes in ascending order, as Linux recovers: a write of an LBA that an earlier lane has
/// just rolled forward is judged against that. A lane with an interrupted write claims the new
/// block, as its old one is still in the map.
LaneClaims claims_of(const LaneTable& lanes);

/// A write that an entry of the flog tells of: history, whoever owns the blocks by now (5.7). An
/// entry that is not the lane's current one may be half written (EV-6).
struct PastWrite {
  Lane lane{};
  FlogSlot slot{};
  PremapLba lba{};
  PostmapLba old_block{};
  PostmapLba new_block{};
  bool current = false;
};

/// By lane, at most two each: entries that were used, and by a write. The pair of a damaged
/// pristine lane is none (FL-14). Empty without a layout.
std::vector<PastWrite> past_writes(const LaneTable& lanes);

/// EV-2: the lane wrote an LBA whose word is in the initial state all the same.
bool shows_lost_word(const LaneReading& lane);

}  // namespace ndmedic
