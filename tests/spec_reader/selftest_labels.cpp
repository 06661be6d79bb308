// SPDX-License-Identifier: BSD-3-Clause
//
// Self-test of the label area reader, with the worked values of the label specification.
#include <doctest/doctest.h>

#include "spec_reader/selftest_bytes.h"
#include "spec_reader/spec_reader.h"

using namespace spec_reader;
using namespace spec_reader_test;

TEST_CASE("index size by slot count, 2.2.3") {
  CHECK(index_size_for(1472) == 256);
  CHECK(index_size_for(1473) == 512);
  CHECK(index_size_for(3520) == 512);
  CHECK(index_size_for(5568) == 768);
  CHECK(index_size_for(7616) == 1024);
  CHECK(index_size_for(9664) == 1280);
  CHECK(index_size_for(17856) == 2304);
  CHECK(index_size_for(34240) == 4352);
  CHECK(index_size_for(67008) == 8448);
  CHECK(index_size_for(67009) == 8704);
}

TEST_CASE("geometry, worked values 3.2") {
  struct Row {
    std::uint64_t s, l, n0, i0, n, i;
  };
  const Row rows[] = {
      {1024, 128, 8, 256, 4, 256},
      {1024, 256, 4, 256, 2, 256},
      {4096, 128, 32, 256, 28, 256},
      {4096, 256, 16, 256, 14, 256},
      {65536, 128, 512, 256, 508, 256},
      {65536, 256, 256, 256, 254, 256},
      {131072, 128, 1024, 256, 1020, 256},
      {131072, 256, 512, 256, 510, 256},
      {196608, 128, 1536, 512, 1528, 512},
      {262144, 128, 2048, 512, 2040, 512},
      {262144, 256, 1024, 256, 1022, 256},
      {377088, 256, 1473, 512, 1469, 256},
      {524288, 128, 4096, 768, 4084, 768},
      {524288, 256, 2048, 512, 2044, 512},
      {1048576, 128, 8192, 1280, 8172, 1280},
      {1048576, 256, 4096, 768, 4090, 768},
      {2097152, 256, 8192, 1280, 8182, 1280},
      {4194304, 128, 32768, 4352, 32700, 4352},
      {16777216, 128, 131072, 16640, 130812, 16640},
      {16777216, 256, 65536, 8448, 65470, 8448},
      {67108864, 128, 524288, 65792, 523260, 65536},
      {268435456, 256, 1048576, 131328, 1047550, 131072},
      {768, 128, 6, 256, 2, 256},
      {1023, 128, 7, 256, 3, 256},
  };
  for (const Row& row : rows) {
    CAPTURE(row.s);
    CAPTURE(row.l);
    const LabelGeometry geometry = label_geometry(row.s, row.l);
    CHECK(geometry.accepted);
    CHECK(geometry.n0 == row.n0);
    CHECK(geometry.i0 == row.i0);
    CHECK(geometry.n == row.n);
    CHECK(geometry.i == row.i);
  }
  CHECK(label_geometry(768, 256).n == 1);
  CHECK_FALSE(label_geometry(768, 256).accepted);
  CHECK_FALSE(label_geometry(512, 128).accepted);
  CHECK_FALSE(label_geometry(0, 128).accepted);
  CHECK_FALSE(label_geometry(131072, 512).accepted);
}

TEST_CASE("generations of writers, 3.3") {
  CHECK(geometry_generations(131072, 128, 1016, 256) == Verdict{"G1", "G2"});
  CHECK(geometry_generations(131072, 128, 1020, 256) == Verdict{"G3"});
  CHECK(geometry_generations(262144, 128, 2032, 768) == Verdict{"G1"});
  CHECK(geometry_generations(262144, 128, 2032, 512) == Verdict{"G2"});
  CHECK(geometry_generations(524288, 128, 524288 / 129, 1792) == Verdict{"G1"});
  CHECK(geometry_generations(1048576, 128, 1048576 / 129, 3840) == Verdict{"G1"});
  CHECK(geometry_generations(1048576, 256, 4080, 768) == Verdict{"G2"});
  CHECK(geometry_generations(16777216, 128, 16777216 / 129, 16384) == Verdict{"G2"});
  // G2 refuses tiny areas altogether.
  CHECK(geometry_generations(65536, 256, 65536 / 257, 256).empty());
  CHECK(geometry_generations(32768, 128, 32768 / 129, 256).empty());
}

