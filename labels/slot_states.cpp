// SPDX-License-Identifier: BSD-3-Clause
#include <ndmedic/labels/slot_states.h>

#include <algorithm>
#include <array>
#include <tuple>

#include <ndmedic/format/byte_runs.h>
#include <ndmedic/format/label.h>

namespace ndmedic {
namespace {

constexpr std::uint64_t page_size = 4096;

/// 7.5 step 1: what a slot must show where no index says that it is in use.
bool is_plausible(const LabelRecord& record) {
  const bool used = record.rawsize != 0 && !record.uuid.is_null();
  return used && (record.format != LabelFormat::v1_1 || implausible_tests(record) <= 1);
}

SlotState state_in_use(const LabelRecord& record) {
  switch (record.state) {
    case SlotState::blank:
      return SlotState::blank_in_use;
    case SlotState::plausible:
      return record.updating() ? SlotState::updating : SlotState::live;
    default:
      return record.state;
  }
}

SlotState state_not_in_use(const LabelRecord& record, SlotState when_intact) {
  if (record.state == SlotState::blank || record.state == SlotState::not_checked)
    return record.state;
  return record.state == SlotState::plausible && is_plausible(record) ? when_intact
                                                                      : SlotState::scrap;
}

/// Which labels are copies of each other: all that Linux keeps through the two phases of an update.
auto identity(const LabelRecord& record) {
  return std::tuple(record.format, record.uuid, record.position, record.dpa, record.rawsize);
}

/// RP2: a damaged label and an intact copy agree on the name or on the extent of the label.
auto by_uuid(const LabelRecord& record) { return std::tuple(record.uuid, record.position); }
auto by_extent(const LabelRecord& record) { return std::tuple(record.dpa, record.rawsize); }

using Records = std::vector<LabelRecord*>;

template <class Key>
Records sorted(const std::vector<LabelRecord*>& records, Key key) {
  Records copy = records;
  std::ranges::sort(copy, {}, [&](const LabelRecord* r) { return std::tuple(key(*r), r->slot); });
  return copy;
}

template <class Key>
LabelRecord* find_equal(const Records& records, const LabelRecord& wanted, Key key) {
  const auto at = std::ranges::lower_bound(records, key(wanted), {},
                                           [&](const LabelRecord* r) { return key(*r); });
  return at != records.end() && key(**at) == key(wanted) ? *at : nullptr;
}

}  // namespace

void settle_state(LabelRecord& record, std::optional<bool> in_use, bool beyond) {
  record.marked_in_use = in_use.value_or(false);
  if (record.marked_in_use)
    record.state = state_in_use(record);
  else if (beyond)
    record.state = state_not_in_use(record, SlotState::beyond);
  else
    record.state =
        state_not_in_use(record, in_use.has_value() ? SlotState::freed : SlotState::plausible);
}

unsigned implausible_tests(const LabelRecord& record) {
  if (record.format != LabelFormat::v1_1) return 0;
  const bool local = record.local();
  const std::array<bool, 6> failed = {
      record.violates("LB11") || record.violates("LB12"),
      !all_zero(record.bytes().last(sizeof(Label128::unused))),
      record.nlabel == 0 && !local,
      record.position >= record.nlabel && !local,
      record.dpa % page_size != 0 || record.rawsize % page_size != 0,
      record.flags > 0x1f,
  };
  return static_cast<unsigned>(std::ranges::count(failed, true));
}

void relate_twins(std::vector<LabelRecord>& slots) {
  Records active;
  Records copies;
  for (LabelRecord& record : slots) {
    if (record.active()) active.push_back(&record);
    if (record.state == SlotState::freed && record.updating()) copies.push_back(&record);
  }
  const Records active_by_identity = sorted(active, identity);
  for (LabelRecord* copy : copies)
    if (const LabelRecord* label = find_equal(active_by_identity, *copy, identity)) {
      copy->state = SlotState::twin;
      copy->related_slot = label->slot;
    }

  std::erase_if(copies, [](const LabelRecord* copy) { return copy->related_slot.has_value(); });
  const Records copies_by_uuid = sorted(copies, by_uuid);
  const Records copies_by_extent = sorted(copies, by_extent);
  for (LabelRecord& record : slots) {
    if (record.state != SlotState::damaged) continue;
    LabelRecord* copy = find_equal(copies_by_uuid, record, by_uuid);
    if (!copy) copy = find_equal(copies_by_extent, record, by_extent);
    if (!copy) continue;
    record.related_slot = copy->slot;
    copy->state = SlotState::twin;
    copy->related_slot = record.slot;
  }
}

}  // namespace ndmedic
