// SPDX-License-Identifier: BSD-3-Clause
#include <ndmedic/format/nfit_join.h>

#include <doctest/doctest.h>

#include <cstdint>
#include <limits>
#include <vector>

#include "hex.h"
#include "nfit_bytes.h"

using namespace ndmedic;
using test::NfitBuilder;

namespace {

NfitBuilder& range(NfitBuilder& builder, std::uint16_t index, std::uint64_t base,
                   std::uint64_t size) {
  return builder.structure(0, 56).put(4, 2, index).put(32, 8, base).put(40, 8, size);
}

NfitBuilder& mapping(NfitBuilder& builder, std::uint32_t handle, std::uint16_t range_index,
                     std::uint16_t control, std::uint16_t interleave = 0) {
  return builder.structure(1, 48)
      .put(4, 4, handle)
      .put(12, 2, range_index)
      .put(14, 2, control)
      .put(16, 8, 0x2000)
      .put(40, 2, interleave);
}

NfitBuilder& control(NfitBuilder& builder, std::uint16_t index, std::uint32_t serial) {
  return builder.structure(4, 32).put(4, 2, index).put(24, 4, serial);
}

NfitBuilder& lines(NfitBuilder& builder, std::uint16_t index, std::uint32_t line_size,
                   const std::vector<std::uint32_t>& offsets) {
  builder.structure(2, static_cast<std::uint16_t>(16 + 4 * offsets.size()))
      .put(4, 2, index)
      .put(8, 4, offsets.size())
      .put(12, 4, line_size);
  for (std::size_t i = 0; i < offsets.size(); ++i) builder.put(16 + 4 * i, 4, offsets[i]);
  return builder;
}

NfitJoin join(const NfitBuilder& builder) {
  return join_nfit(builder.bytes(), NfitForm::fit_buffer);
}

}  // namespace

TEST_CASE("the table of a guest with two DIMMs joins into two regions of one device each") {
  const auto joined = join_nfit(test::nfit_two_dimms(), NfitForm::table);
  CHECK(joined.structures == 6);
  CHECK(joined.remarks.empty());
  REQUIRE(joined.regions.size() == 2);
  const NfitRegion& second = joined.regions[1];
  CHECK(second.number == 3);
  CHECK(second.range_index == 4);
  CHECK(second.type == guids::pm);
  CHECK(second.base == 0x104000000);
  CHECK(second.size == 0x4000000);
  CHECK_FALSE(second.location_cookie.has_value());
  REQUIRE(second.mappings.size() == 1);
  const NfitMapping& device = second.mappings.front();
  CHECK(device.number == 4);
  CHECK(device.handle == 2);
  CHECK(device.region_size == 0x4000000);
  CHECK(device.region_offset == 0);
  CHECK(device.dpa_base == 0);
  CHECK(device.ways == 1);
  CHECK(device.interleave_index == 0);
  CHECK(device.identity == NfitIdentity{.vendor = 0x8086,
                                        .device = 1,
                                        .revision = 1,
                                        .interface_code = 0x0301,
                                        .serial = 0x123457});
  CHECK(joined.regions[0].mappings.front().identity->serial == 0x123456);
}

TEST_CASE("mappings keep the order of the table and find what stands behind them") {
  NfitBuilder builder;
  mapping(builder, 30, 1, 3);
  mapping(builder, 10, 1, 1);
  mapping(builder, 20, 1, 2);
  range(builder, 1, 0x1000, 0x2000);
  for (std::uint16_t i = 1; i < 4; ++i) control(builder, i, i * 100U);
  const auto joined = join(builder);
  REQUIRE(joined.regions.size() == 1);
  REQUIRE(joined.regions[0].mappings.size() == 3);
  CHECK(joined.regions[0].mappings[0].handle == 30);
  CHECK(joined.regions[0].mappings[0].identity->serial == 300);
  CHECK(joined.regions[0].mappings[1].handle == 10);
  CHECK(joined.regions[0].mappings[2].handle == 20);
}

TEST_CASE("identity is vendor, date, location and serial as found in the control region") {
  NfitBuilder builder;
  range(builder, 1, 0, 1);
  mapping(builder, 1, 1, 7);
  builder.structure(4, 80)
      .put(4, 2, 7)
      .put(6, 2, 0x8089)
      .put(18, 1, 1)
      .put(19, 1, 0xA1)
      .put(20, 2, 0x1811)
      .put(24, 4, 0x11111111);
  CHECK(join(builder).regions[0].mappings[0].identity == NfitIdentity{.vendor = 0x8089,
                                                                      .device = 0,
                                                                      .date = 0x1811,
                                                                      .location = 0xA1,
                                                                      .date_valid = true,
                                                                      .serial = 0x11111111});
}

