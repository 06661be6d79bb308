// SPDX-License-Identifier: BSD-3-Clause
#include <ndmedic/media/interleave.h>

#include <doctest/doctest.h>

#include <array>

namespace ndmedic {
namespace {

TEST_CASE("interleave: two devices, two lines a turn, as the NFIT tables place them") {
  // Device 0 holds lines 0 and 3 of each turn, device 1 lines 1 and 2.
  constexpr std::array<std::uint32_t, 2> first = {0, 3};
  constexpr std::array<std::uint32_t, 2> second = {0, 1};
  const std::array shares = {InterleaveShare{0, first}, InterleaveShare{256, second}};
  const Interleave set = *Interleave::build(256, 2, 1024, shares);
  CHECK(set.size() == 2048);
  CHECK(set.turn_size() == 1024);
  CHECK(set.share_turn_size() == 512);
  struct Row {
    std::uint64_t position;
    std::uint32_t share;
    std::uint64_t offset;
    std::uint64_t contiguous;
  };
  for (const Row& row : {Row{0, 0, 0, 256}, Row{255, 0, 255, 1}, Row{256, 1, 0, 256},
                         Row{600, 1, 344, 168}, Row{768, 0, 256, 256}, Row{1024, 0, 512, 256},
                         Row{1300, 1, 532, 236}, Row{2047, 0, 1023, 1}}) {
    CAPTURE(row.position);
    const Interleave::Location at = set.locate(row.position);
    CHECK(at.share == row.share);
    CHECK(at.offset == row.offset);
    CHECK(at.contiguous == row.contiguous);
  }
}

TEST_CASE("interleave: lines of a device that is not there are nobody's") {
  constexpr std::array<std::uint32_t, 1> line = {0};
  const std::array shares = {InterleaveShare{64, line}};
  const Interleave set = *Interleave::build(64, 2, 640, shares);
  CHECK(set.size() == 1280);
  CHECK(set.locate(0).share == Interleave::no_share);
  CHECK(set.locate(10).contiguous == 54);
  CHECK(set.locate(64).share == 0);
  CHECK(!set.linear());
}

TEST_CASE("interleave: tables that contradict themselves are invalid") {
  constexpr std::array<std::uint32_t, 1> zero = {0};
  constexpr std::array<std::uint32_t, 1> two = {2};
  constexpr std::array<std::uint32_t, 1> most = {0xFFFFFFFF};
  constexpr std::array<std::uint32_t, 2> pair = {0, 2};
  using Shares = std::vector<InterleaveShare>;
  const Shares good = {{0, zero}, {64, zero}};
  REQUIRE(Interleave::build(64, 2, 128, good));
  const auto code = [](std::uint32_t line, std::uint32_t ways, std::uint64_t size,
                       const Shares& shares) {
    const auto set = Interleave::build(line, ways, size, shares);
    REQUIRE(!set);
    return set.error().code;
  };
  CHECK(code(0, 2, 128, good) == Errc::invalid);
  CHECK(code(64, 0, 128, good) == Errc::invalid);
  CHECK(code(64, 2, 0, good) == Errc::invalid);
  CHECK(code(64, 2, 100, good) == Errc::invalid);  // no whole turns
  CHECK(code(64, 1, 128, good) == Errc::invalid);  // more shares than ways
  CHECK(code(64, 2, 128, {}) == Errc::invalid);
  CHECK(code(64, 2, 128, {{0, {}}, {64, {}}}) == Errc::invalid);
  CHECK(code(64, 2, 128, {{0, zero}, {0, zero}}) == Errc::invalid);   // one line twice
  CHECK(code(64, 2, 128, {{0, zero}, {32, zero}}) == Errc::invalid);  // between lines
  CHECK(code(64, 2, 128, {{0, zero}, {0, two}}) == Errc::invalid);    // outside the turn
  CHECK(code(64, 2, 128, {{0, zero}, {64, most}}) == Errc::invalid);
  CHECK(code(64, 2, 128, {{0, zero}, {~std::uint64_t{63}, two}}) == Errc::invalid);
  CHECK(code(64, 2, 128, {{0, zero}, {64, pair}}) == Errc::invalid);
  CHECK(code(64, 4, std::uint64_t{1} << 63, {{0, zero}}) == Errc::invalid);  // 2^65 bytes
  CHECK(code(64, 0x200000, 64, {{0, zero}}) == Errc::too_large);
}

}  // namespace
}  // namespace ndmedic
