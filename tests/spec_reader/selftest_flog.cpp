// SPDX-License-Identifier: BSD-3-Clause
//
// Self-test of map entries, flog and the whole-BTT reader (BTT specification 2.4, 2.5, 3.6).
#include <doctest/doctest.h>

#include "spec_reader/selftest_bytes.h"
#include "spec_reader/spec_reader.h"

using namespace spec_reader;
using namespace spec_reader_test;

TEST_CASE("map entries, 2.4") {
  CHECK(decode_map_entry(0, 7).state == MapState::initial);
  CHECK(decode_map_entry(0, 7).postmap == 7);
  CHECK(decode_map_entry(0x000085AA, 7).postmap == 7);  // MP-4: low bits ignored
  CHECK(decode_map_entry(0x000085AA, 7).low_bits == 0x85AA);
  CHECK(decode_map_entry(0x40000009, 9).state == MapState::error);
  CHECK(decode_map_entry(0x8000000B, 11).state == MapState::zero);
  CHECK(decode_map_entry(0xC00085AA, 5).state == MapState::normal);
  CHECK(decode_map_entry(0xC00085AA, 5).postmap == 0x85AA);
  CHECK(decode_map_entry(0xFFFFFFFF, 5).postmap == 0x3FFFFFFF);
}

TEST_CASE("decision table, 2.5.3") {
  // Rows A = 0..4, columns B = 0..4; '.' is inconsistent.
  const char* expected[5] = {".BBB.", "A.BA.", "AA.B.", "ABA..", "....."};
  for (std::uint32_t a = 0; a < 5; ++a) {
    for (std::uint32_t b = 0; b < 5; ++b) {
      const char cell = expected[a][b];
      const PairSide side = cell == 'A'   ? PairSide::a
                            : cell == 'B' ? PairSide::b
                                          : PairSide::invalid;
      CHECK(current_side(a, b) == side);
    }
  }
  CHECK(current_side(0xFFFFFFFF, 2) == PairSide::invalid);
}

namespace {

constexpr FlogSlot nothing = {};

// A lane as the kernel formats it, E-1: external_nlba 32202.
FlogGroup fresh_lane(std::uint32_t lane) {
  return {FlogSlot{lane, 32202 + lane, 32202 + lane, 1}, nothing, nothing, nothing};
}

std::vector<FlogGroup> fresh_flog(std::uint32_t lanes) {
  std::vector<FlogGroup> groups;
  for (std::uint32_t lane = 0; lane < lanes; ++lane) {
    groups.push_back(fresh_lane(lane));
  }
  return groups;
}

const FlogSlot some_entry = {5, 5, 32207, 2};

}  // namespace

TEST_CASE("slot layout, 2.5.2") {
  std::vector<FlogGroup> groups = fresh_flog(8);
  CHECK(detect_flog_layout(groups) == FlogLayout::slots_0_1);  // rule 4
  groups[5][1] = some_entry;
  CHECK(detect_flog_layout(groups) == FlogLayout::slots_0_1);
  groups[6][2] = some_entry;
  CHECK(detect_flog_layout(groups) == FlogLayout::failed);  // rule 3, mixed
  groups[5][1] = nothing;
  CHECK(detect_flog_layout(groups) == FlogLayout::slots_0_2);
  // FD-4: an all-zero lane behind the place where both are known fails, before it passes.
  groups[7] = {};
  CHECK(detect_flog_layout(groups) == FlogLayout::failed);
  groups[7] = fresh_lane(7);
  groups[3] = {};
  CHECK(detect_flog_layout(groups) == FlogLayout::slots_0_2);
  // FD-5: a torn first write has seq 0 in slot Y.
  groups = fresh_flog(8);
  groups[0][2] = FlogSlot{1, 1, 0, 0};
  CHECK(detect_flog_layout(groups) == FlogLayout::slots_0_2);
}

