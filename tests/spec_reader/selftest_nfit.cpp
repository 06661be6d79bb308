// SPDX-License-Identifier: BSD-3-Clause
//
// Self-test of NFIT and cookies (label specification 5).
#include <doctest/doctest.h>

#include "spec_reader/selftest_bytes.h"
#include "spec_reader/spec_reader.h"

using namespace spec_reader;
using namespace spec_reader_test;

namespace {

CookieInput input(std::uint64_t offset, std::uint32_t serial) {
  return {offset, serial, 0x8089, 0x1811, 0xa1};
}

}  // namespace

TEST_CASE("cookies, worked values of 5.4, 5.5 and 5.6") {
  const std::vector<CookieInput> three = {input(0x10000, 0x33333333), input(0, 0x11111111),
                                          input(0x100, 0x22222222)};
  CHECK(cookie1(three) == 0xdde1e5dc66676766);
  CHECK(cookie2(three) == 0x1f8e129fae9beae4);
  CHECK(altcookie(three) == 0x222a262066676766);
  std::vector<CookieInput> two = {input(0, 0x11111111), input(0x1000, 0x22222222)};
  CHECK(cookie1(two) == 0xaaaaeaaa33334333);
  CHECK(altcookie(two) == 0xaaaaeaaa33334333);
  CHECK(cookie2(two) == 0x9edaae7463564587);
  for (CookieInput& mapping : two) {
    mapping.vendor = 0;
    mapping.date = 0;
    mapping.location = 0;
  }
  CHECK(cookie2(two) == 0xcccd8cca33334333);
  const std::uint64_t first[] = {0x002468ac00123456, 0x002468ae00123457, 0x002468b000123458};
  const std::uint64_t second[] = {0x00ba90120012b4dc, 0x00ba901c0012b4dd, 0x00ba90260012b4de};
  for (std::uint32_t slot = 0; slot < 3; ++slot) {
    const std::vector<CookieInput> one = {{0, 0x123456 + slot, 0x8086, 0, 0}};
    CHECK(cookie1(one) == first[slot]);
    CHECK(altcookie(one) == first[slot]);
    CHECK(cookie2(one) == second[slot]);
  }
  CHECK(cxl_cookie({{0, 1}}) == 0x0000000200000001);
  CHECK(cxl_cookie({{0, 1}, {0x10000000, 2}}) == 0x4000000a10000003);
  CHECK(cxl_cookie({{0, 0x1000}}) == 0x0000200000001000);
  CHECK(cookie1({}) == 0);
}

namespace {

// One DIMM in slot 0 as QEMU describes it (5.5), without header.
Buffer qemu_structures() {
  Buffer bytes(56 + 48 + 80);
  put(bytes, 2, 56, 2);
  put(bytes, 4, 2, 2);
  put(bytes, 6, 3, 2);
  put_hex(bytes, 16, "79d3f066f3b47440ac430d3318b78cdb");
  put(bytes, 32, 0x100000000, 8);
  put(bytes, 40, 0x4000000, 8);
  put(bytes, 48, 0x8008, 8);
  put(bytes, 56, 1, 2);
  put(bytes, 58, 48, 2);
  put(bytes, 60, 1, 4);
  put(bytes, 56 + 12, 2, 2);
  put(bytes, 56 + 14, 3, 2);
  put(bytes, 56 + 16, 0x4000000, 8);
  put(bytes, 56 + 42, 1, 2);
  put(bytes, 104, 4, 2);
  put(bytes, 106, 80, 2);
  put(bytes, 108, 3, 2);
  put(bytes, 110, 0x8086, 2);
  put(bytes, 104 + 24, 0x123456, 4);
  return bytes;
}

Buffer with_header(const Buffer& structures) {
  Buffer table(40);
  put_text(table, 0, "NFIT");
  put(table, 4, 40 + structures.size(), 4);
  put(table, 8, 1, 1);
  table.insert(table.end(), structures.begin(), structures.end());
  std::uint8_t sum = 0;
  for (const std::uint8_t byte : table) {
    sum = static_cast<std::uint8_t>(sum + byte);
  }
  table[9] = static_cast<std::uint8_t>(0 - sum);
  return table;
}

}  // namespace

TEST_CASE("a table as QEMU builds it, 5.5 and 5.7") {
  const NfitReading reading = read_nfit(with_header(qemu_structures()), false);
  CHECK(reading.problems.empty());
  CHECK(tiles(reading.header, 40));
  REQUIRE(reading.structures.size() == 3);
  for (const NfitStructure& structure : reading.structures) {
    CHECK(tiles(structure.fields, structure.length));
    CHECK_FALSE(structure.too_short);
  }
  const std::vector<NfitRegion> regions = join_nfit(reading);
  REQUIRE(regions.size() == 1);
  CHECK(regions[0].base == 0x100000000);
  CHECK(known_guid_name(regions[0].range_type, GuidKind::range_type, GuidOrder::mixed) == "pm");
  REQUIRE(regions[0].mappings.size() == 1);
  CHECK(regions[0].mappings[0].has_control_region);
  CHECK(cookie2({regions[0].mappings[0].cookie_input}) == 0x00ba90120012b4dc);
  CHECK(read_nfit(qemu_structures(), true).structures.size() == 3);
}

