// SPDX-License-Identifier: BSD-3-Clause
// Interrupted updates of several DIMMs: what is completed, what is taken back, and what is left
// alone (labels.md 4.8, RP4, LB09, LB10).
#include <doctest/doctest.h>

#include <ndmedic/format/label.h>

#include "dimms.h"

namespace ndmedic::tests {
namespace {

const Guid data = uuid_number(1);
constexpr std::uint32_t updating = label_flags::updating;

AreaBuilder empty_area() { return AreaBuilder().block(0, 3, {}).block(1, 2, {}); }

AreaBuilder with_half(LabelValues values) { return with_labels({half(values)}); }

Recovery recovered(Dimms& dimms, const RecoveryOptions& options = {}) {
  const auto all = dimms.recover({region_of(two_way())}, options);
  REQUIRE(all.size() == 1);
  CHECK(all[0].uuid == data);
  return all[0];
}

void check_left_alone(const std::vector<AreaBuilder>& areas, RecoveryReason reason,
                      const RecoveryOptions& options = {}) {
  Dimms dimms(areas);
  const auto before = dimms.all_bytes();
  const Recovery recovery = recovered(dimms, options);
  CHECK(recovery.action == RecoveryAction::none);
  CHECK(to_string(recovery.reason) == to_string(reason));
  CHECK(recovery.changes.empty());
  CHECK(dimms.all_bytes() == before);
}

}  // namespace

TEST_CASE("without an UPDATING label there is nothing to recover") {
  Dimms dimms({with_half({}), with_half({.position = 1})});
  const auto before = dimms.all_bytes();
  CHECK(dimms.recover({region_of(two_way())}).empty());
  CHECK(dimms.all_bytes() == before);
}

TEST_CASE("a set with a label on every DIMM is completed with what position 0 says") {
  for (const std::uint32_t later : {0u, updating}) {
    Dimms dimms({with_half({.name = "new", .flags = updating, .lbasize = 4096}),
                 with_half({.name = "old", .flags = later, .position = 1})});
    const Recovery recovery = recovered(dimms);
    CHECK(recovery.action == RecoveryAction::roll_forward);
    CHECK(recovery.reason == RecoveryReason::all_there);
    const LabelNamespace ns = dimms.assembled({two_way()}).set.namespaces.at(0);
    CHECK(ns.name == "new");
    CHECK_FALSE(ns.any_updating);
    const LabelArea second = dimms.read(1);
    for (const LabelRecord& label : second.slots)
      if (label.active()) {
        CHECK(label.name() == "new");
        CHECK(label.lbasize == 4096);
      }
    CHECK(dimms.recover({region_of(two_way())}).empty());
  }
}

TEST_CASE("DIMMs whose label is final already are not written when a set is completed") {
  Dimms dimms({with_half({}), with_half({.flags = updating, .position = 1})});
  const auto before = dimms.bytes(0);
  CHECK(recovered(dimms).changes.size() == 1);
  CHECK(dimms.bytes(0) == before);
}

TEST_CASE("position 0 decides about a size that was changing, if there is room for it") {
  const auto first = [](std::uint32_t flags) {
    return with_half({.flags = flags, .rawsize = 32 * mib});
  };
  const auto second = with_half({.position = 1});
  Dimms dimms({first(updating), second});
  CHECK(recovered(dimms).action == RecoveryAction::roll_forward);
  CHECK(dimms.assembled({two_way()}).set.namespaces.at(0).size == 64 * mib);
  CHECK(dimms.assembled({two_way()}).findings.list().empty());

  const AreaBuilder taken = with_labels(
      {half({.position = 1}), half({.uuid = uuid_number(2), .dpa = 24 * mib, .rawsize = mib})});
  check_left_alone({first(updating), taken}, RecoveryReason::place_taken);
  check_left_alone({first(0), with_half({.flags = updating, .position = 1})},
                   RecoveryReason::conflicting);
}

TEST_CASE("a creation that did not reach every DIMM is taken back") {
  Dimms dimms({with_half({.flags = updating}), empty_area()});
  const auto before = dimms.bytes(1);
  const Recovery recovery = recovered(dimms);
  CHECK(recovery.action == RecoveryAction::roll_back);
  CHECK(recovery.reason == RecoveryReason::creation);
  CHECK(dimms.read(0).free_slots() == 510);
  CHECK(dimms.bytes(1) == before);
}

TEST_CASE("a removal that began is finished where each freed label was UPDATING just before") {
  AreaBuilder freed;
  freed.put(0, make_label(half({.flags = updating})))
      .put(1, make_label(half({})))
      .block(0, 2, {0})
      .block(1, 3, {});
  AreaBuilder left;
  left.put(0, make_label(half({.flags = updating, .position = 1})))
      .put(1, make_label(half({.position = 1})))
      .block(0, 2, {0})
      .block(1, 1, {1});
  Dimms dimms({freed, left});
  const Recovery recovery = recovered(dimms);
  CHECK(recovery.action == RecoveryAction::roll_back);
  CHECK(recovery.reason == RecoveryReason::removal);
  CHECK(dimms.read(1).free_slots() == 510);

  freed.block(0, 2, {});  // some other update came in between
  check_left_alone({freed, left}, RecoveryReason::was_complete);
}

TEST_CASE("labels without UPDATING anywhere say that a set was complete: it is left alone") {
  AreaBuilder history = with_half({.flags = updating});
  history.put(7, make_label(half({})));
  check_left_alone({history, empty_area()}, RecoveryReason::was_complete);
  AreaBuilder elsewhere = empty_area();
  elsewhere.put(3, make_label(half({.position = 1})));
  check_left_alone({with_half({.flags = updating}), elsewhere}, RecoveryReason::was_complete);
  Dimms dimms({with_half({}), empty_area()});
  CHECK(dimms.recover({region_of(two_way())}).empty());
}

TEST_CASE("nothing is taken back while a DIMM is missing, not trusted, or data is known (RP4)") {
  const AreaBuilder begun = with_half({.flags = updating});
  check_left_alone({begun}, RecoveryReason::dimm_missing);
  check_left_alone({begun, AreaBuilder()}, RecoveryReason::untrusted_area);
  check_left_alone({begun, AreaBuilder().block(0, 3, {9}).block(1, 2, {})},
                   RecoveryReason::untrusted_area);
  check_left_alone({begun, empty_area()}, RecoveryReason::has_data, {.with_data = {data}});
}

TEST_CASE("labels of another region, or of two, are left alone") {
  check_left_alone({with_half({.flags = updating, .isetcookie = 5}), empty_area()},
                   RecoveryReason::other_region);
  check_left_alone({with_half({.flags = updating, .nlabel = 3}), empty_area()},
                   RecoveryReason::other_region);
  check_left_alone({with_half({.flags = updating, .dpa = 64 * mib}), empty_area()},
                   RecoveryReason::no_region);
  check_left_alone({with_half({.flags = updating}), with_half({.position = 1, .dpa = 64 * mib})},
                   RecoveryReason::conflicting);
  check_left_alone({with_half({.flags = updating}), with_half({})}, RecoveryReason::conflicting);
  check_left_alone({with_half({.flags = updating}), with_half({.position = 1, .dpa = mib})},
                   RecoveryReason::conflicting);
  check_left_alone(
      {with_labels({half({.flags = updating}), half({.position = 1, .dpa = 16 * mib})}),
       empty_area()},
      RecoveryReason::conflicting);
}

TEST_CASE("without a free slot a complete set is left as it is: it works (LB09)") {
  AreaBuilder full(1024);
  full.put(0, make_label(half({.flags = updating})))
      .put(1, make_label(LabelValues{.uuid = uuid_number(4), .dpa = 80 * mib}))
      .block(0, 3, {0, 1})
      .block(1, 2, {});
  check_left_alone({full, with_half({.flags = updating, .position = 1})},
                   RecoveryReason::no_free_slot);
}

TEST_CASE("sets that old kernels left UPDATING lose nothing but the flag") {
  Dimms dimms({AreaBuilder(131072, 128)
                   .put(0, make_label128({.flags = updating, .isetcookie = qemu_cookie1_slot0}))
                   .block(0, 3, {0})
                   .block(1, 2, {})});
  const auto all = dimms.recover({region_of(one_way(qemu_serial))});
  REQUIRE(all.size() == 1);
  CHECK(all[0].action == RecoveryAction::roll_forward);
  const LabelArea area = dimms.read(0);
  CHECK(area.find(0)->state == SlotState::twin);
  CHECK(area.find(1)->state == SlotState::live);
}

TEST_CASE("several namespaces are recovered at once, each by its own labels") {
  Dimms dimms({with_labels({half({.flags = updating}),
                            half({.uuid = uuid_number(2), .flags = updating, .dpa = 16 * mib}),
                            half({.uuid = uuid_number(3), .dpa = 32 * mib})}),
               with_labels({half({.position = 1})})});
  const auto all = dimms.recover({region_of(two_way())});
  REQUIRE(all.size() == 2);
  CHECK(all[0].action == RecoveryAction::roll_forward);
  CHECK(all[1].action == RecoveryAction::roll_back);
  CHECK(dimms.read(0).count(SlotState::live) == 2);
  CHECK(dimms.read(0).count(SlotState::updating) == 0);
}

}  // namespace ndmedic::tests
