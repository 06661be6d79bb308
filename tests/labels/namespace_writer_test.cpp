// SPDX-License-Identifier: BSD-3-Clause
// Transactions on namespaces: what they write, and what they refuse (labels.md 4.4 to 4.9, 6).
#include <doctest/doctest.h>

#include <ndmedic/format/label.h>
#include <ndmedic/labels/label_diff.h>

#include "dimms.h"

namespace ndmedic::tests {
namespace {

const Guid data = uuid_number(1);

NewNamespace order(std::uint8_t n, std::optional<std::uint64_t> size = 32 * mib) {
  return {.uuid = uuid_number(n), .name = "data", .size = size, .lbasize = 512};
}

/// An index of two blocks with slots 0 to `used` - 1 in use, each with a label of another place.
AreaBuilder filled(std::uint32_t used, std::uint64_t size = 1024) {
  AreaBuilder area(size);
  for (std::uint32_t slot = 0; slot < used; ++slot)
    area.put(slot,
             make_label(LabelValues{.uuid = uuid_number(static_cast<std::uint8_t>(100 + slot)),
                                    .dpa = 4096 + slot * 4096ull,
                                    .rawsize = 4096}));
  area.block(0, 3, {}).block(1, 2, {});
  for (std::uint32_t slot = 0; slot < used; ++slot)
    area.block_byte(0, 72 + slot / 8) &= ~static_cast<std::byte>(1u << slot % 8);
  return area.seal(0);
}

void check_refused(Dimms& dimms, const NamespaceAnswer& answer, Refusal refusal,
                   const std::vector<std::vector<std::byte>>& before) {
  CHECK(to_string(answer.refusal) == to_string(refusal));
  CHECK(dimms.all_bytes() == before);
}

}  // namespace

TEST_CASE("a new namespace has a label on each DIMM, with its twin, and no finding") {
  Dimms dimms(3);
  const NamespaceAnswer answer = dimms.add(region_of(three_way()), order(1, 96 * mib));
  CHECK(answer.done());
  CHECK(answer.size == 96 * mib);
  CHECK(answer.offset == 0);
  for (std::uint32_t device = 0; device < 3; ++device) {
    const LabelArea area = dimms.read(device);
    REQUIRE(area.find(1) != nullptr);
    const LabelRecord& label = *area.find(1);
    CHECK(label.state == SlotState::live);
    CHECK(label.nlabel == 3);
    CHECK(label.position == device);
    CHECK(label.isetcookie == three_way_cookie2);
    CHECK(label.rawsize == 32 * mib);
    CHECK(label.name() == "data");
    CHECK(label.type_guid == guids::pm);
    REQUIRE(area.find(0) != nullptr);
    CHECK(area.find(0)->state == SlotState::twin);
    CHECK(area.free_slots() == 509);
  }
  const Assembled seen = dimms.assembled({three_way()});
  CHECK(seen.findings.list().empty());
  REQUIRE(seen.set.namespaces.size() == 1);
  CHECK(seen.set.namespaces[0].linux_view == LinuxView::visible);
  CHECK(seen.set.namespaces[0].size == 96 * mib);
}

TEST_CASE("labels carry the cookie of the index version of mapping 0's area (4.7 step 4)") {
  Dimms dimms({AreaBuilder(131072, 128).block(0, 3, {}).block(1, 2, {}),
               AreaBuilder().block(0, 3, {}).block(1, 2, {})});
  CHECK(dimms.add(region_of(two_way()), order(1)).done());
  CHECK(dimms.read(0).find(1)->isetcookie == two_way_cookie1);
  CHECK(dimms.read(1).find(1)->isetcookie == two_way_cookie1);
  CHECK(dimms.assembled({two_way()}).set.namespaces.at(0).linux_view == LinuxView::visible);
}

TEST_CASE("first fit and the largest place go by what is free on all DIMMs") {
  Dimms dimms({with_labels({half({.uuid = uuid_number(8), .rawsize = 16 * mib})}),
               with_labels({half({.uuid = uuid_number(9), .dpa = 32 * mib, .rawsize = 8 * mib})})});
  const RegionState region = region_of(two_way());
  CHECK(dimms.add(region, order(1)).offset == 16 * mib);
  const NamespaceAnswer rest = dimms.add(region, order(2, std::nullopt));
  CHECK(rest.offset == 40 * mib);
  CHECK(rest.size == 48 * mib);
  const auto before = dimms.all_bytes();
  check_refused(dimms, dimms.add(region, order(3, std::nullopt)), Refusal::does_not_fit, before);
  CHECK(dimms.add(region, order(3, std::nullopt)).limit == 0);
}

TEST_CASE("a place that is asked for is taken, or refused with what is there") {
  Dimms dimms(2);
  const RegionState region = region_of(two_way());
  NewNamespace wanted = order(1);
  wanted.offset = 24 * mib;
  CHECK(dimms.add(region, wanted).offset == 24 * mib);
  CHECK(dimms.read(1).find(1)->dpa == 24 * mib);
  const auto before = dimms.all_bytes();
  wanted.uuid = uuid_number(2);
  wanted.offset = 32 * mib;
  check_refused(dimms, dimms.add(region, wanted), Refusal::overlap, before);
  wanted.offset = 16 * mib;
  check_refused(dimms, dimms.add(region, wanted), Refusal::does_not_fit, before);
  CHECK(dimms.add(region, wanted).limit == 16 * mib);
  wanted.offset = 64 * mib;
  check_refused(dimms, dimms.add(region, wanted), Refusal::overlap, before);
  wanted.offset = 4 * mib;
  check_refused(dimms, dimms.add(region, wanted), Refusal::misaligned, before);
  wanted.alignment = 8 * mib;
  CHECK(dimms.add(region, wanted).done());
}

TEST_CASE("sizes that do not fit are refused with the largest one, others with the alignment") {
  Dimms dimms(2);
  const RegionState region = region_of(two_way());
  const auto before = dimms.all_bytes();
  NamespaceAnswer answer = dimms.add(region, order(1, 144 * mib));
  check_refused(dimms, answer, Refusal::does_not_fit, before);
  CHECK(answer.limit == 128 * mib);
  answer = dimms.add(region, order(1, 20 * mib));
  check_refused(dimms, answer, Refusal::misaligned, before);
  CHECK(answer.limit == 16 * mib);
  check_refused(dimms, dimms.add(region, order(1, 0)), Refusal::misaligned, before);
  NewNamespace wanted = order(1);
  wanted.alignment = 3 * mib;
  check_refused(dimms, dimms.add(region, wanted), Refusal::bad_alignment, before);
}

TEST_CASE("values that a label must not have are refused") {
  Dimms dimms(2);
  const RegionState region = region_of(two_way());
  CHECK(dimms.add(region, order(1)).done());
  const auto before = dimms.all_bytes();
  const auto refused = [&](const NewNamespace& wanted, Refusal refusal) {
    check_refused(dimms, dimms.add(region, wanted), refusal, before);
  };
  refused(order(1), Refusal::duplicate_uuid);
  refused({.size = 32 * mib}, Refusal::bad_uuid);
  NewNamespace wanted = order(2);
  wanted.name = std::string(64, 'x');
  refused(wanted, Refusal::bad_name);
  wanted.name = "\xc3";
  refused(wanted, Refusal::bad_name);
  wanted.name = std::string("a\0b", 3);
  refused(wanted, Refusal::bad_name);
  wanted.name = std::string(63, 'x');
  wanted.lbasize = 520;
  refused(wanted, Refusal::bad_lbasize);
  wanted.lbasize = 4096;
  CHECK(dimms.add(region, wanted).done());
  CHECK(dimms.read(0).find(2)->name() == wanted.name);
}

TEST_CASE("a uuid in use on a DIMM outside the region is a duplicate") {
  Dimms dimms({AreaBuilder().block(0, 3, {}).block(1, 2, {}), one_namespace()});
  const NamespaceAnswer answer = dimms.add(region_of(one_way(qemu_serial)), order(1));
  CHECK(answer.refusal == Refusal::duplicate_uuid);
  CHECK(answer.device == 1u);
}

TEST_CASE("areas and DIMMs that are not what a transaction needs are named") {
  const RegionState region = region_of(two_way());
  const auto refused = [&](const std::vector<AreaBuilder>& areas, Refusal refusal) {
    Dimms dimms(areas);
    const auto before = dimms.all_bytes();
    const NamespaceAnswer answer = dimms.add(region, order(1));
    check_refused(dimms, answer, refusal, before);
    CHECK(answer.device == 1u);
  };
  const AreaBuilder empty = AreaBuilder().block(0, 3, {}).block(1, 2, {});
  refused({empty}, Refusal::dimm_missing);
  refused({empty, AreaBuilder()}, Refusal::no_index);
  refused({empty, AreaBuilder().block(0, 3, {4}).block(1, 2, {})}, Refusal::untrusted_area);
  refused({empty, filled(1)}, Refusal::no_free_slot);
  AreaBuilder cxl;
  cxl.major = 2;
  cxl.minor = 1;
  refused({empty, cxl.block(0, 3, {}).block(1, 2, {})}, Refusal::mixed_formats);

  Dimms dimms(2);
  RegionState other = region;
  other.description.mappings[1].device = 0;
  CHECK(dimms.add(other, order(1)).refusal == Refusal::no_region);
  other.description.mappings.clear();
  CHECK(dimms.add(other, order(1)).refusal == Refusal::no_region);
  other = region;
  other.cookies.cookie2 = 0;
  CHECK(dimms.add(other, order(1)).refusal == Refusal::no_cookie);
}

TEST_CASE("two free slots are enough to add, one to change, none to remove") {
  Dimms dimms({AreaBuilder(1024).block(0, 3, {}).block(1, 2, {})});
  const RegionState region = region_of(one_way(qemu_serial));
  CHECK(dimms.add(region, order(1)).done());
  CHECK(dimms.read(0).free_slots() == 1);
  CHECK(dimms.add(region, order(2)).refusal == Refusal::no_free_slot);
  CHECK(dimms.change(region, data, {.name = "new"}).done());
  CHECK(dimms.read(0).find(1)->name() == "new");
  CHECK(dimms.remove(region, data).done());
  CHECK(dimms.read(0).free_slots() == 2);

  Dimms full({filled(2)});
  CHECK(full.change(region, uuid_number(100), {.name = "new"}).refusal == Refusal::no_free_slot);
  const NamespaceAnswer removed = full.remove(region, uuid_number(100));
  CHECK(removed.done());
  CHECK_FALSE(removed.plainly);
  CHECK(full.read(0).free_slots() == 1);
}

TEST_CASE("where an area is full, removing from several DIMMs is told to be plain") {
  AreaBuilder first = filled(2);
  AreaBuilder second(1024);
  first.put(0, make_label(half({.dpa = 16 * mib})));
  second.put(0, make_label(half({.position = 1, .dpa = 16 * mib})));
  second.block(0, 3, {0}).block(1, 2, {});
  Dimms dimms({first, second});
  const NamespaceAnswer answer = dimms.remove(region_of(two_way()), data);
  CHECK(answer.done());
  CHECK(answer.plainly);
  CHECK(answer.size == 32 * mib);
  CHECK(dimms.read(0).free_slots() == 1);
  CHECK(dimms.read(1).free_slots() == 2);
}

TEST_CASE("a change replaces what is given on all DIMMs and keeps every other byte") {
  Label256 label = make_label(half({.name = "old", .flags = 0x10}));
  label.spa_location_cookie = 0x1234;
  label.reserved2[5] = 7;
  Label256 other = make_label(half({.name = "old", .flags = 0x10, .position = 1}));
  Dimms dimms({AreaBuilder().put(1, label).block(0, 2, {1}).block(1, 1, {0}),
               AreaBuilder().put(1, other).block(0, 2, {1}).block(1, 1, {0})});
  const RegionState region = region_of(two_way());
  const NamespaceAnswer answer =
      dimms.change(region, data, {.name = "new", .lbasize = 4096, .abstraction = guids::btt2});
  CHECK(answer.done());
  CHECK(answer.size == 32 * mib);
  label.name = {'n', 'e', 'w'};
  label.lbasize = 4096;
  label.abstraction_guid = guids::btt2;
  Label256 twin = label;
  twin.flags = 0x18;
  const auto expected = AreaBuilder().put(1, label).put(0, twin).block(1, 3, {0}).block(0, 1, {1});
  CHECK(dimms.bytes(0) == AreaBuilder(expected).bytes());
  CHECK(dimms.read(1).find(1)->name() == "new");
  CHECK(dimms.read(1).find(1)->position == 1);
  const auto before = dimms.all_bytes();
  CHECK(dimms.change(region, data, {.name = "new"}).done());
  CHECK(dimms.all_bytes() == before);
}

TEST_CASE("a namespace grows into what is free behind it, and shrinks from its end") {
  Dimms dimms(2);
  const RegionState region = region_of(two_way());
  CHECK(dimms.add(region, order(1)).done());
  NewNamespace second = order(2);
  second.offset = 40 * mib;
  CHECK(dimms.add(region, second).done());
  CHECK(dimms.change(region, data, {.size = 80 * mib}).done());
  CHECK(dimms.read(0).find(1)->rawsize == 40 * mib);
  CHECK(dimms.read(1).find(1)->rawsize == 40 * mib);
  const auto before = dimms.all_bytes();
  const NamespaceAnswer answer = dimms.change(region, data, {.size = 96 * mib});
  check_refused(dimms, answer, Refusal::does_not_fit, before);
  CHECK(answer.limit == 80 * mib);
  check_refused(dimms, dimms.change(region, data, {.size = 60 * mib}), Refusal::misaligned, before);
  check_refused(dimms, dimms.change(region, data, {.size = 0}), Refusal::misaligned, before);
  CHECK(dimms.change(region, data, {.size = 16 * mib}).done());
  CHECK(dimms.change(region, uuid_number(2), {.size = 48 * mib}).done());
  CHECK(dimms.change(region, uuid_number(2), {.size = 64 * mib}).limit == 48 * mib);
  CHECK(dimms.assembled({two_way()}).findings.list().empty());
}

TEST_CASE("labels that do not make one namespace are not changed, but removed") {
  const RegionState region = region_of(two_way());
  const auto changed = [&](LabelValues first, LabelValues second) {
    second.position = second.position == 0 ? 1 : second.position;
    Dimms dimms({with_labels({half(first)}), with_labels({half(second)})});
    const Refusal refusal = dimms.change(region, data, {.name = "new"}).refusal;
    const bool removed = dimms.remove(region, data).done();
    CHECK(removed);
    CHECK(dimms.read(0).free_slots() == 510);
    return refusal;
  };
  CHECK(changed({}, {}) == Refusal::none);
  CHECK(changed({}, {.dpa = 16 * mib}) == Refusal::conflicting);
  CHECK(changed({}, {.rawsize = 8 * mib}) == Refusal::conflicting);
  CHECK(changed({}, {.nlabel = 3}) == Refusal::conflicting);
  CHECK(changed({}, {.position = 7}) == Refusal::conflicting);
  CHECK(changed({}, {.uuid = uuid_number(5)}) == Refusal::conflicting);
  CHECK(changed({.flags = 8}, {.rawsize = 8 * mib}) == Refusal::interrupted);
  CHECK(changed({.name = "new", .flags = 8}, {}) == Refusal::interrupted);
  CHECK(changed({.flags = 8}, {.flags = 8}) == Refusal::none);
  CHECK(changed({}, {.dpa = 100 * mib}) == Refusal::conflicting);
}

TEST_CASE("labels in any order of positions are changed in the order of positions") {
  Dimms dimms({with_labels({half({.position = 1})}), with_labels({half({})})});
  CHECK(dimms.change(region_of(two_way()), data, {.name = "new"}).done());
  CHECK(dimms.read(0).find(1)->position == 1);
  CHECK(dimms.assembled({two_way()}).set.namespaces.at(0).name == "new");
}

TEST_CASE("read-only labels are changed and removed by force only (LB19)") {
  Dimms dimms({with_labels({{.flags = 1}})});
  const RegionState region = region_of(one_way(qemu_serial));
  const auto before = dimms.all_bytes();
  check_refused(dimms, dimms.change(region, data, {.name = "new"}), Refusal::read_only, before);
  check_refused(dimms, dimms.remove(region, data), Refusal::read_only, before);
  CHECK(dimms.change(region, data, {.read_only = false, .force = true}).done());
  CHECK(dimms.change(region, data, {.read_only = true}).done());
  CHECK(dimms.read(0).find(1)->flags == 1);
  CHECK(dimms.remove(region, data, true).done());
}

TEST_CASE("block-mode labels take their place, are not changed, and go all at once") {
  const LabelValues first = {.flags = 2, .nlabel = 2, .rawsize = 16 * mib};
  const LabelValues second = {
      .flags = 2, .nlabel = 0xffff, .position = 0xffff, .dpa = 32 * mib, .rawsize = 16 * mib};
  Dimms dimms({with_labels({first, second})});
  const RegionState region = region_of(one_way(qemu_serial));
  CHECK(dimms.change(region, data, {.name = "new"}).refusal == Refusal::block_mode);
  CHECK(dimms.add(region, order(2, 16 * mib)).offset == 16 * mib);
  CHECK(dimms.remove(region, data).done());
  CHECK(dimms.read(0).count(SlotState::live) == 1);
  CHECK(dimms.remove(region, data).refusal == Refusal::not_found);
}

TEST_CASE("CXL 2.1 labels name the region label of their region") {
  AreaBuilder area;
  area.major = 2;
  area.minor = 1;
  area.put(0, make_label(CxlRegionValues{})).block(0, 3, {0}).block(1, 2, {});
  Dimms dimms({area});
  RegionDescription description{.cxl = true};
  description.mappings.push_back({.device = 0, .size = 512 * mib, .serial = 1});
  const RegionState region = region_of(description);
  NewNamespace wanted = order(1, 256 * mib);
  wanted.abstraction = guids::btt2;
  CHECK(dimms.add(region, wanted).done());
  const LabelArea read = dimms.read(0);
  const LabelRecord& label = *read.find(2);
  CHECK(label.state == SlotState::live);
  CHECK(label.format == LabelFormat::cxl_namespace);
  CHECK(label.region_uuid == uuid_number(9));
  CHECK(label.nlabel == 1);
  CHECK(label.rawsize == 256 * mib);
  CHECK(label.raw[144] == std::byte{0x18});  // abstractions in text order (2.8)
  CHECK(dimms.change(region, data, {.name = "new", .size = 512 * mib}).done());
  wanted.uuid = uuid_number(2);
  wanted.read_only = true;
  CHECK(dimms.add(region, wanted).refusal == Refusal::no_such_field);
  description.mappings[0].size = 1024 * mib;
  CHECK(dimms.add(region_of(description), wanted).refusal == Refusal::no_region_label);
  CHECK(dimms.remove(region, data).done());
  CHECK(dimms.read(0).find(0)->state == SlotState::live);
}

}  // namespace ndmedic::tests
