// SPDX-License-Identifier: BSD-3-Clause
#include <ndmedic/format/place.h>

#include <doctest/doctest.h>

#include <cstdint>
#include <random>
#include <string>
#include <string_view>

using namespace ndmedic;

namespace {

Place parsed(std::string_view text) {
  const auto place = parse_place(text);
  CAPTURE(text);
  REQUIRE(place.has_value());
  return *place;
}

constexpr std::string_view uuid = "00112233-4455-6677-8899-aabbccddeeff";

}  // namespace

TEST_CASE("every form of PLACE is read and printed as it stands") {
  for (const char* text : {"image",
                           "d0",
                           "d17",
                           "labels",
                           "d1/labels",
                           "labels/index0",
                           "labels/index1",
                           "d3/labels/index1.seq",
                           "labels/slot/0",
                           "labels/slot/511.dpa",
                           "labels/slot/3..9",
                           "ns/0",
                           "ns/4294967295",
                           "ns/0/info",
                           "ns/2/info.nfree",
                           "ns/0/backup",
                           "d2/ns/1/backup.checksum",
                           "ns/0/arena0",
                           "ns/0/arena7/info",
                           "ns/0/arena1/info.mapoff",
                           "ns/0/arena1/backup",
                           "ns/0/arena0/flog/0",
                           "ns/0/arena0/flog/255.A",
                           "ns/0/arena0/flog/255.B",
                           "ns/0/arena0/flog/7.A.seq",
                           "ns/0/arena0/flog/7.B.old_map",
                           "ns/0/arena0/flog/1..5",
                           "ns/0/arena0/flog/1..5.B",
                           "ns/0/arena0/flog/1..5.B.seq",
                           "ns/0/arena0/map/0",
                           "ns/0/arena0/map/5..4294967295",
                           "ns/0/arena0/block/12",
                           "ns/0/arena0/block/12..13",
                           "pool/header",
                           "pool/header.incompat",
                           "pool/desc",
                           "d0/pool/desc.bsize",
                           "nfit/0",
                           "nfit/12.serial_number",
                           "nfit/header",
                           "nfit/header.checksum",
                           "@0x0+4096",
                           "d1/@0x1000+1",
                           "@0xffffffffffffffff+0"}) {
    CAPTURE(text);
    CHECK(to_string(parsed(text)) == text);
  }
  const std::string by_uuid = "ns/" + std::string(uuid) + "/arena0/map/1..2";
  CHECK(to_string(parsed(by_uuid)) == by_uuid);
}

TEST_CASE("the parts of a PLACE arrive where they belong") {
  const Place entry = parsed("d2/ns/3/arena1/flog/7..9.B.seq");
  CHECK(entry.kind == PlaceKind::flog_entry);
  CHECK(entry.device == 2U);
  CHECK(entry.ns == NamespaceSelector{std::uint32_t{3}});
  CHECK(entry.arena == 1);
  CHECK(entry.first == 7);
  CHECK(entry.last == 9);
  CHECK(entry.entry_b);
  CHECK(entry.field == "seq");

  const Place slot = parsed("labels/slot/5");
  CHECK_FALSE(slot.device.has_value());
  CHECK(slot.first == 5);
  CHECK(slot.last == 5);
  CHECK(slot.field.empty());
  CHECK(parsed("labels/slot/5..5") == slot);
  CHECK(parsed("labels/index1").first == 1);
  CHECK(parsed("nfit/header").nfit_header);
  CHECK(parsed("d4").kind == PlaceKind::device);
  CHECK_FALSE(parsed("image").device.has_value());

  const Place by_uuid = parsed("ns/" + std::string(uuid));
  CHECK(by_uuid.ns ==
        NamespaceSelector{guid_literal("00112233-4455-6677-8899-aabbccddeeff", GuidOrder::text)});
}

TEST_CASE("numbers are decimal or 0x, lengths may have a power of 1024") {
  CHECK(parsed("labels/slot/0x1F") == parsed("labels/slot/31"));
  CHECK(parsed("@4096+0x10") == parsed("@0x1000+16"));
  CHECK(parsed("@0+4K").last == 4096);
  CHECK(parsed("@0+4KiB").last == 4096);
  CHECK(parsed("@0+3M").last == 3 << 20);
  CHECK(parsed("@0+2GiB").last == std::uint64_t{2} << 30);
  CHECK(parsed("@0+1T").last == std::uint64_t{1} << 40);
}

