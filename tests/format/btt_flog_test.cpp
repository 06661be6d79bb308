// SPDX-License-Identifier: BSD-3-Clause
#include <ndmedic/format/btt_flog.h>

#include <doctest/doctest.h>

#include <array>
#include <cstdint>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include <ndmedic/format/codec.h>

#include "hex.h"

using namespace ndmedic;

namespace {

constexpr auto A = FlogSlot::a;
constexpr auto B = FlogSlot::b;
constexpr std::optional<FlogSlot> inv = std::nullopt;

FlogEntry entry(std::uint32_t lba, std::uint32_t old_map, std::uint32_t new_map,
                std::uint32_t seq) {
  FlogEntry e{};
  e.lba = lba;
  e.old_map = old_map;
  e.new_map = new_map;
  e.seq = seq;
  return e;
}

/// What a formatter leaves in a lane: slot 0 alone.
FlogGroup pristine(std::uint32_t lane) {
  FlogGroup group{};
  group.slot[0] = entry(lane, 1000 + lane, 1000 + lane, 1);
  return group;
}

/// A lane whose slots of these numbers are in use.
FlogGroup used(std::initializer_list<unsigned> slots) {
  FlogGroup group{};
  for (const unsigned slot : slots) group.slot[slot] = entry(5, 7, 1000, slot + 1);
  return group;
}

FlogLayoutDetector::Answer detect(const std::vector<FlogGroup>& lanes) {
  FlogLayoutDetector detector;
  for (const FlogGroup& lane : lanes) detector.feed(lane);
  return detector.answer();
}

bool equal(const FlogLayoutDetector::Answer& a, const FlogLayoutDetector::Answer& b) {
  return a.layout == b.layout && a.written == b.written && a.first_conflict == b.first_conflict;
}

}  // namespace

TEST_CASE("the current entry of a pair is that of the decision table (2.5.3)") {
  // Row: seq of A, column: seq of B; the last row and column stand for every value from 4 on.
  const std::optional<FlogSlot> table[5][5] = {{inv, B, B, B, inv},
                                               {A, inv, B, A, inv},
                                               {A, A, inv, B, inv},
                                               {A, B, A, inv, inv},
                                               {inv, inv, inv, inv, inv}};
  const std::array<std::uint32_t, 4> beyond = {4, 5, 0x80000001, 0xFFFFFFFF};
  for (std::uint32_t a = 0; a < 5; ++a) {
    for (std::uint32_t b = 0; b < 5; ++b) {
      for (const std::uint32_t large : beyond) {
        CAPTURE(a);
        CAPTURE(b);
        CHECK(newer(a < 4 ? a : large, b < 4 ? b : large) == table[a][b]);
      }
    }
  }
  CHECK(newer(4, 5) == inv);
}

TEST_CASE("the pairs that a writer reaches are those of SQ-3, in its order") {
  std::vector<std::pair<std::uint32_t, std::uint32_t>> path = {{1, 0}};
  for (int i = 0; i < 7; ++i) {
    auto [a, b] = path.back();
    const auto current = newer(a, b);
    REQUIRE(current.has_value());
    CHECK_FALSE(is_unreachable(a, b));
    // SQ-2: the other slot gets the successor of the current one.
    if (*current == A)
      b = next_seq(a);
    else
      a = next_seq(b);
    path.emplace_back(a, b);
  }
  const std::vector<std::pair<std::uint32_t, std::uint32_t>> printed = {
      {1, 0}, {1, 2}, {3, 2}, {3, 1}, {2, 1}, {2, 3}, {1, 3}, {1, 2}};
  CHECK(path == printed);

  const std::set<std::pair<std::uint32_t, std::uint32_t>> reached(path.begin(), path.end());
  for (std::uint32_t a = 0; a < 4; ++a)
    for (std::uint32_t b = 0; b < 4; ++b)
      if (newer(a, b).has_value()) CHECK(is_unreachable(a, b) == !reached.contains({a, b}));
}

TEST_CASE(
    "legal but unreachable are (2,0), (3,0) and (0,n); an invalid pair is not called so (FL-06)") {
  CHECK(is_unreachable(2, 0));
  CHECK(is_unreachable(3, 0));
  CHECK(is_unreachable(0, 1));
  CHECK(is_unreachable(0, 2));
  CHECK(is_unreachable(0, 3));
  CHECK_FALSE(is_unreachable(0, 0));
  CHECK_FALSE(is_unreachable(0, 4));
  CHECK_FALSE(is_unreachable(4, 0));
  CHECK_FALSE(is_unreachable(2, 2));
}

