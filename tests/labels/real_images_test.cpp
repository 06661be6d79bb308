// SPDX-License-Identifier: BSD-3-Clause
// Label areas that Linux and ndctl wrote, against what they and QEMU said about them.
#include <doctest/doctest.h>

#include <string>

#include <ndmedic/labels/label_area.h>
#include <ndmedic/labels/label_set.h>

#include "area_builder.h"
#include "real_areas.h"

namespace ndmedic::tests {
namespace {

std::string text(const Guid& guid, GuidOrder order) { return to_string(guid, order); }

void check_record(const Json& facts, const LabelRecord& record) {
  CHECK(text(record.uuid, GuidOrder::text) == facts["uuid"]);
  CHECK(record.name() == facts["name"].get<std::string>());
  CHECK(record.active() == facts["active"].get<bool>());
  CHECK(record.flags == facts["flags"]);
  CHECK(record.nlabel == facts["nlabel"]);
  CHECK(record.position == facts["position"]);
  CHECK(record.isetcookie == facts["isetcookie"]);
  CHECK(record.lbasize == facts["lbasize"]);
  CHECK(record.dpa == facts["dpa"]);
  CHECK(record.rawsize == facts["rawsize"]);
  if (!facts.contains("type_guid")) return;
  CHECK(text(record.type_guid, GuidOrder::efi) == facts["type_guid"]);
  CHECK(text(record.abstraction, GuidOrder::efi) == facts["abstraction_guid"]);
}

void check_area(const Json& facts, const LabelArea& area) {
  CHECK(area.linux_accepts);
  CHECK(area.layout.kind == LabelLayoutKind::g3);
  CHECK(area.layout.slot_size == facts["slot_size"]);
  CHECK(area.layout.index_size == facts["index_size"]);
  CHECK(area.layout.nslot == facts["nslot"]);
  REQUIRE(area.current.has_value());
  CHECK(*area.current == facts["current"]);
  for (unsigned i = 0; i < 2; ++i) {
    const Json& index = facts["index"][i];
    CHECK(area.index[i].state == IndexState::valid);
    CHECK(area.index[i].header.seq.value() == index["seq"].get<std::uint32_t>());
    CHECK(area.index[i].header.checksum.value() == index["checksum"].get<std::uint64_t>());
    CHECK(area.index[i].violates("IX16") == index["tail_bits_set"].get<bool>());
  }
  CHECK(area.slots.size() == facts["slots"].size());
  for (const Json& slot : facts["slots"]) {
    const LabelRecord* record = area.find(slot["slot"]);
    REQUIRE(record != nullptr);
    check_record(slot, *record);
  }
  CHECK(area.trustworthy());
}

/// Bitmap tails (ndctl) and deleted namespaces are worth a note; nothing else is there.
void check_notes_only(const Findings& findings) {
  for (const Finding& finding : findings.list()) {
    CAPTURE(message_of(finding));
    CHECK((finding.id == ProblemId::index_tail_bits ||
           finding.id == ProblemId::label_deleted_intact));
  }
}

std::vector<LabelDevice> devices_of(const RealCase& real) {
  std::vector<LabelDevice> devices;
  for (const RealArea& area : real.areas) {
    LabelDevice device{.device = static_cast<std::uint32_t>(devices.size()), .area = &area.area};
    if (area.capacity != 0) device.dpa_size = area.capacity;
    devices.push_back(device);
  }
  return devices;
}

/// The two regions of the example platform of the libnvdimm document, as its NFIT has them.
std::vector<RegionDescription> example_platform() {
  std::vector<RegionDescription> regions;
  for (const auto& [ways, base, dpa] :
       {std::tuple{2u, 0x100000000u, 0u}, std::tuple{4u, 0x104000000u, 0x2000000u}}) {
    RegionDescription region{.ways = ways, .spa_base = base, .spa_length = ways * 0x2000000u};
    for (std::uint32_t dimm = 0; dimm < ways; ++dimm)
      region.mappings.push_back({.device = dimm,
                                 .dpa_start = dpa,
                                 .size = 0x2000000,
                                 .region_offset = dimm * 0x1000u,
                                 .serial = 0x123456u + dimm,
                                 .vendor = 0x8086});
    regions.push_back(region);
  }
  return regions;
}

void check_namespaces(const RealCase& real, const LabelSet& set) {
  const Json& expected = real.facts["namespaces"];
  CHECK(set.namespaces.size() == expected.size());
  for (const Json& facts : expected) {
    const auto at = std::ranges::find_if(set.namespaces, [&](const LabelNamespace& ns) {
      return text(ns.uuid, GuidOrder::text) == facts["uuid"];
    });
    REQUIRE(at != set.namespaces.end());
    CAPTURE(at->name);
    CHECK(at->name == facts["name"].get<std::string>());
    CHECK(at->size == facts["size"]);
    CHECK(at->complete());
    CHECK(at->linux_view == LinuxView::visible);
  }
}

}  // namespace

TEST_CASE("every committed label area reads as the kernel and ndctl read it") {
  std::size_t areas = 0;
  for (const auto& path : real_cases()) {
    CAPTURE(path.filename().string());
    const RealCase& real = load_real_case(path);
    for (const RealArea& area : real.areas) {
      CAPTURE(area.file);
      check_area(area.facts, area.area);
      Findings findings;
      report_label_area(area.area, 0u, findings);
      check_notes_only(findings);
      ++areas;
    }
  }
  CHECK(areas >= 10);
}

TEST_CASE("every committed set of DIMMs assembles into the namespaces that ndctl listed") {
  for (const auto& path : real_cases()) {
    CAPTURE(path.filename().string());
    const RealCase& real = load_real_case(path);
    if (real.areas.empty()) continue;
    Findings findings;
    check_namespaces(real, assemble_labels(devices_of(real), {}, findings));
    for (const Finding& finding : findings.list()) CHECK_MESSAGE(false, message_of(finding));
  }
}

TEST_CASE("the kernel's copies of updated labels are twins, not findings") {
  const RealCase& real = load_real_case(real_images() / "v12-several-namespaces");
  const LabelArea& area = real.areas.at(0).area;
  const LabelRecord* twin = area.find(0);
  REQUIRE(twin != nullptr);
  CHECK(twin->state == SlotState::twin);
  CHECK(twin->related_slot == 2u);
  CHECK(area.available_slots() == 510 - area.count(SlotState::live) - 1);
}

TEST_CASE("two regions over four DIMMs have the cookies that sysfs showed") {
  const auto regions = example_platform();
  CHECK(region_cookies(regions[0]).cookie2 == 0x2565a7e002579b9);
  CHECK(region_cookies(regions[1]).cookie2 == 0x8349e94004b3376);
}

TEST_CASE("two- and four-way sets assemble with their regions") {
  const RealCase& real = load_real_case(real_images() / "example-platform");
  REQUIRE(real.areas.size() == 4);
  Findings findings;
  const LabelSet set = assemble_labels(devices_of(real), example_platform(), findings);
  check_namespaces(real, set);
  CHECK(findings.list().empty());
  REQUIRE(set.namespaces.size() == 2);
  const LabelNamespace& first = set.namespaces[0];
  const LabelNamespace& second = set.namespaces[1];
  CHECK(first.name == "pm0.0");
  CHECK(first.extents.size() == 2);
  CHECK(first.spa == 0x100000000);
  CHECK(first.claim == ClaimClass::pfn);
  CHECK(second.name == "pm1.0");
  CHECK(second.extents.size() == 4);
  CHECK(second.spa == 0x104000000);
  CHECK(second.cookie_verdict == CookieVerdict::matches);
  for (const RegionState& region : set.regions) CHECK_FALSE(region.scan_fails);
}

TEST_CASE("a DIMM that was not given leaves positions unknown, not missing") {
  const RealCase& real = load_real_case(real_images() / "example-platform");
  auto devices = devices_of(real);
  devices.pop_back();
  Findings findings;
  const LabelSet set = assemble_labels(devices, example_platform(), findings);
  CHECK(set.namespaces.at(0).linux_view == LinuxView::visible);
  const LabelNamespace& cut = set.namespaces.at(1);
  CHECK(cut.completeness == Completeness::unknown);
  CHECK(cut.missing == std::vector<std::uint16_t>{3});
  CHECK(cut.linux_view == LinuxView::unknown);
  CHECK(ids_of(findings) == std::vector{ProblemId::set_position_unknown});
}

TEST_CASE("DIMMs in exchanged slots show no namespace") {
  const RealCase& real = load_real_case(real_images() / "two-dimm-v12");
  auto devices = devices_of(real);
  REQUIRE(devices.size() == 2);
  std::swap(devices[0], devices[1]);
  Findings findings;
  const LabelSet set = assemble_labels(devices, {}, findings);
  REQUIRE(set.namespaces.size() == 3);
  for (const LabelNamespace& ns : set.namespaces) {
    CHECK(ns.cookie_verdict == CookieVerdict::other_slot);
    CHECK(ns.linux_view == LinuxView::hidden);
  }
  CHECK(set.namespaces[0].cookie_slot == 0u);
  CHECK(set.namespaces[1].cookie_slot == 1u);
}

TEST_CASE("the cookie of a CXL device follows from its serial number") {
  const RealCase& real = load_real_case(real_images() / "cxl-lsa-v12");
  auto devices = devices_of(real);
  devices.at(0).cxl_serial = 0x1000;
  Findings findings;
  const LabelSet set = assemble_labels(devices, {}, findings);
  CHECK(set.regions.at(0).cookies.cookie2 == 0x0000200000001000);
  check_namespaces(real, set);
  for (const LabelNamespace& ns : set.namespaces)
    CHECK(ns.cookie_verdict == CookieVerdict::matches);
}

}  // namespace ndmedic::tests