namespace {

constexpr std::uint64_t v1_1 = 101;
constexpr std::uint64_t v1_2 = 102;
constexpr std::uint64_t v2_1 = 201;

// Writes one index block as 4.3 describes it; `tail64` sets the bitmap tail as ndctl does.
void put_index(Buffer& area, std::uint64_t version, unsigned number, std::uint64_t seq, bool tail64,
               std::vector<std::uint64_t> used = {}) {
  const std::uint64_t slot = version == v1_1 ? 128 : 256;
  const LabelGeometry geometry = label_geometry(area.size(), slot);
  const std::size_t at = static_cast<std::size_t>(number * geometry.i);
  put_text(area, at, "NAMESPACE_INDEX");
  put(area, at + 19, slot >> 8, 1);
  put(area, at + 20, seq, 4);
  put(area, at + 24, number * geometry.i, 8);
  put(area, at + 32, geometry.i, 8);
  put(area, at + 40, (1 - number) * geometry.i, 8);
  put(area, at + 48, 2 * geometry.i, 8);
  put(area, at + 56, geometry.n, 4);
  put(area, at + 60, version / 100, 2);
  put(area, at + 62, version % 100, 2);
  const std::uint64_t bits = tail64 ? (geometry.n + 63) / 64 * 64 : geometry.n;
  for (std::uint64_t k = 0; k < bits; ++k) {
    area[at + 72 + k / 8] = static_cast<std::uint8_t>(area[at + 72 + k / 8] | 1u << (k % 8));
  }
  for (const std::uint64_t k : used) {
    area[at + 72 + k / 8] = static_cast<std::uint8_t>(area[at + 72 + k / 8] & ~(1u << (k % 8)));
  }
  const Bytes block = clip(area, at, geometry.i);
  put(area, at + 64, fletcher64(block, 64, 8), 8);
}

std::uint64_t index_checksum(std::size_t size, std::uint64_t version, unsigned number,
                             std::uint64_t seq, bool tail64, std::vector<std::uint64_t> used = {}) {
  Buffer area(size);
  put_index(area, version, number, seq, tail64, used);
  const std::uint64_t slot = version == v1_1 ? 128 : 256;
  const std::size_t at = static_cast<std::size_t>(number * label_geometry(size, slot).i);
  return number_at(area, at + 64, 8);
}

Buffer fresh_area(std::uint64_t version) {
  Buffer area(131072);
  put_index(area, version, 0, 3, false);
  put_index(area, version, 1, 2, false);
  return area;
}

// The worked label of 2.5.
Buffer worked_label_1_2() {
  Buffer label(256);
  put_hex(label, 0, "0123456789abcdef0123456789abcdef");
  put_text(label, 16, "data");
  put(label, 84, 1, 2);
  put(label, 88, 0x00ba90120012b4dc, 8);
  put(label, 96, 512, 8);
  put(label, 112, 0x10000000, 8);
  put_hex(label, 128, "79d3f066f3b47440ac430d3318b78cdb");
  return label;
}

void seal(Buffer& label) { put(label, 248, fletcher64(label, 248, 8), 8); }

}  // namespace

