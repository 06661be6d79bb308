// SPDX-License-Identifier: BSD-3-Clause
// Namespaces made here, byte for byte as Linux and ndctl made them (labels.md 4.4, 4.5).
#include <doctest/doctest.h>

#include <algorithm>

#include <ndmedic/format/label.h>
#include <ndmedic/labels/label_diff.h>

#include "dimms.h"
#include "real_areas.h"

namespace ndmedic::tests {
namespace {

const RealCase& real(std::string_view name) { return load_real_case(real_images() / name); }

RegionState whole_dimm(std::uint32_t device, std::uint32_t qemu_slot, std::uint64_t size) {
  RegionDescription region;
  region.mappings.push_back(
      {.device = device, .size = size, .serial = qemu_serial + qemu_slot, .vendor = 0x8086});
  return region_of(region);
}

/// The two regions of the example platform of the kernel's document over four DIMMs.
std::vector<RegionState> example_platform() {
  std::vector<RegionState> regions;
  for (const auto& [ways, dpa] : {std::pair(2u, 0u), std::pair(4u, 0x2000000u)}) {
    RegionDescription region{.ways = ways};
    for (std::uint32_t dimm = 0; dimm < ways; ++dimm)
      region.mappings.push_back({.device = dimm,
                                 .dpa_start = dpa,
                                 .size = 0x2000000,
                                 .region_offset = dimm * 0x1000u,
                                 .serial = qemu_serial + dimm,
                                 .vendor = 0x8086});
    regions.push_back(region_of(region));
  }
  return regions;
}

/// What a label says that is in use, as an order to make it; its place is left to first fit.
NewNamespace order_for(const LabelRecord& label) {
  return {.uuid = label.uuid,
          .name = std::string(label.name()),
          .size = label.rawsize * label.nlabel,
          .lbasize = label.lbasize,
          .abstraction = label.abstraction};
}

const LabelRecord& label_in(const RealArea& area, std::uint32_t slot) {
  const LabelRecord* label = area.area.find(slot);
  REQUIRE(label != nullptr);
  return *label;
}

}  // namespace

TEST_CASE("namespaces on one DIMM each come out as those of ndctl, index blocks and all") {
  const RealCase& images = real("two-dimm-v12");
  Dimms dimms({ndctl_area(), ndctl_area()});
  for (std::uint32_t device = 0; device < 2; ++device) {
    const RealArea& image = images.areas.at(device);
    const RegionState region = whole_dimm(device, device, image.capacity);
    for (std::uint32_t slot = 1; slot <= image.area.count(SlotState::live); ++slot) {
      const LabelRecord& label = label_in(image, slot);
      const NamespaceAnswer answer = dimms.add(region, order_for(label));
      CHECK(answer.done());
      CHECK(answer.offset == label.dpa);
    }
    CHECK(dimms.bytes(device) == image.bytes);
  }
}

TEST_CASE("labels of version 1.1 come out as those of Linux") {
  const RealArea& image = real("v11-labels").areas.at(0);
  Dimms dimms({ndctl_area(131072, 128)});
  CHECK(dimms.add(whole_dimm(0, 0, image.capacity), order_for(label_in(image, 1))).done());
  CHECK(dimms.bytes(0) == image.bytes);
}

TEST_CASE("two regions over four DIMMs, one of them of all four, come out as those of Linux") {
  const RealCase& images = real("example-platform");
  Dimms dimms({ndctl_area(), ndctl_area(), ndctl_area(), ndctl_area()});
  const auto regions = example_platform();
  CHECK(dimms.add(regions[0], order_for(label_in(images.areas[0], 1))).done());
  CHECK(dimms.add(regions[1], order_for(label_in(images.areas[0], 2))).done());
  for (std::uint32_t device = 0; device < 4; ++device)
    CHECK(dimms.bytes(device) == images.areas[device].bytes);
}

TEST_CASE("a namespace in the hole of a removed one has the slot and the place that Linux gave") {
  const RealArea& image = real("v12-several-namespaces").areas.at(0);
  Dimms dimms({ndctl_area()});
  const RegionState region = whole_dimm(0, 0, image.capacity);
  CHECK(dimms.add(region, order_for(label_in(image, 1))).done());
  NewNamespace removed = order_for(label_in(image, 2));
  removed.uuid = uuid_number(77);
  removed.size = 64 * mib;
  CHECK(dimms.add(region, removed).done());
  for (const std::uint32_t slot : {3u, 4u, 5u})
    CHECK(dimms.add(region, order_for(label_in(image, slot))).done());
  CHECK(dimms.remove(region, removed.uuid).done());
  CHECK(dimms.add(region, order_for(label_in(image, 2))).done());
  // Linux wrote the index more often (4.5): it is the slots that must be equal.
  const auto slots = [](std::vector<std::byte> bytes) {
    return std::vector(bytes.begin() + 512, bytes.end());
  };
  CHECK(slots(dimms.bytes(0)) == slots(image.bytes));
  CHECK(compare_label_areas(dimms.read(0), image.area).same());
}

TEST_CASE("labels on CXL devices have a null type and the cookie of the serial number") {
  const RealArea& image = real("cxl-lsa-v12").areas.at(0);
  Dimms dimms({ndctl_area(262144)});
  RegionDescription region{.cxl = true};
  region.mappings.push_back({.device = 0, .size = 256 * mib, .serial = 0x1000});
  for (const std::uint32_t slot : {1u, 2u})
    CHECK(dimms.add(region_of(region), order_for(label_in(image, slot))).done());
  CHECK(dimms.bytes(0) == image.bytes);
}

}  // namespace ndmedic::tests