TEST_CASE("a location cookie is read where its flag says that it is there") {
  NfitBuilder builder;
  builder.structure(0, 64).put(4, 2, 1).put(6, 2, 4).put(56, 8, 0x1122334455667788);
  builder.structure(0, 64).put(4, 2, 2).put(56, 8, 7);
  builder.structure(0, 56).put(4, 2, 3).put(6, 2, 4);
  const auto joined = join(builder);
  REQUIRE(joined.regions.size() == 2);
  CHECK(joined.regions[0].location_cookie == 0x1122334455667788);
  CHECK_FALSE(joined.regions[1].location_cookie.has_value());
  CHECK(joined.remarks == std::vector{NfitRemark{NfitTrouble::too_short, 2, 128, 56}});
}

TEST_CASE("of several structures with one index the first counts, and the others are told") {
  NfitBuilder builder;
  range(builder, 1, 0x1000, 1);
  range(builder, 1, 0x2000, 1);
  control(builder, 5, 50);
  control(builder, 5, 51);
  lines(builder, 3, 256, {0});
  lines(builder, 3, 512, {0});
  mapping(builder, 1, 1, 5, 3);
  const auto joined = join(builder);
  REQUIRE(joined.regions.size() == 2);
  CHECK(joined.regions[0].mappings.size() == 1);
  CHECK(joined.regions[1].mappings.empty());
  CHECK(joined.regions[0].mappings[0].identity->serial == 50);
  CHECK(joined.find_interleave(3)->line_size == 256);
  CHECK(joined.remarks == std::vector{NfitRemark{NfitTrouble::duplicate_range, 1, 56, 1},
                                      NfitRemark{NfitTrouble::duplicate_control_region, 3, 144, 5},
                                      NfitRemark{NfitTrouble::duplicate_interleave, 5, 196, 3}});
}

TEST_CASE("references to nothing are told; range index 0 means not mapped") {
  NfitBuilder builder;
  mapping(builder, 1, 0, 1);
  mapping(builder, 2, 9, 8, 7);
  control(builder, 1, 10);
  const auto joined = join(builder);
  REQUIRE(joined.unmapped.size() == 2);
  CHECK(joined.unmapped[0].identity->serial == 10);
  CHECK_FALSE(joined.unmapped[1].identity.has_value());
  CHECK(joined.remarks == std::vector{NfitRemark{NfitTrouble::unknown_control_region, 1, 48, 8},
                                      NfitRemark{NfitTrouble::unknown_interleave, 1, 48, 7},
                                      NfitRemark{NfitTrouble::unknown_range, 1, 48, 9}});
}

TEST_CASE("how a walk ended early is told with its place") {
  NfitBuilder zero;
  range(zero, 1, 0, 1).structure(1, 48).put(2, 2, 0);
  CHECK(join(zero).remarks == std::vector{NfitRemark{NfitTrouble::zero_length, 1, 56, 0}});
  NfitBuilder bad;
  range(bad, 1, 0, 1).structure(1, 48).put(2, 2, 2);
  CHECK(join(bad).remarks == std::vector{NfitRemark{NfitTrouble::bad_length, 1, 56, 0}});
  NfitBuilder cut;
  range(cut, 1, 0, 1).structure(1, 40).put(2, 2, 48);
  CHECK(join(cut).remarks == std::vector{NfitRemark{NfitTrouble::cut, 1, 56, 48}});
}

TEST_CASE("the platform capabilities are those of type 7") {
  NfitBuilder builder;
  CHECK_FALSE(join(builder).capabilities.has_value());
  builder.structure(7, 16).put(4, 1, 1).put(8, 4, 3);
  CHECK(join(builder).capabilities == 3U);
}

TEST_CASE("random bytes join without end and in proportion") {
  for (std::uint32_t seed = 0; seed < 300; ++seed) {
    auto bytes = test::random_bytes(4096, seed);
    // Small lengths and known types, so that the walk goes deep.
    for (std::size_t i = 0; i + 4 <= bytes.size(); i += 4) {
      bytes[i] &= std::byte{7};
      bytes[i + 1] = std::byte{0};
      bytes[i + 2] &= std::byte{0x7F};
      bytes[i + 3] = std::byte{0};
    }
    const auto joined = join_nfit(bytes, NfitForm::fit_buffer);
    CHECK(joined.structures <= 1024);
    CHECK(joined.remarks.size() <= std::size_t{3} * joined.structures + 1);
    for (const NfitRegion& region : joined.regions)
      for (const NfitMapping& m : region.mappings) (void)interleave_of(joined, m);
  }
}