TEST_CASE("index checksums of freshly initialised areas, 2.3") {
  const std::size_t k128 = 131072;
  CHECK(index_checksum(k128, v1_1, 0, 3, false) == 0xdb634621e7313e0a);
  CHECK(index_checksum(k128, v1_1, 0, 3, true) == 0xeb634621d7313e0a);
  CHECK(index_checksum(k128, v1_1, 1, 2, false) == 0xdb6349e6e7313e09);
  CHECK(index_checksum(k128, v1_1, 1, 2, true) == 0xeb6349e6d7313e09);
  CHECK(index_checksum(k128, v1_2, 0, 3, false) == 0xe793e3ed18323c1c);
  CHECK(index_checksum(k128, v1_2, 0, 3, true) == 0x2793e3edd8323c1c);
  CHECK(index_checksum(k128, v1_2, 1, 2, false) == 0xe793e7b218323c1b);
  CHECK(index_checksum(k128, v1_2, 1, 2, true) == 0x2793e7b2d8323c1b);
  CHECK(index_checksum(k128, v2_1, 0, 3, false) == 0xe762e41e18313c1d);
  CHECK(index_checksum(k128, v2_1, 1, 2, false) == 0xe762e7e318313c1c);
  CHECK(index_checksum(1024, v1_1, 0, 3, false) == 0xeb628633d7313a41);
  CHECK(index_checksum(1024, v1_2, 0, 3, false) == 0x279383a7d8323a33);
  CHECK(index_checksum(4096, v1_1, 0, 3, false) == 0xcb628803e7313a49);
  CHECK(index_checksum(4096, v1_2, 0, 3, false) == 0x279f0547d8327a3b);
  CHECK(index_checksum(1048576, v1_1, 0, 3, false) == 0x1cd87251d731791a);
  CHECK(index_checksum(1048576, v1_2, 0, 3, false) == 0xfcc12a4ddc3251a8);
  CHECK(index_checksum(k128, v1_2, 1, 1, false, {0}) == 0xe793e74918323c19);
  CHECK(index_checksum(k128, v1_2, 0, 2, false, {1}) == 0xe793e35618323c19);
}

TEST_CASE("index fields tile the block, first 96 bytes as printed in 2.3") {
  const Buffer area = fresh_area(v1_2);
  Buffer printed(96);
  put_hex(printed, 0,
          "4e414d4553504143455f494e44455800 00000001 03000000"
          "0000000000000000 0001000000000000 0001000000000000 0002000000000000"
          "fe010000 0100 0200 1c3c3218ede393e7"
          "ffffffffffffffffffffffffffffffffffffffffffffffff");
  CHECK(same_bytes(clip(area, 0, 96), printed));
  const Fields fields = index_fields(clip(area, 0, 256));
  CHECK(tiles(fields, 256));
  CHECK(field_number(fields, "nslot") == 510);
  CHECK(fields.back().name == "padding");
  CHECK(fields.back().offset == 136);
}

TEST_CASE("table of sequence numbers, 4.1") {
  const unsigned expected[3][3] = {{1, 1, 0}, {0, 1, 1}, {1, 0, 1}};
  for (unsigned a = 1; a <= 3; ++a) {
    for (unsigned b = 1; b <= 3; ++b) {
      CHECK(newer_block(a, b) == expected[a - 1][b - 1]);
      CHECK(newer_block(a + 4, b + 0x100) == expected[a - 1][b - 1]);
    }
  }
}

