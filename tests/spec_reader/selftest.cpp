// SPDX-License-Identifier: BSD-3-Clause
//
// Self-test of the plain reader: bytes, checksum and GUIDs.  All expected values are the
// literal vectors of the specifications.
#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include <doctest/doctest.h>

#include "spec_reader/selftest_bytes.h"
#include "spec_reader/spec_reader.h"

using namespace spec_reader;
using namespace spec_reader_test;

TEST_CASE("numbers are little-endian and never read outside") {
  const Buffer bytes = {1, 2, 3, 4, 5, 6, 7, 8, 9};
  CHECK(number_at(bytes, 0, 1) == 1);
  CHECK(number_at(bytes, 1, 3) == 0x040302);
  CHECK(number_at(bytes, 1, 8) == 0x0908070605040302);
  CHECK(number_at(bytes, 2, 8) == 0);
  CHECK(number_at(bytes, 0, 9) == 0);
  CHECK(number_at(bytes, ~std::uint64_t{0}, 1) == 0);
  CHECK(clip(bytes, 8, 100).size() == 1);
  CHECK(clip(bytes, 9, 1).empty());
}

TEST_CASE("arithmetic notices overflow") {
  const std::uint64_t top = ~std::uint64_t{0};
  CHECK(add(top, 1) == std::nullopt);
  CHECK(multiply(top, 2) == std::nullopt);
  CHECK(round_up(top, 4096) == std::nullopt);
  CHECK(round_up(4097, 4096) == 8192);
  CHECK(round_up(1, 0) == std::nullopt);
  CHECK_FALSE(range_fits(10, 8, top));
}

TEST_CASE("a cut field has bytes but no number") {
  const Buffer bytes = {1, 0, 0, 0, 2, 0};
  constexpr FieldRow table[] = {{"a", 0, 4}, {"b", 4, 4}, {"c", 8, 4}};
  const Fields fields = cut_fields(bytes, table);
  REQUIRE(fields.size() == 2);
  CHECK(fields[0].number == 1);
  CHECK(fields[1].size == 2);
  CHECK(fields[1].number == 0);
}

namespace {

Buffer words(const std::vector<std::uint32_t>& values) {
  Buffer bytes(values.size() * 4);
  for (std::size_t i = 0; i < values.size(); ++i) {
    put(bytes, i * 4, values[i], 4);
  }
  return bytes;
}

Buffer counting(std::size_t size) {
  Buffer bytes(size);
  for (std::size_t i = 0; i < size; ++i) {
    bytes[i] = static_cast<std::uint8_t>(i & 0xFF);
  }
  return bytes;
}

Buffer text(const std::string& characters) { return Buffer(characters.begin(), characters.end()); }

}  // namespace

TEST_CASE("Fletcher64, vectors of the label specification 2.3") {
  CHECK(fletcher64({}) == 0);
  CHECK(fletcher64(Buffer(4, 0)) == 0);
  CHECK(fletcher64(words({1})) == 0x0000000100000001);
  CHECK(fletcher64(words({1, 2, 3})) == 0x0000000a00000006);
  CHECK(fletcher64(words({1, 2, 3, 0})) == 0x0000001000000006);
  CHECK(fletcher64(Buffer(8, 0xFF)) == 0xfffffffdfffffffe);
  CHECK(fletcher64(text("abcdefgh")) == 0x312e2b27cccac8c6);
  CHECK(fletcher64(text("abcdefghxyzzy")) == 0x78736d654745423e);
  CHECK(fletcher64(counting(256)) == 0x9d754a80601fdf80);
  CHECK(fletcher64(Buffer(256, 0xFF)) == 0xfffff7e0ffffffc0);
}

TEST_CASE("Fletcher64, vectors F-1 to F-3c of the BTT specification 2.3") {
  CHECK(fletcher64(Buffer(4096, 0)) == 0);
  CHECK(fletcher64(counting(16)) == 0x463C322824201C18);
  CHECK(fletcher64(Buffer(8, 0xFF)) == 0xFFFFFFFDFFFFFFFE);
  CHECK(fletcher64(counting(4096)) == 0x9385A80001FDF800);
  CHECK(fletcher64(counting(4096), 4088, 8) == 0x9B90B6140604000C);
}

TEST_CASE("GUID byte orders, table of the label specification 2.8") {
  const std::string text_form = "00112233-4455-6677-8899-aabbccddeeff";
  Buffer in_order(16);
  put_hex(in_order, 0, "00112233445566778899aabbccddeeff");
  Buffer mixed(16);
  put_hex(mixed, 0, "33221100554477668899aabbccddeeff");
  CHECK(guid_text(in_order, GuidOrder::text) == text_form);
  CHECK(guid_text(mixed, GuidOrder::mixed) == text_form);
  CHECK(same_bytes(guid_bytes(text_form, GuidOrder::text), in_order));
  CHECK(same_bytes(guid_bytes(text_form, GuidOrder::mixed), mixed));
  CHECK(guid_text(Bytes(mixed).first(15), GuidOrder::text).empty());
}

TEST_CASE("known GUIDs as bytes on media") {
  struct Row {
    GuidKind kind;
    const char* name;
    const char* bytes;
  };
  // labels.md 2.8, column "bytes, mixed-endian".
  const Row rows[] = {
      {GuidKind::range_type, "pm", "79 d3 f0 66 f3 b4 74 40 ac 43 0d 33 18 b7 8c db"},
      {GuidKind::range_type, "volatile", "4f 94 05 73 da fd e3 44 b1 6c 3f 22 d2 52 e5 d0"},
      {GuidKind::range_type, "control_region", "f601f792b4135d40910b299367e8234c"},
      {GuidKind::range_type, "block_data_window", "3005af91865d0e47a6b00a2db9408249"},
      {GuidKind::range_type, "volatile_virtual_disk", "5a53ab77fc454b625560f7b281d1f96e"},
      {GuidKind::range_type, "volatile_virtual_cd", "30bd5a3d7541ce876d64d2ade523c4bb"},
      {GuidKind::range_type, "persistent_virtual_disk", "c902ea5c074dd369269f4496fbe096f9"},
      {GuidKind::range_type, "persistent_virtual_cd", "88810108cd4248bb100f5387d53ded3d"},
      {GuidKind::abstraction, "btt", "a263ed8aa229664c8b12f05d15d3922a"},
      {GuidKind::abstraction, "btt2", "fc3b6318351717428ac917239282d3f8"},
      {GuidKind::abstraction, "pfn", "ba0064269ffb7746bcb0968f11d0d225"},
      {GuidKind::abstraction, "dax", "9c6da897dd3cda4e986f5068b4f80088"},
  };
  for (const Row& row : rows) {
    Buffer bytes(16);
    put_hex(bytes, 0, row.bytes);
    CHECK(known_guid_name(bytes, row.kind, GuidOrder::mixed) == row.name);
  }
  Buffer region(16);
  put_hex(region, 0, "52 9d 7c 61 da 07 47 c4 a9 3f ec df 2c 06 f4 44");
  CHECK(known_guid_name(region, GuidKind::cxl_label, GuidOrder::text) == "cxl_region");
  Buffer space(16);
  put_hex(space, 0, "68 bb 2c 0a 5a 77 49 37 9f 85 3c af 41 a0 f9 3c");
  CHECK(known_guid_name(space, GuidKind::cxl_label, GuidOrder::text) == "cxl_namespace");
  CHECK(known_guids().size() == 14);
}
