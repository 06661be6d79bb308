// SPDX-License-Identifier: BSD-3-Clause
// Findings about the bitmap against the slots (labels.md 7.2).
#include <ndmedic/labels/label_report.h>

#include <algorithm>
#include <tuple>
#include <utility>

#include <ndmedic/labels/label_copies.h>

namespace ndmedic::label_report {
namespace {

/// SL04: the slot number is wrong, the rest is right.
void report_wrong_slot(const LabelArea& area, const LabelRecord& record, Reporter& out) {
  const LabelRecord* home = area.find(record.slot_field);
  const bool copy = home && home->active() && fields_that_differ(*home, record) == 0;
  out.slot(copy ? ProblemId::label_misplaced_copy : ProblemId::label_slot_wrong, record,
           {number("field", record.slot_field)});
}

void report_damaged(const LabelArea& area, const LabelRecord& record, Reporter& out) {
  const bool twin = record.related_slot && record.related_differs <= 1;
  if (twin)
    out.slot(ProblemId::label_damaged_twin, record, {number("twin", *record.related_slot)});
  else if (record.reason == SlotReason::slot_number_wrong)
    report_wrong_slot(area, record, out);
  else if (record.related_slot)
    out.slot(ProblemId::label_copy_doubtful, record,
             {number("twin", *record.related_slot), number("fields", record.related_differs)});
  else
    out.slot(ProblemId::label_checksum_bad, record);
}

void report_blank(const LabelRecord& record, Reporter& out) {
  const bool zero = record.reason == SlotReason::all_zero;
  if (zero && record.slot == 0)
    out.slot(ProblemId::slot_zero_blank_in_use, record);
  else
    out.slot(ProblemId::slot_blank_in_use, record, {text("fill", zero ? "zero" : "ones")});
}

/// SL07: an intact label of a namespace that nothing activates, with its UPDATING copy.
void report_deleted(const LabelArea& area, Reporter& out) {
  using Key = std::tuple<Guid, std::uint16_t>;
  std::vector<Guid> active;
  std::vector<Key> copies;
  for (const LabelRecord& record : area.slots) {
    if (record.active()) active.push_back(record.uuid);
    if (record.state == SlotState::freed && record.updating())
      copies.emplace_back(record.uuid, record.position);
  }
  std::ranges::sort(active);
  std::ranges::sort(copies);
  for (const LabelRecord& record : area.slots) {
    if (record.state != SlotState::freed || record.updating()) continue;
    if (std::ranges::binary_search(active, record.uuid)) continue;
    if (!std::ranges::binary_search(copies, Key(record.uuid, record.position))) continue;
    out.slot(ProblemId::label_deleted_intact, record);
  }
}

}  // namespace

void report_slots(const LabelArea& area, Reporter& out) {
  for (const LabelRecord& record : area.slots) {
    if (!record.marked_in_use) continue;
    switch (record.state) {
      case SlotState::damaged:
        report_damaged(area, record, out);
        break;
      case SlotState::blank_in_use:
        report_blank(record, out);
        break;
      case SlotState::foreign:
        out.slot(ProblemId::cxl_label_type_unknown, record);
        break;
      case SlotState::not_checked:
        out.slot(
            record.reason == SlotReason::bad ? ProblemId::slot_unreadable : ProblemId::slot_absent,
            record);
        break;
      default:
        break;
    }
  }
  report_deleted(area, out);
  if (const std::uint64_t omitted = area.slots_in_use_omitted + area.slots_free_omitted)
    out.area(ProblemId::label_records_omitted, {number("omitted", omitted)});
}

}  // namespace ndmedic::label_report
