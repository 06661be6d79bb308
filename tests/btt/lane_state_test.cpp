// SPDX-License-Identifier: BSD-3-Clause
// What is told of single lanes: states, current entries, free blocks, torn slots (btt.md 3.6, 4).
#include <doctest/doctest.h>

#include "scenario.h"

namespace ndmedic::test {
namespace {

constexpr std::uint32_t normal = 0xC0000000;

LaneReading lane_of(BttBuilder& btt, std::uint32_t lane) {
  const Reading reading = read_all(btt.media(), options_for({}));
  return reading.lanes.at(0).lanes.at(lane);
}

TEST_CASE("R2: a formatter's entry is pristine and frees its own spare block") {
  BttBuilder btt;
  const LaneReading lane = lane_of(btt, 17);
  CHECK(lane.state == LaneState::pristine);
  CHECK(lane.current == FlogSlot::a);
  CHECK(lane.free_block->value == 3846);
  CHECK_FALSE(lane.torn);
}

TEST_CASE("FL-8: a formatter's entry with LBA 0 in every lane is pristine too") {
  BttBuilder btt;
  btt.put_entry(17, 0, {0, 3846, 3846, 1});
  CHECK(lane_of(btt, 17).state == LaneState::pristine);
}

TEST_CASE("RP-4: an entry with old = new after a repair is repaired, not torn") {
  BttBuilder btt;
  btt.put_entry(17, 1, {4, 99, 99, 2});
  const LaneReading lane = lane_of(btt, 17);
  CHECK(lane.state == LaneState::never_used_or_repaired);
  CHECK(lane.current == FlogSlot::b);
  CHECK(lane.free_block->value == 99);
  CHECK_FALSE(lane.torn);
}

TEST_CASE("R5, R6, R7: the map word decides whether a write is complete") {
  struct Case {
    std::uint32_t word;
    LaneState state;
  };
  for (const Case& c :
       {Case{normal | 3831, LaneState::complete}, Case{0, LaneState::interrupted},
        Case{normal | 7, LaneState::interrupted}, Case{0x40000007, LaneState::interrupted},
        Case{0x80000007, LaneState::interrupted},
        Case{0x00000BAD, LaneState::interrupted},  // low bits are ignored (MP-1)
        Case{normal | 8, LaneState::superseded}}) {
    BttBuilder btt;
    btt.put_entry(2, 1, {7, 7, 3831, 2});
    btt.put_map(7, c.word);
    const LaneReading lane = lane_of(btt, 2);
    INFO(c.word);
    CHECK(lane.state == c.state);
    CHECK(lane.map_word->word == c.word);
    CHECK(lane.free_block->value == 7);
  }
}

TEST_CASE("map words that lie close are read together, and a fault costs its own word only") {
  BttBuilder btt;
  for (const std::uint32_t lba : {7U, 9U, 11U, 3000U})
    btt.put_entry(lba % 16, 1, {lba, lba, 3829 + lba % 16, 2});
  btt.put_map(9, normal | (3829 + 9));
  btt.put_map(11, normal | 12);
  btt.put_map(3000, normal | (3829 + 8));
  const Reading whole = read_all(btt.media(), options_for({}));
  const Arena& arena = *whole.chain.places[0].arena;
  CHECK(whole.lanes[0].lanes[7].state == LaneState::interrupted);
  CHECK(whole.lanes[0].lanes[9].state == LaneState::complete);
  CHECK(whole.lanes[0].lanes[11].state == LaneState::superseded);
  CHECK(whole.lanes[0].lanes[8].state == LaneState::complete);

  FaultyMedia faults(btt.media());
  Findings findings;
  REQUIRE(read_lanes(faults, arena, {}, findings));
  CHECK(faults.reads == 4);  // the flog twice, LBAs 7..11, LBA 3000

  faults.fail({0xFF7000 + 4 * 9, 4}, ExtentKind::bad);
  const auto table = read_lanes(faults, arena, {}, findings);
  REQUIRE(table);
  CHECK(table->lanes[7].state == LaneState::interrupted);
  CHECK(table->lanes[9].state == LaneState::not_checked);
  CHECK(table->lanes[11].state == LaneState::superseded);
}

TEST_CASE("flags in the flog do not take part in the comparison (FL-6)") {
  BttBuilder btt;
  btt.put_entry(2, 1, {7, normal | 7, normal | 3831, 2});
  CHECK(lane_of(btt, 2).state == LaneState::interrupted);
  CHECK(lane_of(btt, 2).encoding == FlogEncoding::flagged);
}

TEST_CASE("T-2: new lba and old over an old new and seq is a torn inactive slot, and no finding") {
  BttBuilder btt;
  // Lane 2 wrote LBA 7, then LBA 9, and was cut off in a third write over the first entry.
  btt.put_entry(2, 1, {7, 7, 3831, 2});
  btt.put_entry(2, 0, {9, 9, 7, 3});
  btt.put_map(7, normal | 3831);
  btt.put_map(9, normal | 7);
  CHECK_FALSE(lane_of(btt, 2).torn);
  btt.put_entry(2, 1, {30, 30, 3831, 2});
  const LaneReading lane = lane_of(btt, 2);
  CHECK(lane.torn);
  CHECK(lane.state == LaneState::complete);
  CHECK(lane.current == FlogSlot::a);
  CHECK(read_all(btt.media(), options_for({})).findings.list().empty());
}

TEST_CASE("T-2 in the first use of a lane leaves it pristine") {
  BttBuilder btt;
  btt.put_entry(2, 1, {7, 7, 0, 0});
  CHECK(lane_of(btt, 2).state == LaneState::pristine);
  CHECK(lane_of(btt, 2).torn);
}

TEST_CASE("bad lanes have no free block") {
  struct Case {
    EntryWords a;
    EntryWords b;
    LaneState state;
  };
  for (const Case& c :
       {Case{{2, 1, 1, 1}, {2, 1, 1, 1}, LaneState::bad_pair},
        Case{{2, 1, 1, 2}, {2, 1, 1, 5}, LaneState::bad_pair}, Case{{}, {}, LaneState::all_zero},
        Case{{2, 1, 1, 3}, {}, LaneState::unreachable_pair},
        Case{{3829, 5, 6, 1}, {}, LaneState::bad_lba},
        Case{{2, 4085, 4085, 1}, {}, LaneState::bad_block},
        Case{{2, 1, 4085, 1}, {}, LaneState::bad_block},
        Case{{2, 55, 3831, 1}, {}, LaneState::damaged_pristine}}) {
    BttBuilder btt;
    btt.put_entry(2, 0, c.a);
    btt.put_entry(2, 1, c.b);
    const LaneReading lane = lane_of(btt, 2);
    CHECK(lane.state == c.state);
    CHECK_FALSE(lane.free_block);
  }
}

TEST_CASE("FL-09: in the legacy layout slot 2 is the second live slot") {
  BttBuilder btt;
  btt.put_entry(2, 2, {7, 7, 3831, 2});
  const Reading reading = read_all(btt.media(), options_for({}));
  CHECK(reading.lanes[0].layout.layout == FlogLayout::slots_0_2);
  CHECK(reading.lanes[0].lanes[2].state == LaneState::interrupted);
  CHECK(reading.lanes[0].lanes[2].current == FlogSlot::b);
}

TEST_CASE("FD-4: a lost lane stops Linux from attaching, but not the others from being read") {
  BttBuilder btt;
  btt.put_entry(2, 1, {7, 7, 3831, 2});
  btt.put_entry(9, 0, {});
  const Reading reading = read_all(btt.media(), options_for({}));
  const FlogLayoutReading& layout = reading.lanes[0].layout;
  CHECK_FALSE(layout.strict.layout);
  CHECK(layout.strict.first_conflict->value == 9);
  CHECK(layout.layout == FlogLayout::slots_0_1);
  CHECK(reading.lanes[0].lanes[2].state == LaneState::interrupted);
  CHECK(reading.lanes[0].count(LaneState::all_zero) == 1);
}

TEST_CASE("FL-08: without a layout no lane is interpreted") {
  BttBuilder btt;
  btt.put_entry(2, 1, {7, 7, 3831, 2});
  btt.put_entry(3, 2, {9, 9, 3832, 2});
  const Reading reading = read_all(btt.media(), options_for({}));
  CHECK(reading.lanes[0].count(LaneState::not_checked) == 256);
  CHECK(reading.findings.list().at(0).place.first == 3);
}

TEST_CASE("findings of lanes name namespace, arena and lane") {
  BttBuilder btt;
  btt.put_entry(2, 1, {7, 7, 3831, 2});
  ChainOptions options = options_for({});
  options.context.ns.ns = std::uint32_t{4};
  const Reading reading = read_all(btt.media(), options);
  REQUIRE(reading.findings.list().size() == 1);
  const Finding& finding = reading.findings.list()[0];
  CHECK(to_string(finding.place) == "ns/4/arena0/flog/2");
  CHECK(message_of(finding) ==
        "arena 0: lane 2 has a write of LBA 7 that the map does not show yet: block 7 becomes "
        "3831");
  CHECK(reading.findings.worst() == Severity::needs_recovery);
}

TEST_CASE("a cancelled pass says so") {
  BttBuilder btt;
  const Reading reading = read_all(btt.media(), options_for({}));
  Findings findings;
  const auto lanes = read_lanes(btt.media(), *reading.chain.places[0].arena, {}, findings,
                                [](std::uint64_t, std::uint64_t) { return false; });
  REQUIRE(lanes);
  CHECK(lanes->cancelled);
  CHECK(lanes->lanes.empty());
}

}  // namespace
}  // namespace ndmedic::test
