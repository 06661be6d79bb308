// SPDX-License-Identifier: BSD-3-Clause
// Repairs of BTTs: each kind of damage is cured or left alone as the specification has it, healthy
// sectors read as before, and thousands of arenas with a shared lane come to one owner a block.
#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>

#include <ndmedic/fsck/random.h>
#include <ndmedic/fsck/shared_lane.h>

#include "repaired.h"

namespace ndmedic::test {
namespace {

const std::string small_arena = "arena 16M sector 4096\n";  // 3829 LBAs, 4085 blocks

struct Case {
  std::string_view what;
  std::string changes;
  RepairClass consent;
  std::set<std::uint64_t> lost;  ///< LBAs that read as errors afterwards
  std::set<ProblemId> left;      ///< damage that stays
};

std::vector<Case> map_cases() {
  using enum ProblemId;
  using enum RepairClass;
  return {
      {"an interrupted write is completed",
       "write 5 lane 0\nwrite 5 lane 1 pending\n",
       safe,
       {},
       {}},
      {"XR-10: one entry and one block left", "set ns/0/arena0/map/9 = 0xc0009c40\n", safe, {}, {}},
      {"XR-10 keeps an error", "set ns/0/arena0/map/9 = 0x40009c40\n", safe, {9}, {}},
      {"XR-01 without evidence",
       "write 5 lane 0\nwrite 6 lane 1\nwrite 7 lane 0\nwrite 8 lane 1\nwrite 9 lane 0\n"
       "write 10 lane 1\nset ns/0/arena0/map/6 = ns/0/arena0/map/5\n",
       lossy,
       {5, 6},
       {}},
      {"XR-01 with a flog entry that tells (EV-1)",
       "write 5 lane 0\nwrite 6 lane 1\nset ns/0/arena0/map/6 = ns/0/arena0/map/5\n",
       lossy,
       {},
       {}},
      {"XR-02 without evidence is not touched",
       "write 5 lane 0\nwrite 6 lane 0\nwrite 9 lane 1\nwrite 10 lane 1\nwrite 11 lane 1\n"
       "set ns/0/arena0/map/9 = 0xc0000006\n",
       lossy,
       {},
       {map_lane_share, blocks_unowned}},
      {"XR-02 without evidence, when told to",
       "write 5 lane 0\nwrite 6 lane 0\nwrite 9 lane 1\nwrite 10 lane 1\nwrite 11 lane 1\n"
       "set ns/0/arena0/map/9 = 0xc0000006\n",
       manual,
       {9},
       {}},
      {"XR-02 with a lane that was never used (EV-4)",
       "set ns/0/arena0/map/9 = 0xc0000ef8\n",
       manual,
       {},
       {}},
  };
}

std::vector<Case> lane_and_info_cases() {
  using enum ProblemId;
  using enum RepairClass;
  return {
      {"XR-03: two lanes with one block",
       "set ns/0/arena0/flog/4.A.old_map = 3832\nset ns/0/arena0/flog/4.A.new_map = 3832\n",
       lossy,
       {},
       {}},
      {"XR-11 without evidence",
       "write 20 lane 7\nwrite 21 lane 7\nwrite 22 lane 7\nset ns/0/arena0/map/20 = 0xc0000009\n",
       lossy,
       {9},
       {}},
      {"FL-02: a lost lane", "write 5 lane 0\nzero ns/0/arena0/flog/9\n", lossy, {}, {}},
      {"FL-01: equal sequence numbers",
       "write 5 lane 0\nwrite 6 lane 0\nset ns/0/arena0/flog/0.A.seq = 1\nset "
       "ns/0/arena0/flog/0.B.seq = 1\n",
       lossy,
       {},
       {}},
      {"several entries without a block",
       "set ns/0/arena0/map/9 = 0xc0009c40\nset ns/0/arena0/map/2009 = 0xc0009c41\n",
       lossy,
       {9, 2009},
       {}},
      {"IB-01: the primary lost", "bytes ns/0/arena0/info = 00\nunsealed\n", safe, {}, {}},
      {"IB-02: the backup lost", "bytes ns/0/arena0/backup = 00\nunsealed\n", safe, {}, {}},
      {"IB-03: flags differ", "set ns/0/arena0/backup.flags = 1\n", safe, {}, {arena_error_flag}},
      {"IB-04: the map of one of two generations is not touched",
       "set ns/0/arena0/backup.uuid = 00000000-0000-4000-8000-00000000000f\n"
       "set ns/0/arena0/map/9 = 0xc0009c40\n",
       lossy,
       {9},
       {info_generations_differ, map_block_out_of_range}},
      {"FO-08: both copies intact but the start wiped",
       "zero @0+8192\n",
       lossy,
       {},
       {info_primary_wiped}},
      {"FO-08, when told to", "zero @0+8192\n", manual, {}, {}},
  };
}

std::vector<Case> cases() {
  std::vector<Case> all = map_cases();
  std::ranges::move(lane_and_info_cases(), std::back_inserter(all));
  return all;
}

std::set<ProblemId> damage_of(const Checked& all) {
  std::set<ProblemId> ids;
  for (const ProblemId id : all.ids())
    if (problem(id).severity >= Severity::needs_recovery) ids.insert(id);
  return ids;
}

TEST_CASE("each kind of damage is cured, and what was readable and is not listed reads the same") {
  for (const Case& one : cases()) {
    CAPTURE(one.what);
    Bench bench(small_arena + one.changes);
    Checked before = bench.look();
    REQUIRE(!damage_of(before).empty());
    const auto sectors = sectors_of(before);
    const std::vector<Repair> done = repair(before, one.consent);
    const Checked after = bench.look();
    CHECK(names(damage_of(after)) == names(one.left));

    std::set<std::uint64_t> listed;
    for (const Repair& repair : done)
      for (const LostSectors& lost : repair.lost) listed.insert(lost.first.value);
    const auto now = sectors_of(after);
    std::set<std::uint64_t> lost;
    for (std::size_t lba = 0; lba < now.size(); ++lba) {
      if (!now[lba]) lost.insert(lba);
      if (!sectors.empty() && sectors[lba] && now[lba] && sectors[lba] != now[lba])
        CHECK_MESSAGE(damage_of(before).contains(ProblemId::map_block_shared), "LBA ", lba);
      if (!sectors.empty() && sectors[lba] && !now[lba]) CHECK(listed.contains(lba));
    }
    CHECK(lost == one.lost);
  }
}

TEST_CASE("a repair broken off is found again, and ends alike") {
  const std::string changes =
      "set ns/0/arena0/map/9 = 0xc0009c40\nset ns/0/arena0/map/2009 = 0xc0009c41\n"
      "write 5 lane 0\nwrite 6 lane 1\nwrite 7 lane 0\nwrite 8 lane 1\nwrite 9 lane 2\n"
      "write 10 lane 1\nwrite 11 lane 0\nset ns/0/arena0/map/6 = ns/0/arena0/map/5\n";
  Bench whole(small_arena + changes);
  Checked first = whole.look();
  repair(first, RepairClass::lossy);
  const auto expected = sectors_of(whole.look());
  for (std::size_t steps = 0; steps < 12; ++steps) {
    CAPTURE(steps);
    Bench bench(small_arena + changes);
    Checked before = bench.look();
    auto proposed = propose_repairs(before.tree, before.result, before.findings);
    REQUIRE(proposed);
    std::size_t done = 0;
    for (const Repair& one : *proposed)
      if (one.prepare && done++ < steps) REQUIRE(one.prepare());
    for (const Repair& one : *proposed)
      if (done++ < steps) REQUIRE(one.carry_out());
    Checked again = bench.look();
    repair(again, RepairClass::lossy);
    const Checked end = bench.look();
    CHECK(names(damage_of(end)) == "");
    CHECK(sectors_of(end) == expected);
  }
}

/// The map as recovery would leave it.
std::vector<MapEntry> words_of(const Checked& all) {
  const NamespaceImage& ns = all.tree.namespaces.at(0);
  const ArenaImage& image = ns.btt->arenas.at(0);
  const Arena& arena = ns.btt->arena(image);
  std::vector<Le32> stored(arena.geometry.external_nlba);
  REQUIRE(ns.media->read(arena.map().offset, std::as_writable_bytes(std::span(stored))));
  std::vector<MapEntry> words;
  for (const Le32& word : stored) words.push_back({word.value()});
  for (const PendingWord& pending : pending_words(image.lanes))
    words[pending.lba.value] = pending.word;
  return words;
}

TEST_CASE("two writers on one lane: every duplicate is found, and no healthy sector changes") {
  // The gate takes some; thousands are a command of their own (docs/TESTING.md).
  const char* wanted = std::getenv("NDMEDIC_SHARED_LANE_ARENAS");
  const std::uint32_t arenas =
      wanted != nullptr ? static_cast<std::uint32_t>(std::atol(wanted)) : 400;
  std::uint64_t damaged = 0;
  std::uint64_t duplicates = 0;
  std::uint64_t marked = 0;
  for (std::uint32_t seed = 0; seed < arenas; ++seed) {
    CAPTURE(seed);
    auto made = make_media(small_arena + "write 5 lane 0 fill 0x55\nwrite 6 lane 1 fill 0x66\n");
    REQUIRE(made);
    SeededRandom random(seed);
    const ArenaPlaces& arena = made->places.namespaces.at(0).arenas.at(0);
    REQUIRE(write_through_shared_lane(*made->devices[0], arena, seed % 256, 2 + seed % 9, random));
    Bench bench(std::move(made->devices));
    Checked before = bench.look();
    const std::vector<MapEntry> words = words_of(before);
    const auto& owners = before.result.arenas.at(0).ownership;
    duplicates += owners.shared.size();
    damaged += owners.shared.empty() ? 0U : 1U;
    std::set<std::uint64_t> disputed;
    for (const SharedBlock& shared : owners.shared) {
      for (const PremapLba lba : shared.entries) disputed.insert(lba.value);
      if (shared.initial) disputed.insert(shared.initial->value);
    }
    repair(before, RepairClass::manual);
    const Checked after = bench.look();
    CHECK(names(damage_of(after)) == "");
    const Ownership& now = after.result.arenas.at(0).ownership;
    CHECK(now.shared.empty());
    CHECK(now.unowned == 0);
    const std::vector<MapEntry> repaired = words_of(after);
    std::size_t changed = 0;
    for (std::uint32_t lba = 0; lba < words.size(); ++lba) {
      const MapEntry word = repaired[lba];
      marked += word.state() == MapState::error ? 1U : 0U;
      if (disputed.contains(lba)) continue;
      const bool same =
          word.postmap({lba}) == words[lba].postmap({lba}) &&
          (word.state() == MapState::error) == (words[lba].state() == MapState::error);
      changed += same ? 0U : 1U;  // no block is written: this is what makes a sector another
    }
    CHECK(changed == 0);
  }
  MESSAGE(damaged << " of " << arenas << " arenas damaged, " << duplicates
                  << " blocks with two owners, " << marked << " sectors marked");
  CHECK(damaged > arenas / 2);
}

}  // namespace
}  // namespace ndmedic::test
