// SPDX-License-Identifier: BSD-3-Clause
// Labels as bytes: what was decoded encodes to the same bytes, and the worked labels of labels.md
// 2.5 to 2.7 have their checksums.
#include <ndmedic/labels/label_bytes.h>

#include <doctest/doctest.h>

#include <algorithm>

#include <ndmedic/format/codec.h>
#include <ndmedic/format/cxl_label.h>
#include <ndmedic/format/label.h>

#include "area_builder.h"
#include "real_areas.h"

namespace ndmedic::tests {
namespace {

constexpr Guid worked_uuid = guid_literal("01234567-89ab-cdef-0123-456789abcdef", GuidOrder::text);
constexpr Guid worked_region =
    guid_literal("fedcba98-7654-3210-fedc-ba9876543210", GuidOrder::text);

LabelRecord worked(LabelFormat format) {
  LabelRecord record;
  record.format = format;
  record.uuid = format == LabelFormat::cxl_region ? worked_region : worked_uuid;
  const std::string_view name = "data";
  std::ranges::copy(name, record.name_field.begin());
  record.nlabel = 1;
  record.isetcookie = qemu_cookie2_slot0;
  record.lbasize = 512;
  record.rawsize = 0x10000000;
  record.type_guid = guids::pm;
  return record;
}

LabelBytes sealed(const LabelRecord& record, std::uint32_t slot, bool updating = false) {
  auto label = encode_label(record);
  REQUIRE(label);
  seal_label(*label, slot, updating);
  return *label;
}

std::uint64_t checksum(const LabelBytes& label) {
  return decode<Label256>(label.bytes()).checksum.value();
}

TEST_CASE("the worked label of 2.5 and its variants have the checksums given there") {
  LabelRecord record = worked(LabelFormat::v1_2);
  CHECK(checksum(sealed(record, 0)) == 0xba9b37dcd666c897);
  CHECK(checksum(sealed(record, 0, true)) == 0xba9b393cd666c89f);
  record.lbasize = 4096;
  record.dpa = 0x1000000;
  record.abstraction = guids::btt2;
  CHECK(checksum(sealed(record, 3)) == 0x60f9a2af4dcc75e7);
}

TEST_CASE("the worked CXL labels of 2.6 and 2.7 have the checksums given there") {
  LabelRecord record = worked(LabelFormat::cxl_namespace);
  record.lbasize = 0;
  record.region_uuid = worked_region;
  CHECK(checksum(sealed(record, 1)) == 0xbbf941049f20ba04);
  LabelRecord region = worked(LabelFormat::cxl_region);
  region.rawsize = 0x40000000;
  region.hpa = 0x100000000;
  CHECK(checksum(sealed(region, 0)) == 0x12ef4984dc7e4deb);
  region.granularity = 256;
  CHECK(checksum(sealed(region, 0)) == 0x12ef7884dc7e4eeb);
}

TEST_CASE("a 1.1 label has 128 bytes, its slot, and nothing that the format lacks") {
  const LabelBytes label = sealed(worked(LabelFormat::v1_1), 0x01020304, true);
  CHECK(label.size() == 128);
  const auto raw = decode<Label128>(label.bytes());
  CHECK(raw.slot.value() == 0x01020304);
  CHECK(raw.flags.value() == label_flags::updating);
  CHECK(raw.unused.value() == 0);
  CHECK(std::ranges::all_of(std::span(label.raw).subspan(128),
                            [](std::byte byte) { return byte == std::byte{0}; }));
}

TEST_CASE("sealing changes the flag UPDATING only, and keeps what no field covers") {
  LabelRecord record = worked(LabelFormat::v1_2);
  record.flags = label_flags::rolabel | label_flags::updating;
  record.raw[160] = std::byte{0x11};  // a location cookie
  record.raw[200] = std::byte{0x22};
  const LabelBytes label = sealed(record, 7, false);
  const auto raw = decode<Label256>(label.bytes());
  CHECK(raw.flags.value() == label_flags::rolabel);
  CHECK(raw.spa_location_cookie.value() == 0x11);
  CHECK(label.raw[200] == std::byte{0x22});
  CHECK(raw.checksum.value() == checksum_of(raw));
  CHECK(decode<Label256>(sealed(record, 7, true).bytes()).flags.value() == record.flags);
}

TEST_CASE("what a format cannot hold is refused, not cut") {
  LabelRecord record = worked(LabelFormat::cxl_namespace);
  record.lbasize = 65536;
  CHECK(encode_label(record).error().what == "sector size of the label");
  record = worked(LabelFormat::v1_2);
  record.alignment = 256;
  CHECK(encode_label(record).error().what == "alignment of the label");
}

TEST_CASE("every slot of every real area encodes to the bytes it was decoded from") {
  std::size_t labels = 0;
  for (const auto& path : real_cases())
    for (const RealArea& real : load_real_case(path).areas)
      for (const LabelRecord& record : real.area.slots) {
        const auto encoded = encode_label(record);
        REQUIRE(encoded);
        CHECK(std::ranges::equal(encoded->bytes(), record.bytes()));
        // All of them were sealed by Linux.
        const LabelBytes again = sealed(record, record.slot, record.updating());
        CHECK(std::ranges::equal(again.bytes(), record.bytes()));
        ++labels;
      }
  CHECK(labels >= 20);
}

}  // namespace
}  // namespace ndmedic::tests
