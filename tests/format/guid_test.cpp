// SPDX-License-Identifier: BSD-3-Clause
// GUID text and byte orders against the table of labels.md 2.8.
#include <ndmedic/format/guid.h>

#include <array>
#include <set>
#include <string_view>

#include <doctest/doctest.h>

#include <ndmedic/format/codec.h>

#include "hex.h"

namespace ndmedic {
namespace {

struct Row {
  std::string_view published;
  std::string_view bytes_efi;
  std::string_view printed_by_ndctl;
};

constexpr std::array table_2_8 = {
    Row{"66f0d379-b4f3-4074-ac43-0d3318b78cdb", "79d3f066f3b47440ac430d3318b78cdb",
        "79d3f066-f3b4-7440-ac43-0d3318b78cdb"},
    Row{"7305944f-fdda-44e3-b16c-3f22d252e5d0", "4f940573dafde344b16c3f22d252e5d0",
        "4f940573-dafd-e344-b16c-3f22d252e5d0"},
    Row{"92f701f6-13b4-405d-910b-299367e8234c", "f601f792b4135d40910b299367e8234c",
        "f601f792-b413-5d40-910b-299367e8234c"},
    Row{"91af0530-5d86-470e-a6b0-0a2db9408249", "3005af91865d0e47a6b00a2db9408249",
        "3005af91-865d-0e47-a6b0-0a2db9408249"},
    Row{"77ab535a-45fc-624b-5560-f7b281d1f96e", "5a53ab77fc454b625560f7b281d1f96e",
        "5a53ab77-fc45-4b62-5560-f7b281d1f96e"},
    Row{"3d5abd30-4175-87ce-6d64-d2ade523c4bb", "30bd5a3d7541ce876d64d2ade523c4bb",
        "30bd5a3d-7541-ce87-6d64-d2ade523c4bb"},
    Row{"5cea02c9-4d07-69d3-269f-4496fbe096f9", "c902ea5c074dd369269f4496fbe096f9",
        "c902ea5c-074d-d369-269f-4496fbe096f9"},
    Row{"08018188-42cd-bb48-100f-5387d53ded3d", "88810108cd4248bb100f5387d53ded3d",
        "88810108-cd42-48bb-100f-5387d53ded3d"},
    Row{"8aed63a2-29a2-4c66-8b12-f05d15d3922a", "a263ed8aa229664c8b12f05d15d3922a",
        "a263ed8a-a229-664c-8b12-f05d15d3922a"},
    Row{"18633bfc-1735-4217-8ac9-17239282d3f8", "fc3b6318351717428ac917239282d3f8",
        "fc3b6318-3517-1742-8ac9-17239282d3f8"},
    Row{"266400ba-fb9f-4677-bcb0-968f11d0d225", "ba0064269ffb7746bcb0968f11d0d225",
        "ba006426-9ffb-7746-bcb0-968f11d0d225"},
    Row{"97a86d9c-3cdd-4eda-986f-5068b4f80088", "9c6da897dd3cda4e986f5068b4f80088",
        "9c6da897-dd3c-da4e-986f-5068b4f80088"},
};

Guid from_hex(std::string_view text) { return decode<Guid>(test::hex(text)); }

TEST_CASE("every published GUID has the bytes and the two spellings of the table") {
  for (const Row& row : table_2_8) {
    const Guid on_media = from_hex(row.bytes_efi);
    CHECK(parse_guid(row.published, GuidOrder::efi) == on_media);
    CHECK(to_string(on_media, GuidOrder::efi) == row.published);
    CHECK(to_string(on_media, GuidOrder::text) == row.printed_by_ndctl);
    CHECK(parse_guid(row.printed_by_ndctl, GuidOrder::text) == on_media);
    CHECK(parse_guid(row.published, GuidOrder::text) == swapped(on_media));
  }
}

TEST_CASE("the published GUIDs are known in the order they are read in, and in no other") {
  std::set<std::string_view> names;
  for (const Row& row : table_2_8) {
    const Guid on_media = from_hex(row.bytes_efi);
    const KnownGuid* known = find_known(on_media, GuidOrder::efi);
    REQUIRE(known != nullptr);
    CHECK(known->bytes_efi == on_media);
    CHECK(find_known(swapped(on_media), GuidOrder::text) == known);
    CHECK(find_known(on_media, GuidOrder::text) == nullptr);
    CHECK(find_known(swapped(on_media), GuidOrder::efi) == nullptr);
    names.insert(known->name);
  }
  CHECK(known_guids().size() == table_2_8.size());
  CHECK(names.size() == table_2_8.size());
  CHECK(find_known(guids::btt2, GuidOrder::efi)->name == "btt2");
  CHECK(find_known(Guid{}, GuidOrder::efi) == nullptr);
}

TEST_CASE("the label types of CXL stand in text order on the media") {
  CHECK(guids::cxl_region == from_hex("529d7c61da0747c4a93fecdf2c06f444"));
  CHECK(guids::cxl_namespace == from_hex("68bb2c0a5a7749379f853caf41a0f93c"));
}

TEST_CASE("the two orders of one text are those of the specification") {
  constexpr std::string_view text = "00112233-4455-6677-8899-aabbccddeeff";
  CHECK(parse_guid(text, GuidOrder::text) == from_hex("00112233445566778899aabbccddeeff"));
  CHECK(parse_guid(text, GuidOrder::efi) == from_hex("33221100554477668899aabbccddeeff"));
}

TEST_CASE("upper case is read and lower case is written") {
  const auto guid = parse_guid("66F0D379-B4F3-4074-AC43-0D3318B78CDB", GuidOrder::efi);
  CHECK(guid == guids::pm);
  CHECK(to_string(*guid, GuidOrder::efi) == "66f0d379-b4f3-4074-ac43-0d3318b78cdb");
}

TEST_CASE("any other form of text is refused") {
  using namespace std::string_view_literals;
  for (const std::string_view text :
       {""sv, "66f0d379"sv, "66f0d379-b4f3-4074-ac43-0d3318b78cd"sv,
        "66f0d379-b4f3-4074-ac43-0d3318b78cdb0"sv, "66f0d379b4f34074ac430d3318b78cdb"sv,
        "{66f0d379-b4f3-4074-ac43-0d3318b78cdb}"sv, "66f0d379-b4f3-4074-ac43 0d3318b78cdb"sv,
        "66f0d37-9b4f3-4074-ac43-0d3318b78cdb"sv, "66f0d379-b4f3-4074-ac43-0d3318b78cdg"sv,
        "66f0d379-b4f3-4074-ac43-0d3318b78c b"sv, "66f0d379-b4f3-4074-ac43-0d3318b78c-b"sv,
        "6\0f0d379-b4f3-4074-ac43-0d3318b78cdb"sv, " 6f0d379-b4f3-4074-ac43-0d3318b78cdb"sv,
        "0x66f0d3-b4f3-4074-ac43-0d3318b78cdb"sv, "@6f0d379-b4f3-4074-ac43-0d3318b78cdb"sv,
        "`6f0d379-b4f3-4074-ac43-0d3318b78cdb"sv, "/6f0d379-b4f3-4074-ac43-0d3318b78cdb"sv,
        ":6f0d379-b4f3-4074-ac43-0d3318b78cdb"sv, "G6f0d379-b4f3-4074-ac43-0d3318b78cdb"sv})
    CHECK_MESSAGE(!parse_guid(text, GuidOrder::text), text);
}

TEST_CASE("only 16 zero bytes are the null GUID") {
  CHECK(Guid{}.is_null());
  for (std::size_t at = 0; at < 16; ++at) {
    Guid guid;
    guid.bytes[at] = 1;
    CHECK_FALSE(guid.is_null());
  }
}

}  // namespace
}  // namespace ndmedic