TEST_CASE("two DIMMs, two lines a turn: each line lies where the table says (5.7)") {
  // Two ways, lines of 256 bytes, two lines of one DIMM and two of the other.
  const auto first = NfitInterleave::make(
      {.region_offset = 0, .ways = 2, .line_size = 256, .line_offsets = {0, 1}});
  const auto second = NfitInterleave::make(
      {.region_offset = 512, .ways = 2, .line_size = 256, .line_offsets = {0, 1}});
  REQUIRE(first.has_value());
  REQUIRE(second.has_value());
  CHECK(first->spa_offset(0) == 0U);
  CHECK(first->spa_offset(300) == 300U);
  CHECK(first->spa_offset(511) == 511U);
  CHECK(first->spa_offset(512) == 1024U);
  CHECK(second->spa_offset(0) == 512U);
  CHECK(second->spa_offset(512) == 1536U);
  CHECK(first->share_offset(1024) == 512U);
  CHECK(second->share_offset(1536 + 17) == 512U + 17);
}

TEST_CASE("every byte of a range belongs to one device, and back") {
  // Four ways, lines in an order of their own.
  const std::vector<std::vector<std::uint32_t>> offsets = {
      {0, 5, 10}, {1, 6, 11}, {2, 7, 8}, {3, 4, 9}};
  std::vector<NfitInterleave> shares;
  for (const auto& lines_of_share : offsets) {
    auto share = NfitInterleave::make({.ways = 4, .line_size = 64, .line_offsets = lines_of_share});
    REQUIRE(share.has_value());
    shares.push_back(*share);
  }
  for (std::uint64_t spa = 0; spa < 3 * 12 * 64; ++spa) {
    unsigned owners = 0;
    for (const NfitInterleave& share : shares) {
      const auto offset = share.share_offset(spa);
      if (!offset) continue;
      ++owners;
      CHECK(share.spa_offset(*offset) == spa);
    }
    CHECK(owners == 1);
  }
}

TEST_CASE("line offsets beyond one turn are still one-to-one") {
  const auto share = NfitInterleave::make({.ways = 2, .line_size = 16, .line_offsets = {0, 5}});
  REQUIRE(share.has_value());
  for (std::uint64_t x = 0; x < 1000; ++x) CHECK(share->share_offset(*share->spa_offset(x)) == x);
  CHECK_FALSE(share->share_offset(16).has_value());  // line 1 is reached by no turn
}

TEST_CASE("addresses beyond 2^64 and before the share do not exist") {
  constexpr std::uint64_t most = std::numeric_limits<std::uint64_t>::max();
  const auto share = NfitInterleave::make(
      {.region_offset = 4096, .ways = 65535, .line_size = 0xFFFFFFFF, .line_offsets = {0}});
  REQUIRE(share.has_value());
  CHECK_FALSE(share->spa_offset(most).has_value());
  CHECK_FALSE(share->spa_offset(most - 1).has_value());
  CHECK_FALSE(share->share_offset(4095).has_value());
  CHECK(share->share_offset(4096) == 0U);
  (void)share->share_offset(most);
}

TEST_CASE("a spread that is not one-to-one is refused") {
  CHECK_FALSE(NfitInterleave::make({.ways = 2, .line_size = 0, .line_offsets = {0}}).has_value());
  CHECK_FALSE(NfitInterleave::make({.ways = 0, .line_size = 64, .line_offsets = {0}}).has_value());
  CHECK_FALSE(NfitInterleave::make({.ways = 2, .line_size = 64, .line_offsets = {}}).has_value());
  CHECK_FALSE(
      NfitInterleave::make({.ways = 2, .line_size = 64, .line_offsets = {1, 1}}).has_value());
  CHECK_FALSE(
      NfitInterleave::make({.ways = 2, .line_size = 64, .line_offsets = {0, 4}}).has_value());
}

TEST_CASE("a mapping takes its arithmetic from its interleave, or is linear") {
  NfitBuilder builder;
  range(builder, 1, 0, 0x4000);
  mapping(builder, 1, 1, 1, 2).put(24, 8, 256).put(42, 2, 2);
  mapping(builder, 2, 1, 1, 0).put(24, 8, 0x100).put(42, 2, 1);
  mapping(builder, 3, 1, 1, 0).put(42, 2, 2);
  mapping(builder, 4, 1, 1, 9).put(42, 2, 2);
  control(builder, 1, 1);
  lines(builder, 2, 256, {0});
  const auto joined = join(builder);
  const auto& mappings = joined.regions[0].mappings;
  REQUIRE(mappings.size() == 4);
  const auto interleaved = interleave_of(joined, mappings[0]);
  REQUIRE(interleaved.has_value());
  CHECK(interleaved->spa_offset(0) == 256U);
  CHECK(interleaved->spa_offset(256) == 768U);
  const auto linear = interleave_of(joined, mappings[1]);
  REQUIRE(linear.has_value());
  CHECK(linear->spa_offset(0x1FFF) == 0x20FFU);
  CHECK(linear->share_offset(0x20FF) == 0x1FFFU);
  // Several devices and no interleave: how they share the range is not said.
  CHECK_FALSE(interleave_of(joined, mappings[2]).has_value());
  CHECK_FALSE(interleave_of(joined, mappings[3]).has_value());
}