TEST_CASE("an error names the characters that are wrong and what was expected") {
  struct Case {
    std::string_view text;
    std::uint64_t offset;
    std::uint64_t size;
    std::string_view what;
  };
  const std::string_view begin = "dN/, image, labels, ns/, pool/, nfit/ or @OFFSET+LEN";
  for (const Case& c : {
           Case{"", 0, 0, begin},
           Case{"map/0", 0, 3, begin},
           Case{"d", 0, 1, begin},
           Case{"images", 0, 6, begin},
           Case{"d0/", 3, 0, begin},
           Case{"d0/image", 3, 5, begin},
           Case{"d0y", 2, 1, "'/' after the device"},
           Case{"d0x", 1, 2, "the number of a device"},
           Case{"d4294967296/labels", 1, 10, "a smaller number"},
           Case{"image/labels", 5, 7, "the end of the place"},
           Case{"labelsx", 0, 7, begin},
           Case{"labels.uuid", 6, 1, "'/' after labels"},
           Case{"labels/index2", 7, 6, "index0, index1 or slot/K"},
           Case{"labels/index01", 7, 7, "index0, index1 or slot/K"},
           Case{"labels/slot/", 12, 0, "the number of a slot"},
           Case{"labels/slot/x.dpa", 12, 1, "the number of a slot"},
           Case{"labels/slot/-1", 12, 2, "the number of a slot"},
           Case{"labels/slot/99999999999", 12, 11, "a smaller number"},
           Case{"labels/slot/99999999999999999999999", 12, 23, "a smaller number"},
           Case{"labels/slot/5..", 15, 0, "the number of a slot"},
           Case{"labels/slot/5..4", 15, 1, "a last number that is not below the first"},
           Case{"labels/slot/5.", 14, 0, "the name of a field"},
           Case{"labels/slot/5.dpa.x", 17, 2, "the end of the place"},
           Case{"labels/slot/5/x", 13, 2, "the end of the place"},
           Case{"labels/slot/0x", 12, 2, "the number of a slot"},
           Case{"ns/", 3, 0, "the index or the uuid of a namespace"},
           Case{"ns/pm0/info", 3, 3, "the index or the uuid of a namespace"},
           Case{"ns/0011-2233/info", 3, 9, "a uuid"},
           Case{"ns/0.info", 4, 1, "'/' after the namespace"},
           Case{"ns/0/infos", 5, 5, "info, backup or arenaN"},
           Case{"ns/0/arena", 10, 0, "the number of an arena"},
           Case{"ns/0/arena0.x", 11, 1, "'/' after the arena"},
           Case{"ns/0/arena0/log/1", 12, 3,
                "info, backup, flog/LANE, map/FIRST[..LAST] or block/N"},
           Case{"ns/0/arena0/flog/A", 17, 1, "the number of a lane"},
           Case{"ns/0/arena0/map/", 16, 0, "the number of a map entry"},
           Case{"ns/0/arena0/block/q", 18, 1, "the number of a block"},
           Case{"pool/info", 5, 4, "header or desc"},
           Case{"pool/descr", 5, 5, "header or desc"},
           Case{"nfit/", 5, 0, "header or the number of a structure"},
           Case{"@", 1, 0, "an offset in bytes"},
           Case{"@12", 3, 0, "'+' and a length"},
           Case{"@12+", 4, 0, "a length in bytes"},
           Case{"@12+5.x", 5, 2, "the end of the place"},
           Case{"@0+17179869184G", 3, 12, "a smaller number"},
           Case{"@0xffffffffffffffff+1", 20, 1, "a range that ends below 2^64"},
           Case{"@18446744073709551616+1", 1, 20, "a smaller number"},
       }) {
    CAPTURE(c.text);
    const auto place = parse_place(c.text);
    REQUIRE_FALSE(place.has_value());
    CHECK(place.error().code == Errc::invalid);
    CHECK(place.error().where.offset == c.offset);
    CHECK(place.error().where.size == c.size);
    CHECK(place.error().what == c.what);
  }
}

TEST_CASE("a PLACE of a finding whose last was never set prints as one item") {
  Place place;
  place.kind = PlaceKind::map;
  place.first = 9;
  CHECK(to_string(place) == "ns/0/arena0/map/9");
}

TEST_CASE("any text is read or refused within itself, and what is read prints to the same place") {
  const std::string_view pieces[] = {"d1/",   "labels", "/",  "slot/", "index0", "ns/", "0",
                                     "arena", "flog/",  ".A", "..",    "7",      ".",   "seq",
                                     "map/",  "block/", "@",  "+",     "0x",     "K",   "nfit/",
                                     "pool/", "header", "\n", "\xff",  "info",   "-"};
  std::mt19937 random(1);
  unsigned read = 0;
  for (int i = 0; i < 50000; ++i) {
    std::string text;
    for (std::uint32_t n = random() % 8 + 1; n > 0; --n)
      text += pieces[random() % std::size(pieces)];
    const auto place = parse_place(text);
    if (!place) {
      CHECK(place.error().where.offset <= text.size());
      CHECK(place.error().where.offset + place.error().where.size <= text.size());
      continue;
    }
    ++read;
    CAPTURE(text);
    CHECK(parsed(to_string(*place)) == *place);
  }
  CHECK(read > 20);
}
