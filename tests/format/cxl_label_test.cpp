// SPDX-License-Identifier: BSD-3-Clause
// CXL labels against the vectors of labels.md 2.6 and 2.7 and the rules of 7.6; and which format a
// slot has.
#include <ndmedic/format/cxl_label.h>

#include <array>
#include <cstring>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

#include <ndmedic/format/codec.h>
#include <ndmedic/format/label.h>
#include <ndmedic/format/label_format.h>

#include "hex.h"

namespace ndmedic {
namespace {

using test::Bytes;
using Rules = std::vector<std::string_view>;

constexpr SlotIndex namespace_slot{1};
constexpr SlotIndex region_slot{0};

/// The example of 2.6, byte by byte as its table lays it out.
CxlNamespaceLabel example_namespace() {
  Bytes bytes =
      test::hex("68bb2c0a5a7749379f853caf41a0f93c 0123456789abcdef0123456789abcdef 64617461");
  bytes.resize(96);
  for (const std::byte byte : test::hex("00000000 0100 0000 0000000000000000 0000001000000000"
                                        "01000000 00000000 fedcba9876543210fedcba9876543210"))
    bytes.push_back(byte);
  bytes.resize(248);
  for (const std::byte byte : test::hex("04ba209f0441f9bb")) bytes.push_back(byte);
  return decode<CxlNamespaceLabel>(bytes);
}

/// The vector of 2.7 with granularity 0.
CxlRegionLabel example_region() {
  Bytes bytes = test::hex(
      "529d7c61da0747c4a93fecdf2c06f444 fedcba9876543210fedcba9876543210"
      "00000000 0100 0000 0000000000000000 0000004000000000 0000000001000000"
      "00000000 00000000 00000000");
  bytes.resize(248);
  for (const std::byte byte : test::hex("eb4d7edc8449ef12")) bytes.push_back(byte);
  return decode<CxlRegionLabel>(bytes);
}

template <class List>
Rules rules_of(const List& violations) {
  Rules rules;
  for (const Violation& violation : violations) rules.push_back(violation.rule);
  return rules;
}

template <class Change>
Rules namespace_rules_after(Change change) {
  CxlNamespaceLabel label = example_namespace();
  change(label);
  label.checksum = checksum_of(label);
  return rules_of(validate(label, namespace_slot));
}

template <class Change>
Rules region_rules_after(Change change) {
  CxlRegionLabel label = example_region();
  change(label);
  label.checksum = checksum_of(label);
  return rules_of(validate(label, region_slot));
}

TEST_CASE("the example namespace label has the checksum of the specification") {
  const CxlNamespaceLabel label = example_namespace();
  CHECK(label_name(label.name) == "data");
  CHECK(label.nrange.value() == 1);
  CHECK(label.rawsize.value() == 0x10000000);
  CHECK(label.slot.value() == 1);
  CHECK(to_string(label.region_uuid, GuidOrder::text) == "fedcba98-7654-3210-fedc-ba9876543210");
  CHECK(label.checksum.value() == 0xbbf941049f20ba04);
  CHECK(checksum_of(label) == 0xbbf941049f20ba04);
  CHECK(validate(label, namespace_slot).empty());
}

TEST_CASE("the region labels of both granularity encodings have their checksums") {
  CxlRegionLabel label = example_region();
  CHECK(label.nlabel.value() == 1);
  CHECK(label.rawsize.value() == 0x40000000);
  CHECK(label.hpa.value() == 0x100000000);
  CHECK(label.checksum.value() == 0x12ef4984dc7e4deb);
  CHECK(checksum_of(label) == 0x12ef4984dc7e4deb);
  CHECK(validate(label, region_slot).empty());
  label.granularity = 256u;
  CHECK(checksum_of(label) == 0x12ef7884dc7e4eeb);
  label.checksum = 0x12ef7884dc7e4eebu;
  CHECK(validate(label, region_slot).empty());
}

TEST_CASE("each rule of namespace labels, violated alone, is seen alone") {
  const auto after = [](auto change) { return namespace_rules_after(change); };
  CHECK(after([](auto& l) { l.type = guids::cxl_region; }) == Rules{"CX08"});
  CHECK(after([](auto& l) { l.slot = 0u; }) == Rules{"4.2.2"});
  CHECK(after([](auto& l) { l.rawsize = 0u; }) == Rules{"LB05"});
  CHECK(after([](auto& l) { l.dpa = ~std::uint64_t{0}; }) == Rules{"LB06"});
  CHECK(after([](auto& l) { l.uuid = {}; }) == Rules{"LB08"});
  CHECK(after([](auto& l) { l.name.fill('a'); }) == Rules{"LB11"});
  CHECK(after([](auto& l) { l.name[10] = 'a'; }) == Rules{"LB12"});
  CHECK(after([](auto& l) { l.lbasize = std::uint16_t{520}; }) == Rules{"LB13"});
  CHECK(after([](auto& l) { l.flags = 1u; }) == Rules{"LB14"});
  CHECK(after([](auto& l) { l.reserved[85] = 1; }) == Rules{"LB14"});
  CHECK(after([](auto& l) { l.abstraction_uuid = guids::btt2; }) == Rules{"LB16"});
  CHECK(after([](auto& l) { l.region_uuid = {}; }) == Rules{"CX01"});
  CHECK(after([](auto& l) { l.nrange = std::uint16_t{0}; }) == Rules{"CX10"});
  CxlNamespaceLabel label = example_namespace();
  label.checksum = 0u;
  CHECK(rules_of(validate(label, namespace_slot)) == Rules{"4.2.3"});
}

TEST_CASE("each rule of region labels, violated alone, is seen alone") {
  const auto after = [](auto change) { return region_rules_after(change); };
  CHECK(after([](auto& l) { l.type = guids::cxl_namespace; }) == Rules{"CX08"});
  CHECK(after([](auto& l) { l.slot = 1u; }) == Rules{"4.2.2"});
  CHECK(after([](auto& l) { l.rawsize = 0u; }) == Rules{"LB05"});
  CHECK(after([](auto& l) { l.dpa = ~std::uint64_t{0}; }) == Rules{"LB06"});
  CHECK(after([](auto& l) { l.uuid = {}; }) == Rules{"LB08"});
  CHECK(after([](auto& l) { l.flags = 0x10u; }) == Rules{"LB14"});
  CHECK(after([](auto& l) { l.reserved[0] = 1; }) == Rules{"LB14"});
  CHECK(after([](auto& l) { l.position = std::uint16_t{1}; }) == Rules{"CX04"});
  CHECK(after([](auto& l) { l.nlabel = std::uint16_t{0}; }) == Rules{"CX04"});
  CHECK(after([](auto& l) { l.hpa = 0x100001000u; }) == Rules{"CX06"});
  CHECK(after([](auto& l) { l.granularity = 7u; }) == Rules{"CX07"});
  CxlRegionLabel label = example_region();
  label.checksum = 0u;
  CHECK(rules_of(validate(label, region_slot)) == Rules{"4.2.3"});
}

TEST_CASE("what readers accept violates no rule") {
  for (const Guid& abstraction : {guids::btt, guids::btt2, guids::pfn, guids::dax})
    CHECK(
        namespace_rules_after([&](auto& l) { l.abstraction_uuid = swapped(abstraction); }).empty());
  CHECK(namespace_rules_after([](auto& l) { l.flags = 0x08u; }).empty());
  CHECK(region_rules_after([](auto& l) { l.flags = 0x08u; }).empty());
  CHECK(region_rules_after([](auto& l) { l.hpa = 0u; }).empty());
  CHECK(region_rules_after([](auto& l) {
          l.nlabel = std::uint16_t{4};
          l.position = std::uint16_t{3};
          l.hpa = std::uint64_t{4} * 0x10000000 * 7;
        }).empty());
}

TEST_CASE("a region of 3 ways must begin at a multiple of 768 MiB") {
  auto aligned = [](std::uint64_t hpa) {
    return region_rules_after([=](auto& l) {
             l.nlabel = std::uint16_t{3};
             l.hpa = hpa;
           })
        .empty();
  };
  CHECK(aligned(0x30000000));
  CHECK_FALSE(aligned(0x40000000));
}

TEST_CASE("the two encodings of granularity do not overlap") {
  using enum GranularityEncoding;
  CHECK(decode_granularity(0) == Granularity{specification, 256});
  CHECK(decode_granularity(6) == Granularity{specification, 16384});
  CHECK(decode_granularity(256) == Granularity{linux_series, 256});
  CHECK(decode_granularity(4096) == Granularity{linux_series, 4096});
  CHECK(decode_granularity(16384) == Granularity{linux_series, 16384});
  for (const std::uint32_t field : {7u, 8u, 128u, 255u, 257u, 384u, 16385u, 32768u, ~0u})
    CHECK(decode_granularity(field) == Granularity{illegal, 0});
}

TEST_CASE("blank slots are told as such") {
  CHECK(validate(CxlNamespaceLabel{}, namespace_slot).has<"SL02">());
  CHECK(validate(decode<CxlRegionLabel>(Bytes(256, std::byte{0xff})), region_slot).has<"SL02">());
}

TEST_CASE("JSON keys are those of the ndctl that prints these labels") {
  std::vector<std::string_view> keys;
  for (const Field& field : cxl_namespace_label_fields)
    if (field.kind != FieldKind::reserved && field.kind != FieldKind::checksum)
      keys.push_back(field.key);
  CHECK(keys == std::vector<std::string_view>{"type", "uuid", "name", "flags", "nrange", "position",
                                              "dpa", "rawsize", "slot", "align", "region_uuid",
                                              "abstraction_uuid", "lbasize"});
  keys.clear();
  for (const Field& field : cxl_region_label_fields)
    if (field.kind != FieldKind::reserved && field.kind != FieldKind::checksum)
      keys.push_back(field.key);
  CHECK(keys == std::vector<std::string_view>{"type", "uuid", "flags", "nlabel", "position", "dpa",
                                              "rawsize", "hpa", "slot", "interleave granularity",
                                              "align"});
}

TEST_CASE("the format of a slot follows from the index version and the label's type") {
  IndexHeader index{};
  index.labelsize = std::uint8_t{1};
  auto format = [&index](std::uint16_t major, std::uint16_t minor,
                         std::span<const std::byte> slot) {
    index.major = major;
    index.minor = minor;
    return label_format(index, slot);
  };
  const auto region_label = example_region();
  const auto namespace_label = example_namespace();
  const Bytes vendor(256, std::byte{0x42});
  CHECK(format(1, 1, vendor) == LabelFormat::v1_1);
  CHECK(format(1, 2, vendor) == LabelFormat::v1_2);
  CHECK(format(3, 7, bytes_of(region_label)) == LabelFormat::v1_2);
  CHECK(format(1, 2, bytes_of(region_label)) == LabelFormat::v1_2);
  CHECK(format(2, 1, bytes_of(region_label)) == LabelFormat::cxl_region);
  CHECK(format(2, 1, bytes_of(namespace_label)) == LabelFormat::cxl_namespace);
  CHECK(format(2, 1, vendor) == LabelFormat::cxl_vendor);
  CHECK_FALSE(format(2, 1, std::span(vendor).first(255)));
  CHECK_FALSE(format(1, 1, std::span(vendor).first(127)));
  index.labelsize = std::uint8_t{2};
  CHECK_FALSE(format(2, 1, vendor));
  index.labelsize = std::uint8_t{0};
  CHECK(format(2, 1, vendor) == LabelFormat::v1_1);
}

TEST_CASE("every format has the structure of its slot size") {
  CHECK(structure_of(LabelFormat::v1_1).size == 128);
  CHECK(structure_of(LabelFormat::v1_2).name == "label_1_2");
  CHECK(structure_of(LabelFormat::cxl_namespace).name == "cxl_namespace_label");
  CHECK(structure_of(LabelFormat::cxl_region).name == "cxl_region_label");
  CHECK(structure_of(LabelFormat::cxl_vendor).name == "vendor_label");
}

TEST_CASE("decoding and encoding CXL labels keeps every byte, and random ones are safe") {
  for (std::uint32_t seed = 0; seed < 500; ++seed) {
    const Bytes bytes = test::random_bytes(256, seed);
    Bytes again(256);
    encode(decode<CxlNamespaceLabel>(bytes), again);
    CHECK(again == bytes);
    encode(decode<CxlRegionLabel>(bytes), again);
    CHECK(again == bytes);
    encode(decode<VendorLabel>(bytes), again);
    CHECK(again == bytes);
    CHECK_FALSE(validate(decode<CxlNamespaceLabel>(bytes), SlotIndex{seed}).trusted());
    CHECK_FALSE(validate(decode<CxlRegionLabel>(bytes), SlotIndex{seed}).trusted());
  }
}

}  // namespace
}  // namespace ndmedic
