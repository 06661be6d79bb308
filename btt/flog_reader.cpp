// SPDX-License-Identifier: BSD-3-Clause
// One pass over the flog that feeds the strict detector and, beside it, notes which slots are in
// use at all.

#include <ndmedic/btt/flog_reader.h>

#include <ndmedic/btt/report.h>
#include <ndmedic/format/codec.h>

namespace ndmedic {
namespace {

class LayoutVisitor final : public RecordVisitor {
 public:
  Status data(std::uint64_t, std::span<const std::byte> bytes) override {
    for (std::size_t at = 0; at < bytes.size(); at += flog_group_size) {
      const auto group = decode<FlogGroup>(bytes.subspan(at));
      detector_.feed(group);
      slot_1_used_ = slot_1_used_ || !group.slot[1].is_zero();
      slot_2_used_ = slot_2_used_ || !group.slot[2].is_zero();
    }
    note_conflict();
    return {};
  }
  Status zero(std::uint64_t, std::uint64_t count) override {
    detector_.feed_zero(count);
    note_conflict();
    return {};
  }
  Status unread(std::uint64_t, std::uint64_t count, ExtentKind) override {
    unread_ += count;
    return {};
  }

  void answer(FlogLayoutReading& reading) const {
    reading.strict = detector_.answer();
    reading.strict.first_conflict = conflict_;
    reading.unread = unread_;
    if (slot_1_used_ && slot_2_used_) return;
    if (reading.lanes == unread_) return;
    reading.layout = slot_2_used_ ? FlogLayout::slots_0_2 : FlogLayout::slots_0_1;
  }

 private:
  /// The detector counts the lanes it was fed: those that could not be read come on top.
  void note_conflict() {
    const auto conflict = detector_.answer().first_conflict;
    if (conflict && !conflict_)
      conflict_ = Lane{static_cast<std::uint32_t>(conflict->value + unread_)};
  }

  FlogLayoutDetector detector_;
  std::optional<Lane> conflict_;
  bool slot_1_used_ = false;
  bool slot_2_used_ = false;
  std::uint64_t unread_ = 0;
};

}  // namespace

Result<FlogLayoutReading> read_flog_layout(const Media& ns, const Arena& arena,
                                           const Progress& progress) {
  FlogLayoutReading reading;
  reading.lanes = arena.geometry.nfree;
  LayoutVisitor visitor;
  const RecordArray groups{arena.flog().offset, flog_group_size, reading.lanes};
  NDMEDIC_TRY(const bool finished, stream_records(ns, groups, visitor, progress));
  if (finished) {
    visitor.answer(reading);
  } else {
    reading.cancelled = true;
  }
  return reading;
}

void report_flog_layout(const FlogLayoutReading& reading, const Arena& arena,
                        const BttContext& context, FindingSink& findings) {
  if (reading.cancelled) return;
  const BttReport report(context, arena.index, findings);
  if (!reading.layout && reading.unread < reading.lanes) {
    const std::uint64_t lane = reading.strict.first_conflict.value_or(Lane{}).value;
    report.add(ProblemId::flog_layout_conflict, PlaceKind::flog, {lane, 1},
               {decimal("lane", lane)});
  } else if (reading.layout == FlogLayout::slots_0_2) {
    report.add(ProblemId::flog_layout_legacy, PlaceKind::arena, {});
  }
}

}  // namespace ndmedic
