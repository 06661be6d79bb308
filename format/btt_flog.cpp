// SPDX-License-Identifier: BSD-3-Clause
// Which flog entry of a pair is current, and which two slots of a group are live.

#include <ndmedic/format/btt_flog.h>

#include <limits>

namespace ndmedic {

std::optional<FlogSlot> newer(std::uint32_t seq_a, std::uint32_t seq_b) {
  if (seq_a > 3 || seq_b > 3 || seq_a == seq_b) return std::nullopt;
  if (seq_a == 0) return FlogSlot::b;
  if (seq_b == 0) return FlogSlot::a;
  return seq_b == next_seq(seq_a) ? FlogSlot::b : FlogSlot::a;
}

bool is_unreachable(std::uint32_t seq_a, std::uint32_t seq_b) {
  return newer(seq_a, seq_b) && (seq_a == 0 || (seq_b == 0 && seq_a != 1));
}

void FlogLayoutDetector::feed(const FlogGroup& group) {
  const bool first = !group.slot[0].is_zero();
  const bool one = !group.slot[1].is_zero();
  const bool two = !group.slot[2].is_zero();
  bool fits = group.slot[3].is_zero() && !(one && two);
  if (second_slot_) {
    // Rule 3 of 2.5.2: from here on slot A must be there, and slot B may not move (FD-4).
    fits = fits && first && !(*second_slot_ == 1 ? two : one);
  } else {
    // Whatever slot comes first in an arena must be slot 0 (rule 6).
    fits = fits && (first || first_seen_ || !(one || two));
    if (one || two) second_slot_ = one ? 1U : 2U;
  }
  first_seen_ = first_seen_ || first;
  if (!fits && !conflict_) conflict_ = Lane{static_cast<std::uint32_t>(lanes_)};
  ++lanes_;
}

void FlogLayoutDetector::feed_zero(std::uint64_t count) {
  if (count == 0) return;
  feed(FlogGroup{});
  const std::uint64_t room = std::numeric_limits<std::uint64_t>::max() - lanes_;
  lanes_ += count - 1 < room ? count - 1 : room;
}

FlogLayoutDetector::Answer FlogLayoutDetector::answer() const {
  Answer answer;
  answer.written = second_slot_ || conflict_;
  answer.first_conflict = conflict_;
  if (conflict_ || !first_seen_) return answer;
  // No lane ever used its second slot: (0,1) by definition (FD-2).
  answer.layout = second_slot_ == 2U ? FlogLayout::slots_0_2 : FlogLayout::slots_0_1;
  return answer;
}

}  // namespace ndmedic