TEST_CASE("slot layout, failures of 2.5.2") {
  // The hole of the kernel: all pristine, last lane only slot 3.  Failure by [proj].
  std::vector<FlogGroup> groups = fresh_flog(8);
  groups[7] = {nothing, nothing, nothing, some_entry};
  CHECK(detect_flog_layout(groups) == FlogLayout::failed);
  // X is slot 1.
  groups = {{nothing, some_entry, nothing, nothing}};
  CHECK(detect_flog_layout(groups) == FlogLayout::failed);
  // All zero, and no lanes at all.
  groups.assign(4, FlogGroup{});
  CHECK(detect_flog_layout(groups) == FlogLayout::failed);
  CHECK(detect_flog_layout({}) == FlogLayout::failed);
  // Three live slots in one lane.
  groups = fresh_flog(2);
  groups[0][1] = some_entry;
  groups[0][2] = some_entry;
  CHECK(detect_flog_layout(groups) == FlogLayout::failed);
}

TEST_CASE("flog group fields") {
  Buffer bytes(64);
  put(bytes, 16, 5, 4);
  put(bytes, 28, 2, 4);
  CHECK(tiles(flog_group_fields(bytes), 64));
  CHECK(field_number(flog_group_fields(bytes), "lba1") == 5);
  CHECK(parse_flog_group(bytes)[1].seq == 2);
  CHECK(parse_flog_group(Bytes(bytes).first(20))[1].seq == 0);
}

namespace {

InfoBlock e1_info() {
  InfoBlock info;
  info.external_nlba = 32202;
  info.internal_nlba = 32458;
  info.nfree = 256;
  return info;
}

// The case of a lane with current entry `b` in slot B over the formatter's slot A.
std::string case_of(const FlogSlot& a, const FlogSlot& b, MapWord word, std::uint32_t lane = 5) {
  LaneReading reading = lane_slots({a, b, nothing, nothing}, FlogLayout::slots_0_1, lane);
  judge_lane(reading, e1_info(), word);
  return reading.lane_case;
}

}  // namespace

TEST_CASE("recovery cases, 3.6") {
  const FlogSlot a = fresh_lane(5)[0];
  const FlogSlot b = {9, 9, 32207, 2};
  CHECK(case_of(a, {9, 9, 32207, 1}, 0u) == "R1");
  CHECK(case_of(a, nothing, 0u) == "R2");
  CHECK(case_of(a, {32202, 9, 32207, 2}, 0u) == "R3");
  CHECK(case_of(a, {9, 32458, 32207, 2}, 0u) == "R4");
  CHECK(case_of(a, {9, 9, 32458, 2}, 0u) == "R4");
  CHECK(case_of(a, b, 0xC0000000u | 32207) == "R5");
  CHECK(case_of(a, b, 0u) == "R6");  // initial: identity = old
  CHECK(case_of(a, b, 0xC0000009u) == "R6");
  CHECK(case_of(a, b, 0x40000009u) == "R6");  // RC-4
  CHECK(case_of(a, b, 0xC0000008u) == "R7");
  CHECK(case_of(a, b, std::nullopt) == "unreadable");
  // Flags in old and new are masked (FL-6).
  CHECK(case_of(a, {9, 0xC0000009, 0xC0000000u | 32207, 2}, 0u) == "R6");
  CHECK(case_of(a, {9, 0x80000009, 0xC0000009, 2}, 0u) == "R2");
  // R9: damaged old_map of a never written lane; lba 5 is initial and owns block 5.
  CHECK(case_of({5, 5, 32207, 1}, nothing, 0u) == "R9");
  CHECK(case_of({5, 5, 32207, 1}, nothing, 0u, 6) == "R6");
  CHECK(case_of({5, 6, 32207, 1}, nothing, 0u) == "R7");
}

TEST_CASE("torn inactive slot, CC-4") {
  const auto torn = [](const FlogSlot& a, const FlogSlot& b) {
    return lane_slots({a, b, nothing, nothing}, FlogLayout::slots_0_1, 0).torn;
  };
  CHECK_FALSE(torn(fresh_lane(0)[0], {9, 9, 32202, 2}));
  CHECK(torn({9, 10, 11, 2}, {1, 2, 12, 3}));
  CHECK_FALSE(torn({9, 12, 11, 2}, {1, 2, 0xC000000C, 3}));
  // Half-written first use (T-2 with seq 0) is not a used pair.
  CHECK_FALSE(torn(fresh_lane(0)[0], {9, 9, 0, 0}));
}

