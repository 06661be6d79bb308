// SPDX-License-Identifier: BSD-3-Clause
// Fields of structures as text and as JSON: what every kind of field becomes, and what hostile
// bytes become.
#include <doctest/doctest.h>

#include <array>
#include <cstring>

#include <ndmedic/cli/field_text.h>
#include <ndmedic/cli/json_fields.h>
#include <ndmedic/format/codec.h>
#include <ndmedic/format/label.h>

namespace ndmedic::cli {
namespace {

void put(Label256& label, std::size_t offset, std::string_view bytes) {
  std::memcpy(writable_bytes_of(label).subspan(offset).data(), bytes.data(), bytes.size());
}

Label256 label() {
  using namespace std::string_view_literals;
  Label256 label{};
  put(label, 0, "\x11\x22\x33\x44\x55\x66\x77\x88\x99\xaa\xbb\xcc\xdd\xee\xff\x00"sv);
  put(label, 16, "disk"sv);
  label.flags = Le32(0x48);
  label.nlabel = Le16(2);
  label.isetcookie = Le64(0xffffffffffffffff);
  put(label, 128, "\x79\xd3\xf0\x66\xf3\xb4\x74\x40\xac\x43\x0d\x33\x18\xb7\x8c\xdb"sv);
  label.checksum = Le64(0x12);
  return label;
}

Json json_of(const Label256& label) { return structure_json(label256_structure, bytes_of(label)); }

std::string text_of(const Label256& label, std::string_view field) {
  return field_text(*find_field(label256_fields, field), bytes_of(label));
}

TEST_CASE(
    "JSON has integers, twins for 64 bits, GUIDs in their text form, no zero reserved bytes") {
  const Json json = json_of(label());
  CHECK(json["uuid"] == "11223344-5566-7788-99aa-bbccddeeff00");
  CHECK(json["type_guid"] == "66f0d379-b4f3-4074-ac43-0d3318b78cdb");
  CHECK(json["name"] == "disk");
  CHECK(json["flags"] == 72);
  CHECK(json["isetcookie"] == 18446744073709551615ULL);
  CHECK(json["isetcookie_hex"] == "0xffffffffffffffff");
  CHECK(json["checksum_hex"] == "0x12");
  CHECK_FALSE(json.contains("flags_hex"));
  CHECK_FALSE(json.contains("name_bytes"));
  CHECK_FALSE(json.contains("reserved"));
}

TEST_CASE("reserved bytes that are not zero are in the JSON") {
  Label256 odd = label();
  odd.reserved[1] = 0xAB;
  CHECK(json_of(odd)["reserved"] == "00ab00");
  CHECK(text_of(odd, "reserved") == "00ab00");
  CHECK(text_of(label(), "reserved") == "zero");
}

TEST_CASE("text that is not UTF-8 is replaced and has its bytes beside it") {
  Label256 odd = label();
  put(odd, 16, "a\xff\xc3\xa9");
  const Json json = json_of(odd);
  CHECK(json["name"] == "a\xEF\xBF\xBD\xC3\xA9");
  CHECK(json["name_bytes"].get<std::string>().starts_with("61ffc3a900"));
  CHECK(json["name_bytes"].get<std::string>().size() == 128);
}

TEST_CASE("bytes behind the NUL of a text are not lost") {
  Label256 odd = label();
  odd.name[63] = 'x';
  CHECK(json_of(odd)["name"] == "disk");
  CHECK(json_of(odd)["name_bytes"].get<std::string>().ends_with("78"));
  CHECK(text_of(odd, "name") == "\"disk\" and bytes behind the NUL");
}

TEST_CASE("text from media cannot drive a terminal") {
  Label256 odd = label();
  put(odd, 16, "\x1b[31m\n");
  CHECK(text_of(odd, "name") == "\"\\x1b[31m\\x0a\"");
}

TEST_CASE("text shows flags and GUIDs by name") {
  CHECK(text_of(label(), "flags") == "0x48 (UPDATING, 0x40)");
  CHECK(text_of(label(), "nlabel") == "2");
  CHECK(text_of(label(), "isetcookie") == "0xffffffffffffffff");
  CHECK(text_of(label(), "checksum") == "0x0000000000000012");
  CHECK(text_of(label(), "type_guid") == "66f0d379-b4f3-4074-ac43-0d3318b78cdb (pm)");
  CHECK(text_of(label(), "abstraction_guid") == "00000000-0000-0000-0000-000000000000 (null)");
  Label256 none = label();
  none.flags = Le32(0);
  CHECK(text_of(none, "flags") == "0x0");
  none.flags = Le32(0x40);
  CHECK(text_of(none, "flags") == "0x40");
}

}  // namespace
}  // namespace ndmedic::cli
