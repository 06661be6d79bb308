// SPDX-License-Identifier: BSD-3-Clause
// Copies of labels: which free one may stand in for a damaged label, and which two in use are the
// same (labels.md 7.0 RP2, LB01).
#include <doctest/doctest.h>

#include <algorithm>
#include <vector>

#include "area_builder.h"

namespace ndmedic::tests {

TEST_CASE("a damaged label knows the slot of its twin, by uuid or by extent") {
  for (const std::uint32_t offset : {5u, 104u}) {  // in the uuid, in dpa
    AreaBuilder area = one_namespace();
    area.slot_byte(1, offset) ^= std::byte{4};
    const LabelArea read = area.read();
    CHECK(read.find(1)->state == SlotState::damaged);
    CHECK(read.find(1)->reason == SlotReason::checksum_wrong);
    CHECK(read.find(1)->related_slot == 0u);
    CHECK(read.find(0)->state == SlotState::twin);
    CHECK_FALSE(read.trustworthy());
  }
}

TEST_CASE("a copy stands in for a damaged label when at most one field contradicts it (RP2)") {
  AreaBuilder area = one_namespace();
  area.slot_byte(1, 250) ^= std::byte{4};  // in the checksum
  CHECK(area.read().find(1)->related_differs == 1);
  CHECK(has(area.findings(), ProblemId::label_damaged_twin));
  area.slot_byte(1, 20) ^= std::byte{4};  // and in the name
  const LabelArea read = area.read();
  CHECK(read.find(1)->related_slot == 0u);
  CHECK(read.find(1)->related_differs == 2);
  CHECK(read.find(0)->state == SlotState::freed);
  CHECK(has(area.findings(), ProblemId::label_copy_doubtful));
  CHECK_FALSE(has(area.findings(), ProblemId::label_damaged_twin));
}

TEST_CASE("an older copy of the uuid does not stand in, and the right one is found beside it") {
  AreaBuilder area = one_namespace();
  const LabelValues older{.name = "old", .flags = label_flags::updating, .lbasize = 0};
  area.put(2, make_label(older));
  area.fill(0, 0).put(0, make_label(older));
  area.slot_byte(1, 20) ^= std::byte{4};
  CHECK(area.read().find(1)->related_differs > 1);
  CHECK(has(area.findings(), ProblemId::label_copy_doubtful));
  area.put(3, make_label(LabelValues{.flags = label_flags::updating}));
  CHECK(area.read().find(1)->related_slot == 3u);
  CHECK(has(area.findings(), ProblemId::label_damaged_twin));
}

TEST_CASE("a copy whose capacity another active label claims does not stand in") {
  AreaBuilder area = one_namespace();
  area.put(2, make_label(LabelValues{.uuid = uuid_number(2), .dpa = 8 * mib, .rawsize = mib}));
  area.block(0, 2, {1, 2});
  area.slot_byte(1, 20) ^= std::byte{4};
  CHECK_FALSE(area.read().find(1)->related_slot.has_value());
  CHECK(has(area.findings(), ProblemId::label_checksum_bad));
  area.put(2, make_label(LabelValues{.uuid = uuid_number(2), .dpa = 16 * mib, .rawsize = mib}));
  CHECK(area.read().find(1)->related_slot == 0u);
}

TEST_CASE("a misdirected label has its twin by its own checksum") {
  AreaBuilder area = one_namespace();
  std::copy_n(&area.slot_byte(1, 0), 256, &area.slot_byte(7, 0));
  area.block(0, 2, {7});
  CHECK(area.read().find(7)->reason == SlotReason::slot_number_wrong);
  CHECK(area.read().find(7)->related_differs == 1);
  CHECK(has(area.findings(), ProblemId::label_damaged_twin));
}

TEST_CASE("labels are duplicates only when they agree in everything but UPDATING (LB01)") {
  CHECK(has(with_labels({{}, {.flags = label_flags::updating}}).findings(),
            ProblemId::label_duplicate));
  const std::vector<LabelValues> others = {{.name = "other"},
                                           {.isetcookie = qemu_cookie2_slot1},
                                           {.type_guid = {}},
                                           {.abstraction = guids::pfn}};
  for (const LabelValues& other : others) {
    const Findings findings = with_labels({{}, other}).findings();
    CHECK(has(findings, ProblemId::label_uuid_duplicate));
    CHECK_FALSE(has(findings, ProblemId::label_duplicate));
  }
}

}  // namespace ndmedic::tests