TEST_CASE("each test of 4.1 alone") {
  struct Row {
    std::size_t offset;
    std::uint64_t value;
    unsigned size;
    const char* test;
  };
  const Row rows[] = {
      {15, 'X', 1, "4.1.1"},        {19, 0, 1, "4.1.2"},   {20, 4, 4, "4.1.4"},
      {24, 256, 8, "4.1.5"},        {40, 0, 8, "4.1.6"},   {48, 256, 8, "4.1.7"},
      {32, 71, 8, "4.1.8"},         {32, 257, 8, "4.1.8"}, {56, 511, 4, "4.1.9"},
      {56, 0x01000000, 4, "4.1.9"},
  };
  for (const Row& row : rows) {
    Buffer area = fresh_area(v1_2);
    put(area, row.offset, row.value, row.size);
    // Wrong sum as well, until it is made right again.
    CHECK(index_violations(area, 0, 256).failing == Verdict{"4.1.3", row.test});
    put(area, 64, fletcher64(clip(area, 0, 256), 64, 8), 8);
    CHECK(index_violations(area, 0, 256).failing == Verdict{row.test});
  }
  const Buffer area = fresh_area(v1_2);
  CHECK(index_violations(area, 0, 256).failing.empty());
  CHECK(index_violations(area, 1, 256).failing.empty());
  CHECK(index_violations(area, 0, 128).failing == Verdict{"4.1.2"});
  CHECK(index_violations(Bytes(area).first(700), 0, 256).failing.size() == 9);
}

TEST_CASE("slot size by version, 2.2.1") {
  CHECK(slot_size_of_version(0, 9, 1) == 128);
  CHECK(slot_size_of_version(1, 1, 1) == 128);
  CHECK(slot_size_of_version(1, 2, 0) == 128);
  CHECK(slot_size_of_version(1, 2, 1) == 256);
  CHECK(slot_size_of_version(1, 10, 1) == 256);
  CHECK(slot_size_of_version(3, 7, 1) == 256);
  CHECK(slot_size_of_version(2, 1, 255) == 0);
}

TEST_CASE("notes of an index block") {
  Buffer area(131072);
  put_index(area, v1_1, 0, 0x102, true);
  put(area, 17, 1, 1);
  put(area, 255, 1, 1);
  CHECK(index_violations(area, 0, 128).notes == Verdict{"IX04", "IX15", "IX16", "IX17"});
  // N = 14: the tail of ndctl reaches up to bit 63, behind the two bytes of the bitmap.
  Buffer small(4096);
  put_index(small, v1_2, 0, 3, true);
  CHECK(index_violations(small, 0, 256).notes == Verdict{"IX16"});
  CHECK(index_violations(fresh_area(v1_2), 0, 256).notes.empty());
}

TEST_CASE("which block of an area is current, 4.1") {
  CHECK(read_area(fresh_area(v1_2)).current == 0u);
  CHECK(read_area(fresh_area(v1_1)).slot_size == 128);
  // (3,3): a tie is legal, block 1.
  Buffer tie = fresh_area(v1_2);
  put_index(tie, v1_2, 1, 3, false, {0});
  CHECK(read_area(tie).current == 1u);
  // (0,3): block 0 counts as invalid.
  Buffer old_init(131072);
  put_index(old_init, v1_1, 0, 0, false);
  put_index(old_init, v1_1, 1, 3, false);
  const AreaReading reading = read_area(old_init);
  CHECK(reading.current == 1u);
  CHECK(reading.blocks[0].failing == Verdict{"4.1.4"});
  // 128-byte block beside a 256-byte block: the 128-byte block wins.
  Buffer both = fresh_area(v1_2);
  std::fill_n(both.begin(), 256, std::uint8_t{0});
  put_index(both, v1_1, 0, 1, false);
  CHECK(read_area(both).slot_size == 128);
  CHECK(read_area(both).current == 0u);
  // Nothing valid: no index, L stays 256.
  const AreaReading none = read_area(Buffer(131072));
  CHECK_FALSE(none.current);
  CHECK(none.slot_size == 256);
  CHECK(none.slots.empty());
  CHECK_FALSE(read_area({}).current);
}