TEST_CASE("sequence numbers cycle 1, 2, 3 and 0 is no successor (SQ-1)") {
  CHECK(next_seq(1) == 2);
  CHECK(next_seq(2) == 3);
  CHECK(next_seq(3) == 1);
  CHECK(next_seq(0) == 0);
  CHECK(next_seq(4) == 0);
}

TEST_CASE("old_map and new_map are masked to 30 bits, the stored words stay (FL-6)") {
  // Lane 0 of the trace in 2.7 after the second round of writes.
  const auto bytes = test::hex("05000000ab850080050000c003000000");
  const auto e = decode<FlogEntry>(bytes);
  CHECK(e.lba.value() == 5);
  CHECK(e.old_map.value() == 0x800085AB);
  CHECK(e.old_block() == PostmapLba{0x85AB});
  CHECK(e.new_block() == PostmapLba{5});
  CHECK(e.seq.value() == 3);
  test::Bytes again(16);
  encode(e, again);
  CHECK(again == bytes);
}

TEST_CASE("only four zero words are padding (2.5.2)") {
  CHECK(FlogEntry{}.is_zero());
  for (std::size_t i = 0; i < 16; ++i) {
    test::Bytes bytes(16);
    bytes[i] = std::byte{1};
    CHECK_FALSE(decode<FlogEntry>(bytes).is_zero());
  }
}

TEST_CASE("the live slots are 0 and 1, or 0 and 2") {
  CHECK(slot_index(FlogLayout::slots_0_1, A) == 0);
  CHECK(slot_index(FlogLayout::slots_0_1, B) == 1);
  CHECK(slot_index(FlogLayout::slots_0_2, A) == 0);
  CHECK(slot_index(FlogLayout::slots_0_2, B) == 2);
}

TEST_CASE("an arena never written has the layout (0,1) by definition (FD-2)") {
  const auto answer = detect({pristine(0), pristine(1), pristine(2)});
  CHECK(answer.layout == FlogLayout::slots_0_1);
  CHECK_FALSE(answer.written);
  CHECK_FALSE(answer.first_conflict.has_value());
}

TEST_CASE("one written lane tells the layout of the arena") {
  for (const unsigned slot : {1U, 2U}) {
    const auto layout = slot == 1 ? FlogLayout::slots_0_1 : FlogLayout::slots_0_2;
    for (std::size_t lane = 0; lane < 4; ++lane) {
      std::vector<FlogGroup> lanes = {pristine(0), pristine(1), pristine(2), pristine(3)};
      lanes[lane] = used({0, slot});
      const auto answer = detect(lanes);
      CHECK(answer.layout == layout);
      CHECK(answer.written);
      CHECK_FALSE(answer.first_conflict.has_value());
    }
  }
}

TEST_CASE("lane 6 of the public legacy image tells the layout (0,2)") {
  FlogGroup lane = {};
  lane.slot[0] = entry(6, 0x3EEF, 0x3EEF, 1);
  lane.slot[2] = entry(0, 0, 0x3EEF, 2);
  CHECK(detect({pristine(0), lane, pristine(2)}).layout == FlogLayout::slots_0_2);
}

TEST_CASE("a torn first write, and one that stored zeros only, detect correctly (FD-5, FD-6)") {
  FlogGroup torn = pristine(1);
  torn.slot[1] = entry(9, 9, 0, 0);
  CHECK(detect({pristine(0), torn}).layout == FlogLayout::slots_0_1);
  torn.slot[1] = FlogEntry{};
  torn.slot[2] = entry(9, 0, 0, 0);
  CHECK(detect({pristine(0), torn}).layout == FlogLayout::slots_0_2);
  FlogGroup nothing_yet = pristine(0);  // lba 0 and old_map 0: the slot still looks like padding
  CHECK_FALSE(detect({nothing_yet, pristine(1)}).written);
}