namespace {

// Example E-1 as the kernel formats it: 16 MiB, sector 512, version 2.0.
Buffer formatted_e1() {
  Buffer image(0x1000000);
  Buffer info(4096);
  put_text(info, 0, "BTT_ARENA_INFO");
  put(info, 52, 2, 2);
  put(info, 56, 512, 4);
  put(info, 60, 32202, 4);
  put(info, 64, 512, 4);
  put(info, 68, 32458, 4);
  put(info, 72, 256, 4);
  put(info, 76, 4096, 4);
  put(info, 88, 4096, 8);
  put(info, 96, 0xFDB000, 8);
  put(info, 104, 0xFFB000, 8);
  put(info, 112, 0xFFF000, 8);
  put(info, 4088, fletcher64(info, 4088, 8), 8);
  std::copy(info.begin(), info.end(), image.begin());
  std::copy(info.begin(), info.end(), image.begin() + 0xFFF000);
  for (std::size_t lane = 0; lane < 256; ++lane) {
    const std::size_t at = 0xFFB000 + 64 * lane;
    put(image, at, lane, 4);
    put(image, at + 4, 32202 + lane, 4);
    put(image, at + 8, 32202 + lane, 4);
    put(image, at + 12, 1, 4);
  }
  return image;
}

}  // namespace

TEST_CASE("whole BTT: fresh, interrupted, damaged") {
  Buffer image = formatted_e1();
  BttReading reading = read_btt(memory_source(image), 0);
  REQUIRE(reading.arenas.size() == 1);
  CHECK(reading.arenas[0].primary.valid);
  CHECK(reading.arenas[0].backup.valid);
  CHECK(reading.arenas[0].copies_equal);
  CHECK(reading.arenas[0].layout == FlogLayout::slots_0_1);
  REQUIRE(reading.arenas[0].lanes.size() == 256);
  CHECK(reading.arenas[0].lanes[255].lane_case == "R2");
  // An interrupted write to LBA 9 through lane 3.
  put(image, 0xFFB000 + 64 * 3 + 16, 9, 4);
  put(image, 0xFFB000 + 64 * 3 + 20, 9, 4);
  put(image, 0xFFB000 + 64 * 3 + 24, 32205, 4);
  put(image, 0xFFB000 + 64 * 3 + 28, 2, 4);
  CHECK(read_btt(memory_source(image), 0).arenas[0].lanes[3].lane_case == "R6");
  put(image, 0xFDB000 + 4 * 9, 0xC0000000 | 32205, 4);
  CHECK(read_btt(memory_source(image), 0).arenas[0].lanes[3].lane_case == "R5");
  // Primary lost: the computed backup serves.
  put(image, 0, 0, 1);
  reading = read_btt(memory_source(image), 0);
  CHECK(reading.arenas[0].used == UsedCopy::backup);
  CHECK(reading.arenas[0].primary.verdict.violations == Verdict{"V-1", "V-2"});
  CHECK(reading.arenas[0].lanes.size() == 256);
  CHECK_FALSE(reading.arenas[0].backup_by_primary.has_value());
  // Both lost.
  put(image, 0xFFF000, 0, 1);
  reading = read_btt(memory_source(image), 0);
  CHECK(reading.arenas[0].used == UsedCopy::none);
  CHECK(reading.arenas[0].lanes.empty());
}

TEST_CASE("whole BTT: grown container, other offset, nothing") {
  Buffer image = formatted_e1();
  image.resize(image.size() + 8192);
  const BttReading grown = read_btt(memory_source(image), 0);
  REQUIRE(grown.arenas.size() == 1);
  CHECK(grown.arenas[0].primary.verdict.violations == Verdict{"V-14"});
  CHECK_FALSE(grown.arenas[0].backup.usable);
  REQUIRE(grown.arenas[0].backup_by_primary.has_value());
  CHECK(grown.arenas[0].backup_by_primary->usable);
  CHECK(grown.arenas[0].lanes.size() == 256);
  CHECK(read_btt(memory_source(image), 4096).arenas[0].used == UsedCopy::none);
  CHECK(read_btt(memory_source(image), ~std::uint64_t{0}).arenas.empty());
  CHECK(read_btt(memory_source({}), 0).arenas.empty());
  CHECK(read_btt(NamespaceSource{1 << 24, {}}, 0).arenas[0].used == UsedCopy::none);
}