TEST_CASE("slots of an area, 4.2") {
  Buffer area = fresh_area(v1_2);
  put_index(area, v1_2, 0, 3, false, {0, 1, 2});
  Buffer label = worked_label_1_2();
  seal(label);
  std::copy(label.begin(), label.end(), area.begin() + 512);
  std::copy(label.begin(), label.end(), area.begin() + 512 + 256);
  const AreaReading reading = read_area(area);
  REQUIRE(reading.slots.size() == 510);
  CHECK(reading.slots[0].used);
  CHECK(reading.slots[0].failing.empty());
  CHECK(reading.slots[0].notes.empty());
  CHECK(reading.slots[1].failing == Verdict{"4.2.2"});
  // 9.33: all zero, sum of zeros is 0, but the slot number is wrong.
  CHECK(reading.slots[2].failing == Verdict{"4.2.2"});
  CHECK(reading.slots[2].notes == Verdict{"LB05", "LB08", "SL02"});
  CHECK_FALSE(reading.slots[3].used);
  CHECK(reading.slots[509].offset == 512 + 509 * 256);
}

TEST_CASE("worked labels, 2.5") {
  Buffer label = worked_label_1_2();
  seal(label);
  CHECK(number_at(label, 248, 8) == 0xba9b37dcd666c897);
  CHECK(tiles(label_fields(label, LabelFormat::v1_2), 256));
  CHECK(tiles(label_fields(label, LabelFormat::v1_1), 128));
  Buffer updating = label;
  put(updating, 80, 8, 4);
  seal(updating);
  CHECK(number_at(updating, 248, 8) == 0xba9b393cd666c89f);
  Buffer other = label;
  put(other, 96, 4096, 8);
  put(other, 104, 0x1000000, 8);
  put(other, 120, 3, 4);
  put_hex(other, 144, "fc3b6318351717428ac917239282d3f8");
  seal(other);
  CHECK(number_at(other, 248, 8) == 0x60f9a2af4dcc75e7);
  CHECK(label_notes(other, LabelFormat::v1_2).empty());
  CHECK(label_failures(other, LabelFormat::v1_2, 3).empty());
}

TEST_CASE("worked CXL labels, 2.6 and 2.7") {
  Buffer space(256);
  put_hex(space, 0, "68bb2c0a5a7749379f853caf41a0f93c");
  put_hex(space, 16, "0123456789abcdef0123456789abcdef");
  put_text(space, 32, "data");
  put(space, 100, 1, 2);
  put(space, 112, 0x10000000, 8);
  put(space, 120, 1, 4);
  put_hex(space, 128, "fedcba9876543210fedcba9876543210");
  seal(space);
  CHECK(number_at(space, 248, 8) == 0xbbf941049f20ba04);
  CHECK(cxl_label_kind(space) == LabelFormat::cxl_namespace);
  CHECK(tiles(label_fields(space, LabelFormat::cxl_namespace), 256));
  CHECK(label_failures(space, LabelFormat::cxl_namespace, 1).empty());
  CHECK(label_notes(space, LabelFormat::cxl_namespace).empty());
  Buffer region(256);
  put_hex(region, 0, "529d7c61da0747c4a93fecdf2c06f444");
  put_hex(region, 16, "fedcba9876543210fedcba9876543210");
  put(region, 36, 1, 2);
  put(region, 48, 0x40000000, 8);
  put(region, 56, 0x100000000, 8);
  seal(region);
  CHECK(number_at(region, 248, 8) == 0x12ef4984dc7e4deb);
  CHECK(cxl_label_kind(region) == LabelFormat::cxl_region);
  CHECK(tiles(label_fields(region, LabelFormat::cxl_region), 256));
  put(region, 68, 256, 4);
  seal(region);
  CHECK(number_at(region, 248, 8) == 0x12ef7884dc7e4eeb);
  CHECK(label_failures(region, LabelFormat::cxl_region, 0).empty());
  CHECK(cxl_label_kind(Buffer(256, 7)) == LabelFormat::vendor);
  CHECK(tiles(label_fields(Buffer(256, 7), LabelFormat::vendor), 256));
}

