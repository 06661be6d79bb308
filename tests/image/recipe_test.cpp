// SPDX-License-Identifier: BSD-3-Clause
// Recipes: what their statements leave on the media, against the worked values of the
// specification; errors with their line; and every recipe under corpora/.
#include <ndmedic/image/recipe.h>

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include <ndmedic/format/btt_flog.h>
#include <ndmedic/format/btt_info.h>
#include <ndmedic/format/pfn_info.h>
#include <ndmedic/format/place.h>

namespace ndmedic {
namespace {

RecipeMedia made(std::string_view recipe) {
  auto result = make_media(recipe);
  if (!result) {
    CAPTURE(result.error().where.offset);
    CAPTURE(result.error().what);
    FAIL("the recipe makes no media");
  }
  return std::move(*result);
}

std::uint64_t number(const RecipeMedia& media, std::string_view place) {
  CAPTURE(place);
  const auto target = locate(media.places, *parse_place(place));
  REQUIRE(target);
  std::vector<std::byte> bytes(target->range.size);
  REQUIRE(target->media->read(target->range.offset, bytes));
  REQUIRE(bytes.size() <= 8);
  std::uint64_t value = 0;
  for (std::size_t i = bytes.size(); i-- > 0;)
    value = value << 8 | std::to_integer<unsigned>(bytes[i]);
  return value;
}

std::vector<std::byte> content(const Media& media) {
  std::vector<std::byte> bytes(media.size());
  REQUIRE(media.read(0, bytes));
  return bytes;
}

std::string file_text(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

constexpr std::string_view vector_uuids =
    " uuid 00112233-4455-6677-8899-aabbccddeeff parent 01234567-89ab-cdef-0123-456789abcdef\n";

TEST_CASE("fresh index blocks have the checksums of labels.md 2.3") {
  struct Row {
    const char* recipe;
    std::uint64_t first;
    std::uint64_t second;
  };
  constexpr Row rows[] = {
      {"dimm 1M version 1.1", 0xdb634621e7313e0a, 0xdb6349e6e7313e09},
      {"dimm 1M version 1.1 tail64", 0xeb634621d7313e0a, 0xeb6349e6d7313e09},
      {"dimm 1M", 0xe793e3ed18323c1c, 0xe793e7b218323c1b},
      {"dimm 1M tail64", 0x2793e3edd8323c1c, 0x2793e7b2d8323c1b},
      {"lsa 128K", 0xe762e41e18313c1d, 0xe762e7e318313c1c},
  };
  for (const Row& row : rows) {
    CAPTURE(row.recipe);
    const RecipeMedia media = made(row.recipe);
    CHECK(number(media, "labels/index0.checksum") == row.first);
    CHECK(number(media, "labels/index1.checksum") == row.second);
  }
  CHECK(number(made("dimm 1M label-size 1M"), "labels/index0.checksum") == 0xfcc12a4ddc3251a8);
}

TEST_CASE("the first namespace of an area ends in slot 1, its UPDATING copy stays in slot 0") {
  const RecipeMedia media = made("dimm 64M\nnamespace raw size 16M name data\n");
  CHECK(number(media, "labels/index0.seq") == 2);
  CHECK(number(media, "labels/index1.seq") == 1);
  CHECK(number(media, "labels/index0.checksum") == 0xe793e35618323c19);  // slot 1 in use
  CHECK(number(media, "labels/slot/0.flags") == 8);
  CHECK(number(media, "labels/slot/1.flags") == 0);
  CHECK(number(media, "labels/slot/1.slot") == 1);
  CHECK(number(media, "labels/slot/1.isetcookie") == 0x00ba90120012b4dc);
  CHECK(number(media, "labels/slot/2.rawsize") == 0);
}

TEST_CASE("labels have the checksums of the worked examples") {
  constexpr std::string_view label =
      "dimm 256M\nnamespace raw size 256M name data uuid 01234567-89ab-cdef-0123-456789abcdef\n";
  const RecipeMedia raw = made(std::string(label) + "set labels/slot/1.slot = 0\n");
  CHECK(number(raw, "labels/slot/1.checksum") == 0xba9b37dcd666c897);
  CHECK(number(raw, "labels/slot/0.checksum") == 0xba9b393cd666c89f);  // UPDATING
  const RecipeMedia btt = made(
      "dimm 512M\nnamespace sector 4096 size 256M dpa 16M name data uuid "
      "01234567-89ab-cdef-0123-456789abcdef\nset labels/slot/1.slot = 3\n");
  CHECK(number(btt, "labels/slot/1.checksum") == 0x60f9a2af4dcc75e7);
  const RecipeMedia cxl = made(
      "lsa 128K\nregion size 1G hpa 0x100000000 uuid fedcba98-7654-3210-fedc-ba9876543210\n"
      "namespace raw size 256M name data uuid 01234567-89ab-cdef-0123-456789abcdef\n"
      "set labels/slot/1.slot = 0\nset labels/slot/2.slot = 1\nset labels/slot/2.lbasize = 0\n");
  CHECK(number(cxl, "labels/slot/1.checksum") == 0x12ef4984dc7e4deb);
  CHECK(number(cxl, "labels/slot/2.checksum") == 0xbbf941049f20ba04);
}

TEST_CASE("cookies are those of QEMU's slots, and a CXL device's by its serial number") {
  CHECK(number(made("dimm 16M slot 2\nnamespace raw size 16M"), "labels/slot/1.isetcookie") ==
        0x00ba90260012b4de);
  CHECK(number(made("dimm 16M slot 1 version 1.1\nnamespace raw size 16M"),
               "labels/slot/1.isetcookie") == 0x002468ae00123457);
  CHECK(number(made("lsa 128K version 1.2 serial 0x1000\nnamespace raw size 16M"),
               "labels/slot/1.isetcookie") == 0x0000200000001000);
  // What Linux computed for DIMMs 0 and 1 with region offsets 0 and 0x1000.
  CHECK(number(made("dimm 16M ways 2\nnamespace raw size 16M"), "d1/labels/slot/1.isetcookie") ==
        0x02565a7e002579b9);
}

TEST_CASE("info blocks have the checksums of the worked examples") {
  auto arena = [](std::string_view geometry) {
    return made(std::string("arena ").append(geometry).append(vector_uuids));
  };
  CHECK(number(arena("16M sector 512"), "ns/0/arena0/info.checksum") == 0xE65D74331329414C);
  CHECK(number(arena("64M sector 4096"), "ns/0/backup.checksum") == 0xFEC4A4531C29DF8A);
  CHECK(number(arena("64M sector 4096 version 1.1"), "ns/0/info.checksum") == 0x01FC78801C2AAF87);
  const RecipeMedia two = arena("1T sector 4096");
  CHECK(number(two, "ns/0/arena0/info.checksum") == 0x4840CBC4002E62A5);
  CHECK(number(two, "ns/0/arena1/backup.checksum") == 0x483ED644002E6225);
  const RecipeMedia pool = made(
      "pool 17M block 512\n"
      "set ns/0/info.uuid = 00112233-4455-6677-8899-aabbccddeeff\n"
      "set ns/0/info.parent_uuid = 01234567-89ab-cdef-0123-456789abcdef\n");
  CHECK(number(pool, "ns/0/info.checksum") == 0xA3BB34401359D10B);
}

TEST_CASE("PFN blocks are those that ndctl and kata-containers write") {
  const RecipeMedia fsdax = made("bare 1G fsdax uuid 00112233-4455-6677-8899-aabbccddeeff\n");
  CHECK(number(fsdax, "ns/0/info.checksum") == 0x72608D344ABC140A);
  CHECK(number(fsdax, "ns/0/info.npfns") == 257536);
  const std::string kata = file_text(NDMEDIC_SOURCE_DIR "/corpora/pfn/kata/recipe");
  CHECK(number(made(kata), "ns/0/info.checksum") == 0x685B032BE3943830);
}

TEST_CASE("an NFIT of single DIMMs is QEMU's, byte by byte") {
  const std::string qemu = file_text(NDMEDIC_SOURCE_DIR "/corpora/real/nfit-2dimm/nfit.bin");
  REQUIRE(qemu.size() == 408);
  const std::vector<std::byte> table = content(*made("nfit qemu 2 64M").devices[0]);
  CHECK(std::ranges::equal(table, std::as_bytes(std::span(qemu))));
  const std::vector<std::byte> fit =
      content(*made("dimm 64M\ndimm 64M slot 1\nnfit no-header").devices[2]);
  CHECK(std::ranges::equal(fit, std::as_bytes(std::span(qemu)).subspan(40)));
}

TEST_CASE("a fresh flog has one entry a lane, in slot A") {
  const RecipeMedia btt = made("arena 16M sector 512");
  CHECK(number(btt, "ns/0/arena0/flog/255.A.lba") == 255);
  CHECK(number(btt, "ns/0/arena0/flog/255.A.old_map") == 32202 + 255);
  CHECK(number(btt, "ns/0/arena0/flog/255.A.new_map") == 32202 + 255);
  CHECK(number(btt, "ns/0/arena0/flog/255.A.seq") == 1);
  CHECK(number(btt, "ns/0/arena0/flog/255.B.seq") == 0);
  CHECK(number(made("pool 17M block 512"), "ns/0/arena0/flog/0.A.old_map") == 0x800085AA);
}

TEST_CASE("writes to a pool leave the trace of btt.md 2.7") {
  const RecipeMedia pool = made(
      "pool 17M block 512\nwrite 5 lane 0\nwrite 5 lane 1\nwrite 7 lane 2\n"
      "set ns/0/arena0/map/5 = 0x800085AB\nset ns/0/arena0/map/7 = 0x400085AC\n"
      "write 5 lane 0\nwrite 7 lane 1\nwrite 0 lane 3\n");
  CHECK(number(pool, "ns/0/arena0/flog/1.B.old_map") == 0xC00085AA);
  CHECK(number(pool, "ns/0/arena0/flog/1.B.new_map") == 0xC00085AB);
  CHECK(number(pool, "ns/0/arena0/flog/0.A.old_map") == 0x800085AB);
  CHECK(number(pool, "ns/0/arena0/flog/0.A.new_map") == 0xC0000005);
  CHECK(number(pool, "ns/0/arena0/flog/0.A.seq") == 3);
  CHECK(number(pool, "ns/0/arena0/flog/1.A.old_map") == 0x400085AC);
  CHECK(number(pool, "ns/0/arena0/flog/3.B.old_map") == 0xC0000000);
  CHECK(number(pool, "ns/0/arena0/map/5") == 0xC0000005);
  CHECK(number(pool, "ns/0/arena0/map/7") == 0xC00085AA);
  CHECK(number(pool, "ns/0/arena0/map/0") == 0xC00085AD);
}

TEST_CASE("a write of Linux logs plain blocks, and bit 30 for a block in error state") {
  const RecipeMedia btt = made(
      "arena 16M sector 512\nset ns/0/arena0/map/9 = 0x40000009\n"
      "write 9 lane 1 fill 0x99\nwrite 5 lane 2 fill 0x55\n");
  CHECK(number(btt, "ns/0/arena0/flog/1.B.old_map") == 0x40000009);
  CHECK(number(btt, "ns/0/arena0/flog/1.B.new_map") == 32203);
  CHECK(number(btt, "ns/0/arena0/flog/2.B.old_map") == 5);
  CHECK(number(btt, "ns/0/arena0/map/5") == (0xC0000000 | 32204));
  CHECK(number(btt, "@0xfcd000+1") == 0);
  CHECK(number(btt, "@" + std::to_string(0x1000 + 32204 * 512 + 511) + "+1") == 0x55);
}

TEST_CASE("an interrupted write stops before the map, or in the middle of the flog entry") {
  const RecipeMedia pending = made("arena 16M sector 512\nwrite 5 lane 3 pending\n");
  CHECK(number(pending, "ns/0/arena0/flog/3.B.seq") == 2);
  CHECK(number(pending, "ns/0/arena0/map/5") == 0);
  const RecipeMedia half = made("arena 16M sector 512\nwrite 5 lane 3 half\n");
  CHECK(number(half, "ns/0/arena0/flog/3.B.lba") == 5);
  CHECK(number(half, "ns/0/arena0/flog/3.B.old_map") == 5);
  CHECK(number(half, "ns/0/arena0/flog/3.B.new_map") == 0);
  CHECK(number(half, "ns/0/arena0/flog/3.B.seq") == 0);
}

TEST_CASE("a namespace over two DIMMs is interleaved in turns of 4096 bytes") {
  const RecipeMedia set = made(
      "dimm 16M ways 2\nnamespace sector 4096 size 32M empty\n"
      "bytes d0/@0x1000+1 = 11\nbytes d1/@0x1000+1 = 22\n");
  const std::vector<std::byte> bytes = content(*set.places.namespaces[0].media);
  CHECK(bytes[0x2000] == std::byte{0x11});
  CHECK(bytes[0x3000] == std::byte{0x22});
}

TEST_CASE("set takes numbers, texts, uuids in the field's byte order, and places") {
  const RecipeMedia media = made(
      "dimm 16M\nnamespace raw size 16M\nset labels/slot/1.name = \"two # words\"\n"
      "set labels/slot/1.rawsize = 2M\nset labels/slot/1.lbasize = labels/slot/1.rawsize\n"
      "set labels/slot/1.type_guid = 00112233-4455-6677-8899-aabbccddeeff\n"
      "set labels/slot/1.uuid = 00112233-4455-6677-8899-aabbccddeeff\n");
  CHECK(number(media, "labels/slot/1.lbasize") == 0x200000);
  CHECK(number(media, "@0x1000390+4") == 0);
  const std::vector<std::byte> area = content(*media.places.devices[0].labels);
  CHECK(area[768 + 16] == std::byte{'t'});
  CHECK(area[768 + 20] == std::byte{'#'});
  CHECK(area[768 + 128] == std::byte{0x33});
  CHECK(area[768] == std::byte{0x00});
  CHECK(area[768 + 1] == std::byte{0x11});
  const RecipeMedia map = made("arena 16M sector 512\nset ns/0/arena0/map/7..9 = 0xC0000001\n");
  CHECK(number(map, "ns/0/arena0/map/9") == 0xC0000001);
  CHECK(number(map, "ns/0/arena0/map/10") == 0);
}

TEST_CASE("checksums are made right at the end, unless the recipe leaves them") {
  constexpr const char* change = "arena 16M sector 512\nset ns/0/arena0/info.flags = 1\n";
  const std::uint64_t intact = number(made("arena 16M sector 512"), "ns/0/info.checksum");
  CHECK(number(made(change), "ns/0/info.checksum") != intact);
  CHECK(number(made(std::string(change) + "unsealed"), "ns/0/info.checksum") == intact);
  const RecipeMedia sealed =
      made(std::string(change) + "seal\nset ns/0/backup.flags = 1\nunsealed");
  CHECK(number(sealed, "ns/0/info.checksum") != intact);
  CHECK(number(sealed, "ns/0/backup.checksum") == intact);
  CHECK(number(made("arena 16M sector 512\nzero ns/0/info\n"), "ns/0/info.checksum") == 0);
}

TEST_CASE("a seal leaves structures of nothing but ff alone") {
  std::string recipe = "dimm 16M\nbytes labels/slot/3 = ";
  for (int i = 0; i < 256; ++i) recipe += "ff";
  CHECK(number(made(recipe), "labels/slot/3.checksum") == UINT64_MAX);
}

TEST_CASE("mark changes the bit of a slot in both index blocks, or in one") {
  const RecipeMedia media =
      made("dimm 16M\nmark labels/slot/0 used\nmark labels/slot/9 used index1\n");
  CHECK(number(media, "@0x1000048+2") == 0xFFFE);
  CHECK(number(media, "@0x1000148+2") == 0xFDFE);
}

TEST_CASE("a cut takes away what lies behind it, and places know") {
  const RecipeMedia cut = made("dimm 16M\nnamespace sector 512 size 16M\ncut 8M\n");
  CHECK(cut.devices[0]->size() == 8 << 20);
  CHECK(cut.places.devices[0].labels == nullptr);
  CHECK(cut.places.devices[0].whole == cut.devices[0].get());
  REQUIRE(cut.places.namespaces[0].media != nullptr);
  CHECK(cut.places.namespaces[0].media->size() == 8 << 20);
  CHECK(number(cut, "ns/0/info.nfree") == 256);
  const auto backup = locate(cut.places, *parse_place("ns/0/backup"));
  REQUIRE(!backup);
  CHECK(backup.error().code == Errc::out_of_range);
  const RecipeMedia grown = made("dimm 16M\nnamespace raw size 16M\ngrow d0 32M\n");
  CHECK(grown.devices[0]->size() == 32 << 20);
  CHECK(number(grown, "labels/index0.seq") == 2);
}

TEST_CASE("errors name the line and what was expected there") {
  struct Row {
    const char* recipe;
    std::uint64_t line;
    Errc code;
    std::string_view what;
  };
  const Row rows[] = {
      {"# comment\n\nfrobnicate 1\n", 3, Errc::invalid, "a statement"},
      {"dimm\n", 1, Errc::invalid, "a size"},
      {"dimm 16M speed 3\n", 1, Errc::invalid, "an option that this statement has"},
      {"dimm 16X\n", 1, Errc::invalid, "a size"},
      {"dimm 16M version 3.0\n", 1, Errc::invalid, "a version"},
      {"dimm 16M label-size 512\n", 1, Errc::invalid, "size of the label area"},
      {"namespace raw size 16M\n", 1, Errc::invalid,
       "a dimm or lsa line with index blocks before it"},
      {"dimm 16M\nnamespace raw\n", 2, Errc::invalid, "the option size"},
      {"dimm 16M\nnamespace raw size 17M\n", 2, Errc::invalid, "room on the DIMM"},
      {"dimm 16M label-size 1K\nnamespace raw size 8M\nnamespace raw size 8M\n", 3, Errc::too_large,
       "no free slot"},
      {"dimm 16M\nset labels/index0.seq = 0\nnamespace raw size 8M\n", 3, Errc::invalid,
       "sequence numbers of the index blocks"},
      {"arena 15M\n", 1, Errc::invalid, "size of the BTT"},
      {"arena 16M\nset ns/0/arena1/info.flags = 1\n", 2, Errc::not_found, "arena"},
      {"arena 16M\nset ns/0/info.flags 1\n", 2, Errc::invalid, "="},
      {"arena 16M\nset ns/0/info.major = 65536\n", 2, Errc::invalid, "a number that fits"},
      {"arena 16M\nset ns/0/info.sig = \"0123456789abcdefg\"\n", 2, Errc::invalid,
       "a text that fits the field"},
      {"arena 16M\nset ns/0/info.sig = \"x\n", 2, Errc::invalid, "a closing quotation mark"},
      {"arena 16M\nset ns/0/info.flags = 1 2\n", 2, Errc::invalid, "the end of the line"},
      {"arena 16M\nbytes @0 = 0x\n", 2, Errc::invalid, "hexadecimal digits, in lower case"},
      {"arena 16M\nwrite 99999 lane 0\n", 2, Errc::not_found, "LBA"},
      {"arena 16M\nwrite 1 lane 256\n", 2, Errc::not_found, "lane"},
      {"arena 16M\ncut 17M\n", 2, Errc::invalid, "a smaller size"},
      {"dimm 999999999999999999999\n", 1, Errc::invalid, "a size"},
      {"dimm 18446744073709551615T\n", 1, Errc::invalid, "a size"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.recipe);
    const auto result = make_media(row.recipe);
    REQUIRE(!result);
    CHECK(result.error().where.offset == row.line);
    CHECK(result.error().code == row.code);
    CHECK(result.error().what == row.what);
  }
}

TEST_CASE("media of any size cost memory only for what is written") {
  const RecipeMedia two = made("arena 0x8001001000 sector 4096 version 1.1");
  CHECK(two.devices[0]->size() == 0x8001001000);
  CHECK(two.places.namespaces[0].arenas.size() == 2);
  CHECK(two.devices[0]->page_count() < 32);
  CHECK(make_media("dimm 999999999999999999T").has_value() == false);
}

TEST_CASE("every recipe under corpora makes media, the same each time, and has a name") {
  std::size_t recipes = 0;
  for (const auto& entry :
       std::filesystem::recursive_directory_iterator(NDMEDIC_SOURCE_DIR "/corpora")) {
    if (entry.path().filename() != "recipe") continue;
    CAPTURE(entry.path().string());
    ++recipes;
    const std::string name = file_text(entry.path().parent_path() / "name");
    CHECK(std::ranges::count(name, '\n') == 1);
    const std::string text = file_text(entry.path());
    const RecipeMedia first = made(text);
    const RecipeMedia second = made(text);
    REQUIRE(first.devices.size() == second.devices.size());
    for (std::size_t i = 0; i < first.devices.size(); ++i) {
      CHECK(first.devices[i]->size() == second.devices[i]->size());
      CHECK(first.devices[i]->page_count() == second.devices[i]->page_count());
    }
  }
  CHECK(recipes >= 140);
}

}  // namespace
}  // namespace ndmedic