TEST_CASE(
    "lanes that disagree leave the layout open, and the first of them is named (FD-7, FL-08)") {
  const auto answer = detect({pristine(0), used({0, 1}), pristine(2), used({0, 2}), used({0, 2})});
  CHECK_FALSE(answer.layout.has_value());
  CHECK(answer.written);
  CHECK(answer.first_conflict == Lane{3});
  // Also when one lane speaks against all others.
  CHECK_FALSE(detect({used({0, 2}), used({0, 1}), used({0, 1}), used({0, 1})}).layout.has_value());
}

TEST_CASE("three live slots in a lane contradict every layout (rule 3)") {
  CHECK(detect({pristine(0), used({0, 1, 2})}).first_conflict == Lane{1});
  CHECK(detect({used({0, 1}), used({0, 1, 2})}).first_conflict == Lane{1});
}

TEST_CASE(
    "an all-zero lane passes before the layout is known and fails the arena behind that (FD-4)") {
  const FlogGroup zero{};
  CHECK(detect({zero, pristine(1)}).layout == FlogLayout::slots_0_1);
  CHECK_FALSE(detect({zero, pristine(1)}).written);
  CHECK(detect({pristine(0), zero, used({0, 1})}).layout == FlogLayout::slots_0_1);
  CHECK(detect({zero, used({0, 2}), pristine(2)}).layout == FlogLayout::slots_0_2);
  const auto behind = detect({used({0, 1}), pristine(1), zero});
  CHECK_FALSE(behind.layout.has_value());
  CHECK(behind.first_conflict == Lane{2});
}

TEST_CASE("slot 3 in use is a conflict in every lane, the last of a pristine arena included") {
  CHECK(detect({used({3})}).first_conflict == Lane{0});
  CHECK(detect({pristine(0), used({3})}).first_conflict == Lane{1});
  CHECK_FALSE(detect({pristine(0), used({3})}).layout.has_value());
  CHECK(detect({pristine(0), used({3})}).written);
  CHECK(detect({pristine(0), used({0, 3})}).first_conflict == Lane{1});
  CHECK(detect({pristine(0), used({3}), pristine(2)}).first_conflict == Lane{1});
  CHECK(detect({used({0, 1}), used({0, 3})}).first_conflict == Lane{1});
}

TEST_CASE("the first slot met must be slot 0 (rule 6)") {
  CHECK(detect({used({1})}).first_conflict == Lane{0});
  CHECK(detect({used({2})}).first_conflict == Lane{0});
  CHECK(detect({used({1, 2})}).first_conflict == Lane{0});
  CHECK(detect({FlogGroup{}, used({1}), pristine(2)}).first_conflict == Lane{1});
}

TEST_CASE("a lane that lost slot 0 tells the layout only while it is open") {
  CHECK(detect({pristine(0), used({2})}).layout == FlogLayout::slots_0_2);
  CHECK(detect({pristine(0), used({1}), pristine(2)}).layout == FlogLayout::slots_0_1);
  CHECK(detect({used({0, 1}), used({1})}).first_conflict == Lane{1});
}

TEST_CASE("a flog of zeros has no layout") {
  const auto answer = detect({FlogGroup{}, FlogGroup{}});
  CHECK_FALSE(answer.layout.has_value());
  CHECK_FALSE(answer.written);
  CHECK_FALSE(detect({}).layout.has_value());
}

TEST_CASE("feed_zero(n) is n zero groups") {
  const std::vector<std::vector<FlogGroup>> heads = {
      {}, {pristine(0)}, {used({0, 1})}, {pristine(0), used({0, 2})}, {used({3})}};
  const std::vector<std::vector<FlogGroup>> tails = {
      {}, {pristine(9)}, {used({0, 1})}, {used({0, 2})}, {used({1})}};
  for (const auto& head : heads) {
    for (const auto& tail : tails) {
      for (const std::uint64_t count : {0U, 1U, 2U, 300U}) {
        FlogLayoutDetector by_one;
        FlogLayoutDetector at_once;
        for (const FlogGroup& group : head) by_one.feed(group), at_once.feed(group);
        for (std::uint64_t i = 0; i < count; ++i) by_one.feed(FlogGroup{});
        at_once.feed_zero(count);
        for (const FlogGroup& group : tail) by_one.feed(group), at_once.feed(group);
        CHECK(equal(by_one.answer(), at_once.answer()));
      }
    }
  }
  FlogLayoutDetector detector;
  detector.feed_zero(0xFFFFFFFE);
  detector.feed(used({1}));
  CHECK(detector.answer().first_conflict == Lane{0xFFFFFFFE});
}
