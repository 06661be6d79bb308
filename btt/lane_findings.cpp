// SPDX-License-Identifier: BSD-3-Clause
// From lane states to findings of btt.md 5.4.

#include <ndmedic/btt/lane_findings.h>

namespace ndmedic {

void LaneReport::run(ProblemId id, Lane first, std::uint64_t count) {
  if (run_ && run_->id == id && run_->first + run_->count == first.value) {
    run_->count += count;
    return;
  }
  flush_run();
  run_ = Run{id, first.value, count};
}

void LaneReport::flush_run() {
  if (!run_) return;
  report_.add(run_->id, PlaceKind::flog, {run_->first, run_->count},
              {decimal("lane", run_->first), decimal("count", run_->count)});
  run_.reset();
}

void LaneReport::problem(ProblemId id, const LaneReading& lane) {
  const Argument number = decimal("lane", lane.lane.value);
  const Argument offset = hexadecimal("offset", arena_.flog_group(lane.lane).value);
  const BttReport::Span span{lane.lane.value, 1};
  if (!lane.current) {
    const FlogEntry& a = lane.group.slot[slot_index(*layout_.layout, FlogSlot::a)];
    const FlogEntry& b = lane.group.slot[slot_index(*layout_.layout, FlogSlot::b)];
    report_.add(id, PlaceKind::flog, span,
                {number, offset, decimal("seq_a", a.seq.value()), decimal("seq_b", b.seq.value())});
    return;
  }
  const FlogEntry& a = lane.group.slot[slot_index(*layout_.layout, FlogSlot::a)];
  const FlogEntry& b = lane.group.slot[slot_index(*layout_.layout, FlogSlot::b)];
  const FlogEntry& current = *lane.current == FlogSlot::a ? a : b;
  report_.add(id, PlaceKind::flog, span,
              {number, offset, decimal("lba", current.lba.value()),
               decimal("old", current.old_block().value), decimal("new", current.new_block().value),
               decimal("seq_a", a.seq.value()), decimal("seq_b", b.seq.value()),
               decimal("external_nlba", arena_.geometry.external_nlba),
               decimal("internal_nlba", arena_.geometry.internal_nlba)});
}

void LaneReport::lane(const LaneReading& lane) {
  if (!lane.readable || !layout_.layout) return;
  if (lane.state == LaneState::all_zero) {
    run(ProblemId::flog_group_lost, lane.lane, 1);
  } else if (lane.state == LaneState::not_checked) {
    run(ProblemId::lane_map_not_checked, lane.lane, 1);
  }
  if (!lane.group.slot[3].is_zero()) {
    flush_run();
    problem(ProblemId::flog_padding_nonzero, lane);
  }
  if (lane.state == LaneState::all_zero) return;
  if (!lane.current) {
    flush_run();
    problem(ProblemId::flog_pair_bad, lane);
    return;
  }
  report_entry(lane, lane.group.slot[slot_index(*layout_.layout, *lane.current)]);
  report_inactive(lane);
}

void LaneReport::report_entry(const LaneReading& lane, const FlogEntry& current) {
  const bool lba_bad = current.lba.value() >= arena_.geometry.external_nlba;
  const bool old_bad = current.old_block().value >= arena_.geometry.internal_nlba;
  const bool new_bad = current.new_block().value >= arena_.geometry.internal_nlba;
  if (lane.state == LaneState::unreachable_pair) {
    problem(ProblemId::flog_pair_unreachable, lane);
    return;
  }
  if (lba_bad) problem(ProblemId::flog_lba_bad, lane);
  if (old_bad) problem(ProblemId::flog_old_bad, lane);
  if (new_bad) problem(ProblemId::flog_new_bad, lane);
  if (lane.state == LaneState::interrupted) problem(ProblemId::flog_write_interrupted, lane);
  if (lane.state == LaneState::damaged_pristine) problem(ProblemId::flog_pristine_damaged, lane);
  if (lane.error_in_old) problem(ProblemId::flog_error_block, lane);
}

/// The inactive slot carries no state (CC-4); some readers look at it all the same.
void LaneReport::report_inactive(const LaneReading& lane) {
  const bool pool = report_.container() == BttContainer::pool;
  const FlogSlot slot = *lane.current == FlogSlot::a ? FlogSlot::b : FlogSlot::a;
  const FlogEntry& inactive = lane.group.slot[slot_index(*layout_.layout, slot)];
  if (inactive.lba.value() >= arena_.geometry.external_nlba) {
    problem(pool ? ProblemId::flog_inactive_garbage_pool : ProblemId::flog_inactive_garbage, lane);
  } else if (pool && lane.torn && inactive.seq.value() == 0) {
    problem(ProblemId::flog_first_write_torn, lane);
  }
}

void LaneReport::finish(FlogEncoding encoding) {
  flush_run();
  const bool pool = report_.container() == BttContainer::pool;
  if (encoding == FlogEncoding::mixed) {
    report_.add(ProblemId::flog_encoding_mixed, PlaceKind::arena, {});
  } else if (encoding == FlogEncoding::flagged && !pool) {
    report_.add(ProblemId::flog_encoding_flagged, PlaceKind::arena, {});
  } else if (encoding == FlogEncoding::unflagged && pool) {
    report_.add(ProblemId::flog_encoding_unflagged, PlaceKind::arena, {});
  }
}

}  // namespace ndmedic
