// SPDX-License-Identifier: BSD-3-Clause
// Repairs of BTTs: each kind of damage is cured or left alone as the specification has it, healthy
// sectors read as before, and thousands of arenas with a shared lane come to one owner a block.
#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>

#include <ndmedic/fsck/random.h>
#include <ndmedic/fsck/shared_lane.h>

#include "repair_cases.h"
#include "repaired.h"

namespace ndmedic::test {
namespace {

TEST_CASE("each kind of damage is cured, and what was readable and is not listed reads the same") {
  for (const RepairCase& one : repair_cases()) {
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
    const std::vector<MapEntry> words = words_of(before, before.result.arenas.at(0));
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
    const std::vector<MapEntry> repaired = words_of(after, after.result.arenas.at(0));
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