TEST_CASE("granularity encodings, 2.7 and CX07") {
  CHECK(granularity_kind(0) == Granularity::exponent);
  CHECK(granularity_kind(6) == Granularity::exponent);
  CHECK(granularity_kind(7) == Granularity::illegal);
  CHECK(granularity_kind(256) == Granularity::bytes);
  CHECK(granularity_kind(16384) == Granularity::bytes);
  CHECK(granularity_kind(384) == Granularity::illegal);
  CHECK(granularity_kind(32768) == Granularity::illegal);
}

TEST_CASE("findings of one label, 7.3") {
  const auto notes_after = [](std::size_t offset, std::uint64_t value, unsigned size) {
    Buffer label = worked_label_1_2();
    put(label, offset, value, size);
    return label_notes(label, LabelFormat::v1_2);
  };
  CHECK(notes_after(112, 0, 8) == Verdict{"LB05"});
  CHECK(notes_after(112, ~std::uint64_t{0}, 8).empty());
  CHECK(notes_after(104, 0 - std::uint64_t{0x10000000}, 8).empty());  // exactly 2^64
  CHECK(notes_after(104, 1 - std::uint64_t{0x10000000}, 8) == Verdict{"LB06"});
  CHECK(notes_after(79, 'x', 1) == Verdict{"LB11", "LB12"});
  CHECK(notes_after(17, 0xFF, 1) == Verdict{"LB12"});
  CHECK(notes_after(30, 'x', 1) == Verdict{"LB12"});
  CHECK(notes_after(96, 520, 8) == Verdict{"LB13"});
  const auto local_notes = [](std::uint64_t lbasize) {
    Buffer label = worked_label_1_2();
    put(label, 80, 2, 4);
    put(label, 96, lbasize, 8);
    return label_notes(label, LabelFormat::v1_2);
  };
  CHECK(local_notes(520).empty());
  CHECK(local_notes(4224).empty());
  CHECK(local_notes(1024) == Verdict{"LB13"});
  CHECK(notes_after(80, 4, 4) == Verdict{"LB14"});
  CHECK(notes_after(80, 8, 4).empty());
  CHECK(notes_after(80, 1, 4) == Verdict{"LB19"});
  CHECK(notes_after(126, 1, 1) == Verdict{"LB14"});
  CHECK(notes_after(160, 1, 8) == Verdict{"LB14"});
  CHECK(notes_after(128, 0, 1) == Verdict{"LB15"});
  Buffer label = worked_label_1_2();
  put(label, 80, 0x10, 4);
  put(label, 160, 0x1234, 8);
  CHECK(label_notes(label, LabelFormat::v1_2).empty());  // 9.39
  label = worked_label_1_2();
  put_hex(label, 128, "66f0d379b4f34074ac430d3318b78cdb");
  CHECK(label_notes(label, LabelFormat::v1_2) == Verdict{"LB15"});
  put_hex(label, 128, "00000000000000000000000000000000");
  CHECK(label_notes(label, LabelFormat::v1_2).empty());
  put_hex(label, 144, "18633bfc173542178ac917239282d3f8");
  CHECK(label_notes(label, LabelFormat::v1_2) == Verdict{"LB16"});
  put_hex(label, 0, "00000000000000000000000000000000");
  CHECK(label_notes(label, LabelFormat::v1_2) == Verdict{"LB08", "LB16"});
  CHECK(label_notes(Buffer(256, 0xFF), LabelFormat::v1_2).contains("SL02"));
}

TEST_CASE("UTF-8") {
  const auto good = [](const std::string& text) {
    return is_utf8(Buffer(text.begin(), text.end()));
  };
  CHECK(good(""));
  CHECK(good("data \xC3\xA4 \xE2\x82\xAC \xF0\x9F\x92\xBE"));
  CHECK_FALSE(good("\xC3"));
  CHECK_FALSE(good("\x80"));
  CHECK_FALSE(good("\xC0\x80"));
  CHECK_FALSE(good("\xE0\x80\x80"));
  CHECK_FALSE(good("\xED\xA0\x80"));
  CHECK_FALSE(good("\xF4\x90\x80\x80"));
}
