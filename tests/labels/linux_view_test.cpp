// SPDX-License-Identifier: BSD-3-Clause
// What Linux makes of sets (labels.md 4.2, 4.7, 4.10), row by row.
#include <doctest/doctest.h>

#include "area_builder.h"
#include "two_way.h"

namespace ndmedic::tests {
namespace {

AreaBuilder empty_area() {
  AreaBuilder area;
  return area.block(0, 3, {}).block(1, 2, {});
}

const LabelNamespace& only(const Assembled& assembled) {
  REQUIRE(assembled.set.namespaces.size() == 1);
  return assembled.set.namespaces[0];
}

LinuxView view_of(const LabelValues& first, const LabelValues& second) {
  return only(assemble({one_namespace(first), one_namespace(second)}, {two_way()})).linux_view;
}

LinuxView view_of_one(const LabelValues& values) {
  return only(assemble({one_namespace(values)}, {one_way(qemu_serial)})).linux_view;
}

}  // namespace

TEST_CASE("cookies of 5.4 and 5.5 are reproduced") {
  const RegionCookies cookies = region_cookies(two_way());
  CHECK(cookies.cookie1 == two_way_cookie1);
  CHECK(cookies.cookie2 == two_way_cookie2);
  CHECK(cookies.altcookie == two_way_cookie1);
  CHECK(region_cookies(three_way()).cookie1 == 0xdde1e5dc66676766);
  CHECK(region_cookies(three_way()).cookie2 == three_way_cookie2);
  CHECK(region_cookies(three_way()).altcookie == three_way_altcookie);
  CHECK(qemu_slot_of(0x002468ac00123456) == 0u);
  CHECK(qemu_slot_of(0x002468ae00123457) == 1u);
  CHECK(qemu_slot_of(0x00ba90260012b4de) == 2u);
  CHECK_FALSE(qemu_slot_of(0).has_value());
}

TEST_CASE("a right set is visible at its address") {
  const Assembled assembled = assemble({one_namespace(half({.dpa = 16 * mib})),
                                        one_namespace(half({.position = 1, .dpa = 16 * mib}))},
                                       {two_way()});
  CHECK(only(assembled).linux_view == LinuxView::visible);
  CHECK(only(assembled).spa == 0x100000000 + 32 * mib);
}

TEST_CASE("positions may be permuted over the mappings") {
  CHECK(view_of(half({.position = 1}), half({})) == LinuxView::visible);
}

TEST_CASE("a wrong cookie hides on mapping 0 and fails the region on another") {
  CHECK(view_of(half({.isetcookie = 1}), half({.position = 1})) == LinuxView::hidden);
  CHECK(view_of(half({}), half({.position = 1, .isetcookie = 1})) == LinuxView::region_fails);
}

TEST_CASE("wrong nlabel, position or type fail the region") {
  CHECK(view_of(half({.nlabel = 3}), half({.position = 1})) == LinuxView::region_fails);
  CHECK(view_of(half({}), half({})) == LinuxView::region_fails);
  CHECK(view_of(half({.type_guid = {}}), half({.position = 1})) == LinuxView::region_fails);
}

TEST_CASE("a label on mapping 0 alone fails the region, on another alone it is hidden") {
  CHECK(only(assemble({one_namespace(half({})), empty_area()}, {two_way()})).linux_view ==
        LinuxView::region_fails);
  CHECK(only(assemble({empty_area(), one_namespace(half({.position = 1}))}, {two_way()}))
            .linux_view == LinuxView::hidden);
}

TEST_CASE("one bad set hides the good ones of its region") {
  const AreaBuilder both = with_labels({half({}), half({.uuid = uuid_number(2), .dpa = 32 * mib})});
  const Assembled assembled = assemble({both, one_namespace(half({.position = 1}))}, {two_way()});
  REQUIRE(assembled.set.namespaces.size() == 2);
  CHECK(assembled.set.regions[0].scan_fails);
  for (const LabelNamespace& ns : assembled.set.namespaces)
    CHECK(ns.linux_view == LinuxView::region_fails);
}

TEST_CASE(
    "a second label of a uuid fails the region on mapping 0 and is not noticed on mapping 1") {
  const LabelValues first = half({});
  const LabelValues second = half({.position = 1});
  const AreaBuilder first_twice = with_labels({first, half({.dpa = 32 * mib})});
  const AreaBuilder second_twice = with_labels({second, half({.position = 1, .dpa = 32 * mib})});
  CHECK(only(assemble({first_twice, one_namespace(second)}, {two_way()})).linux_view ==
        LinuxView::region_fails);
  CHECK(only(assemble({one_namespace(first), second_twice}, {two_way()})).linux_view ==
        LinuxView::visible);
  CHECK(only(assemble({with_labels({{}, {.dpa = 32 * mib}})}, {one_way(qemu_serial)})).linux_view ==
        LinuxView::region_fails);
}

TEST_CASE("a second label on a middle mapping ends the search for the positions behind it") {
  const auto third = [](std::uint16_t position, std::uint64_t dpa) {
    return LabelValues{
        .nlabel = 3, .position = position, .isetcookie = three_way_cookie2, .dpa = dpa};
  };
  const AreaBuilder middle = one_namespace(third(1, 0));
  const AreaBuilder middle_twice = with_labels({third(1, 0), third(1, 32 * mib)});
  const auto view = [&](const AreaBuilder& second) {
    const std::vector<AreaBuilder> areas = {one_namespace(third(0, 0)), second,
                                            one_namespace(third(2, 0))};
    return only(assemble(areas, {three_way()})).linux_view;
  };
  CHECK(view(middle) == LinuxView::visible);
  CHECK(view(middle_twice) == LinuxView::region_fails);
}

TEST_CASE("flags do not matter to Linux") {
  for (const std::uint32_t flags : {0x1u, 0x2u, 0x8u, 0x10u, 0x80000000u})
    CHECK(view_of_one({.flags = flags}) == LinuxView::visible);
}

TEST_CASE("cookie 1 is taken in a 1.2 label of one DIMM, cookie 2 is not in a 1.1 label") {
  CHECK(view_of_one({.isetcookie = qemu_cookie1_slot0}) == LinuxView::visible);
  AreaBuilder old(131072, 128);
  old.put(1, make_label128({.isetcookie = qemu_cookie2_slot0}));
  old.block(0, 2, {1}).block(1, 1, {});
  const Assembled assembled = assemble({old}, {one_way(qemu_serial)});
  CHECK(only(assembled).linux_view == LinuxView::hidden);
  CHECK(has(assembled.findings, ProblemId::set_cookie_wrong));
}

TEST_CASE("an extent that leaves its region fails the scan") {
  CHECK(view_of_one({.dpa = 56 * mib}) == LinuxView::region_fails);
  CHECK(view_of_one({.dpa = 128 * mib}) == LinuxView::hidden);
}

TEST_CASE("labels that Linux cannot reserve make the DIMM fail") {
  CHECK(view_of_one({.dpa = mib, .rawsize = 0}) == LinuxView::dimm_fails);
  CHECK(view_of_one({.dpa = ~std::uint64_t{4095}}) == LinuxView::dimm_fails);
  const Assembled overlap =
      assemble({with_labels({{}, {.uuid = uuid_number(2)}})}, {one_way(qemu_serial)});
  for (const LabelNamespace& ns : overlap.set.namespaces)
    CHECK(ns.linux_view == LinuxView::dimm_fails);
}

TEST_CASE("an extent that ends at 2^64 exactly can be reserved") {
  CHECK(view_of_one({.dpa = ~std::uint64_t{0} - 16 * mib + 1}) == LinuxView::hidden);
}

TEST_CASE("slot 0 all zero and in use makes a DIMM with labels fail") {
  AreaBuilder area;
  area.put(1, make_label(LabelValues{})).block(0, 2, {0, 1}).block(1, 1, {});
  CHECK(only(assemble({area}, {one_way(qemu_serial)})).linux_view == LinuxView::dimm_fails);
}

TEST_CASE("a set on areas that Linux rejects is not seen") {
  AreaBuilder area(262144, 128, 768, 2032);
  area.put(1, make_label128({.isetcookie = qemu_cookie1_slot0}));
  area.block(0, 3, {1}).block(1, 2, {});
  CHECK(only(assemble({area}, {one_way(qemu_serial)})).linux_view == LinuxView::no_index);
}

TEST_CASE("a stray of the same uuid is left out of the namespace") {
  const Assembled assembled = assemble({with_labels({{.isetcookie = 0x1234, .dpa = 32 * mib}, {}})},
                                       {one_way(qemu_serial)});
  const LabelNamespace& ns = only(assembled);
  CHECK(ns.complete());
  REQUIRE(ns.extents.size() == 1);
  CHECK(ns.extents[0].slot == 2);
}

TEST_CASE("absence is knowledge only where the DIMM could be read whole") {
  AreaBuilder damaged = one_namespace(half({.position = 1}));
  damaged.slot_byte(1, 20) ^= std::byte{1};
  const Assembled unknown = assemble({one_namespace(half({})), damaged}, {two_way()});
  CHECK(only(unknown).completeness == Completeness::unknown);
  CHECK(has(unknown.findings, ProblemId::set_position_unknown));
  const Assembled missing = assemble({one_namespace(half({})), empty_area()}, {two_way()});
  CHECK(only(missing).completeness == Completeness::missing);
  CHECK(only(missing).missing == std::vector<std::uint16_t>{1});
}

TEST_CASE("UPDATING on part of a set is an interrupted creation only if nothing was complete") {
  const LabelValues updating = half({.flags = label_flags::updating});
  AreaBuilder once = one_namespace(updating);
  once.put(4, make_label(half({})));  // a freed label without UPDATING
  const Assembled assembled = assemble({once, empty_area()}, {two_way()});
  CHECK(has(assembled.findings, ProblemId::set_label_missing));
  CHECK_FALSE(has(assembled.findings, ProblemId::label_set_half_created));
}

TEST_CASE("without regions a set of two is gathered by its uuid") {
  const Assembled assembled =
      assemble({one_namespace(half({})), one_namespace(half({.position = 1}))}, {});
  CHECK(only(assembled).complete());
  CHECK(only(assembled).cookie_verdict == CookieVerdict::not_checkable);
  CHECK(only(assembled).linux_view == LinuxView::visible);
  CHECK(ids_of(assembled.findings).empty());
}

TEST_CASE("without regions, cookies that differ and types of no platform are not visible") {
  const auto view = [](const LabelValues& first, const LabelValues& second) {
    return only(assemble({one_namespace(first), one_namespace(second)}, {})).linux_view;
  };
  const Guid other_type = uuid_number(0x66);
  CHECK(view(half({.type_guid = {}}), half({.position = 1, .type_guid = {}})) ==
        LinuxView::visible);
  CHECK(view(half({}), half({.position = 1, .isetcookie = 1})) == LinuxView::region_fails);
  CHECK(view(half({.isetcookie = 1}), half({.position = 1})) == LinuxView::region_fails);
  CHECK(view(half({}), half({.position = 1, .type_guid = {}})) == LinuxView::region_fails);
  CHECK(view(half({.type_guid = other_type}), half({.position = 1, .type_guid = other_type})) ==
        LinuxView::region_fails);
}

TEST_CASE("without regions, a bad set hides the others with its cookie") {
  const LabelValues second = half({.position = 1});
  const LabelValues lonely = half({.uuid = uuid_number(2), .dpa = 32 * mib});
  const LabelValues stranger{
      .uuid = uuid_number(3), .nlabel = 2, .isetcookie = 0x77, .dpa = 48 * mib};
  LabelValues stranger_too = stranger;
  stranger_too.position = 1;
  const Assembled assembled = assemble(
      {with_labels({half({}), lonely, stranger}), with_labels({second, stranger_too})}, {});
  REQUIRE(assembled.set.namespaces.size() == 3);
  CHECK(assembled.set.namespaces[0].linux_view == LinuxView::region_fails);
  CHECK(assembled.set.namespaces[1].linux_view == LinuxView::region_fails);
  CHECK(assembled.set.namespaces[2].linux_view == LinuxView::visible);
}

TEST_CASE("a cookie of 0 is judged by the version of mapping 0") {
  // cookie1 leaves out vendor, date and location, so only it is 0 for serial 0.
  AreaBuilder old(131072, 128);
  old.put(1, make_label128({.isetcookie = 0})).block(0, 2, {1}).block(1, 1, {});
  const Assembled first = assemble({old}, {one_way(0)});
  REQUIRE(first.set.regions[0].cookies.cookie1 == 0);
  REQUIRE(first.set.regions[0].cookies.cookie2 != 0);
  CHECK(only(first).linux_view == LinuxView::region_fails);
  const std::uint64_t cookie2 = first.set.regions[0].cookies.cookie2;
  CHECK(only(assemble({one_namespace({.isetcookie = cookie2})}, {one_way(0)})).linux_view ==
        LinuxView::visible);
}

TEST_CASE("a single image may come from any slot of a machine") {
  const Assembled assembled = assemble({one_namespace({.isetcookie = qemu_cookie2_slot1})}, {});
  CHECK(only(assembled).cookie_slot == 1u);
  CHECK(only(assembled).cookie_verdict == CookieVerdict::matches);
  CHECK(only(assembled).linux_view == LinuxView::visible);
  CHECK(ids_of(assembled.findings).empty());
}

TEST_CASE("local labels of one DIMM are one namespace") {
  const std::uint32_t local = label_flags::local;
  const Assembled assembled = assemble(
      {with_labels({{.flags = local, .nlabel = 3},
                    {.flags = local, .nlabel = 0xffff, .position = 0xffff, .dpa = 32 * mib},
                    {.flags = local, .nlabel = 0xff, .position = 0xff, .dpa = 64 * mib}})},
      {});
  CHECK(only(assembled).local);
  CHECK(only(assembled).complete());
  CHECK(only(assembled).size == 48 * mib);
}

TEST_CASE("a set that claims 65,535 labels costs no more than its one label") {
  const Assembled assembled = assemble({one_namespace({.nlabel = 0xffff, .position = 7})}, {});
  CHECK(only(assembled).missing_count == 65534);
  CHECK(only(assembled).missing.size() == 64);
  CHECK(only(assembled).completeness == Completeness::unknown);
}

}  // namespace ndmedic::tests
