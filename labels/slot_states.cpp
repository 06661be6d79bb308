// SPDX-License-Identifier: BSD-3-Clause
#include <ndmedic/labels/slot_states.h>

#include <algorithm>
#include <array>

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

}  // namespace ndmedic
