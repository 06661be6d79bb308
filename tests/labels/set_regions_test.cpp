// SPDX-License-Identifier: BSD-3-Clause
// Labels and the regions that a table describes: labels in none (LB04), and tables with more
// regions than are worth comparing (ST05).

#include <doctest/doctest.h>

#include <algorithm>

#include "area_builder.h"
#include "two_way.h"

namespace ndmedic::tests {
namespace {

/// In no mapping of two_way(), which ends at 64 MiB.
constexpr std::uint64_t outside = 128 * mib;

bool has_any_of(const Findings& findings, std::initializer_list<ProblemId> ids) {
  return std::ranges::any_of(ids, [&](ProblemId id) { return has(findings, id); });
}

}  // namespace

TEST_CASE("a label outside every region is told once, and as nothing else (LB04)") {
  const Assembled assembled = assemble(
      {one_namespace(half({.dpa = outside})), one_namespace(half({.position = 1, .dpa = outside}))},
      {two_way()});
  CHECK(ids_of(assembled.findings) ==
        std::vector{ProblemId::label_outside_regions, ProblemId::label_outside_regions});
  REQUIRE(assembled.set.namespaces.size() == 1);
  CHECK(assembled.set.namespaces[0].linux_view == LinuxView::hidden);
}

TEST_CASE("a label of a DIMM that no region has is told") {
  const Assembled assembled = assemble(
      {one_namespace(), one_namespace({.isetcookie = qemu_cookie2_slot1})}, {one_way(qemu_serial)});
  REQUIRE(ids_of(assembled.findings) == std::vector{ProblemId::label_outside_regions});
  CHECK(assembled.findings.list()[0].place.device == 1u);
}

TEST_CASE("labels of one uuid inside and outside of a region are not in two regions (ST09)") {
  const Assembled assembled = assemble(
      {one_namespace(half({})), one_namespace(half({.position = 1, .dpa = outside}))}, {two_way()});
  CHECK(has(assembled.findings, ProblemId::label_outside_regions));
  CHECK(has(assembled.findings, ProblemId::set_label_missing));
  CHECK_FALSE(has(assembled.findings, ProblemId::set_uuid_in_two_regions));
}

TEST_CASE("UPDATING labels outside of every region are no interrupted creation (LB10)") {
  const std::uint32_t updating = label_flags::updating;
  AreaBuilder empty;
  empty.block(0, 3, {}).block(1, 2, {});
  const Assembled alone =
      assemble({one_namespace(half({.flags = updating, .dpa = outside})), empty}, {two_way()});
  CHECK(ids_of(alone.findings) == std::vector{ProblemId::label_outside_regions});
  // Every DIMM has a label of the uuid: UEFI would roll this forward, not back (4.8).
  const Assembled both =
      assemble({one_namespace(half({.flags = updating})),
                one_namespace(half({.flags = updating, .position = 1, .dpa = outside}))},
               {two_way()});
  CHECK_FALSE(has_any_of(both.findings, {ProblemId::label_set_half_created}));
  CHECK(has(both.findings, ProblemId::set_label_missing));
}

TEST_CASE("the orders of DIMMs that are tried are limited over all sets, which is told") {
  constexpr std::uint32_t count = 248;
  const Assembled assembled = wrong_cookies_in_regions(count);
  REQUIRE(assembled.set.namespaces.size() == count);
  const auto told =
      std::ranges::find(assembled.findings.list(), ProblemId::set_orders_not_checked, &Finding::id);
  REQUIRE(told != assembled.findings.list().end());
  CHECK(message_of(*told) ==
        "the cookies of 148 sets were not compared with other orders of their DIMMs");
}

}  // namespace ndmedic::tests