TEST_CASE("damaged tables") {
  Buffer table = with_header(qemu_structures());
  table[100] ^= 1;
  CHECK(read_nfit(table, false).problems == Verdict{"checksum"});
  table[0] = 'X';
  CHECK(read_nfit(table, false).problems == Verdict{"signature", "checksum"});
  const Buffer whole = with_header(qemu_structures());
  const NfitReading cut = read_nfit(Bytes(whole).first(150), false);
  CHECK(cut.problems == Verdict{"length", "checksum", "cut"});
  REQUIRE(cut.structures.size() == 3);
  CHECK(cut.structures[2].cut);
  CHECK(join_nfit(cut)[0].mappings[0].has_control_region == false);
  // A length of 0 must not loop.
  Buffer zero = qemu_structures();
  put(zero, 58, 0, 2);
  CHECK(read_nfit(zero, true).problems == Verdict{"zero-length"});
  CHECK(read_nfit(zero, true).structures.size() == 1);
  put(zero, 58, 3, 2);
  CHECK(read_nfit(zero, true).problems == Verdict{"bad-length"});
  // A structure shorter than its type needs; unknown types are skipped by length.
  Buffer small = qemu_structures();
  put(small, 6, 7, 2);
  CHECK(read_nfit(small, true).structures[0].too_short);
  put(small, 0, 99, 2);
  CHECK_FALSE(read_nfit(small, true).structures[0].known);
  CHECK(read_nfit(small, true).structures.size() == 3);
  CHECK(read_nfit({}, false).problems == Verdict{"signature", "length"});
  CHECK(read_nfit({}, true).problems.empty());
}

TEST_CASE("structures with arrays") {
  Buffer bytes(24 + 32);
  put(bytes, 0, 2, 2);
  put(bytes, 2, 24, 2);
  put(bytes, 4, 1, 2);
  put(bytes, 8, 2, 4);
  put(bytes, 12, 4096, 4);
  put(bytes, 20, 2, 4);
  put(bytes, 24, 6, 2);
  put(bytes, 26, 32, 2);
  put(bytes, 32, 2, 2);
  put(bytes, 48, 0xABCDEF, 8);
  NfitReading reading = read_nfit(bytes, true);
  REQUIRE(reading.structures.size() == 2);
  CHECK(field_number(reading.structures[0].fields, "line_offset_1") == 2);
  CHECK(field_number(reading.structures[1].fields, "address_1") == 0xABCDEF);
  CHECK(tiles(reading.structures[0].fields, 24));
  CHECK(tiles(reading.structures[1].fields, 32));
  CHECK(find_interleave(reading, 1)->line_offsets.size() == 2);
  CHECK_FALSE(find_interleave(reading, 2).has_value());
  // More lines than the structure holds.
  put(bytes, 8, 0xFFFFFFFF, 4);
  reading = read_nfit(bytes, true);
  CHECK(reading.structures[0].too_short);
  CHECK_FALSE(find_interleave(reading, 1).has_value());
}

TEST_CASE("interleave arithmetic in both directions, 5.7") {
  // Two ways, four lines of 256 bytes; this device takes every other line, in two steps.
  const Interleave interleave = {256, {0, 2, 5, 7}};
  const std::uint64_t base = 0x100000000;
  CHECK(interleave_spa(interleave, 2, base, 0, 0) == base);
  CHECK(interleave_spa(interleave, 2, base, 0, 256) == base + 512);
  CHECK(interleave_spa(interleave, 2, base, 0, 515) == base + 5 * 256 + 3);
  CHECK(interleave_spa(interleave, 2, base, 256, 1024) == base + 256 + 8 * 256);
  for (std::uint64_t x = 0; x < 4096; x += 7) {
    const std::optional<std::uint64_t> spa = interleave_spa(interleave, 2, base, 256, x);
    REQUIRE(spa.has_value());
    CHECK(interleave_share(interleave, 2, base, 256, *spa) == x);
  }
  CHECK_FALSE(interleave_share(interleave, 2, base, 0, base + 256).has_value());
  CHECK_FALSE(interleave_share(interleave, 2, base, 0, base - 1).has_value());
  CHECK_FALSE(interleave_spa(interleave, 2, base, 0, ~std::uint64_t{0}).has_value());
  CHECK_FALSE(interleave_spa({0, {0}}, 2, base, 0, 0).has_value());
  CHECK_FALSE(interleave_spa({256, {}}, 2, base, 0, 0).has_value());
  CHECK_FALSE(interleave_share({256, {0}}, 0, base, 0, base).has_value());
}
