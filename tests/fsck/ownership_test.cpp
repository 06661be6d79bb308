// SPDX-License-Identifier: BSD-3-Clause
// Owners of blocks (btt.md CC-1, 5.5): every case by name, random damage against plain counting,
// and maps that are nothing but conflicts.
#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <random>

#include <ndmedic/fsck/claim_bits.h>

#include "bad_input/memory_use.h"
#include "checked_recipe.h"
#include "problem_layers.h"
#include "synthetic_map.h"

namespace ndmedic::test {
namespace {

struct Case {
  std::string_view what;
  std::set<ProblemId> expected;  ///< of layer fsck
  std::string changes;
};

const std::string small_arena = "arena 16M sector 4096\n";  // 3829 LBAs, 4085 blocks

std::vector<Case> cases() {
  using enum ProblemId;
  return {
      {"a healthy arena", {}, "write 5 lane 0\nwrite 6 lane 1\nwrite 5 lane 1\n"},
      {"an interrupted write owns its new block", {}, "write 5 lane 0 pending\n"},
      {"two entries with one block, and their history",
       {map_block_shared, blocks_unowned, ownership_evidence},
       "write 5 lane 0\nwrite 6 lane 1\nset ns/0/arena0/map/6 = ns/0/arena0/map/5\n"},
      {"an entry with the free block of a lane",
       {map_lane_share, blocks_unowned},
       "write 5 lane 0\nset ns/0/arena0/map/9 = 0xc0000005\n"},
      {"two lanes with one block",
       {lanes_share, blocks_unowned},
       "set ns/0/arena0/flog/4.A.old_map = 3832\nset ns/0/arena0/flog/4.A.new_map = 3832\n"},
      {"an interrupted write that gives away an owned block",
       {interrupted_block_owned, blocks_unowned, ownership_evidence},
       "write 5 lane 0 pending\nset ns/0/arena0/map/9 = 0xc0000ef5\n"},
      {"an initial entry whose block another entry names",
       {map_initial_claimed, blocks_unowned, ownership_evidence},
       "write 5 lane 0\nwrite 6 lane 0\nzero ns/0/arena0/map/5\n"},
      {"one block left over for one entry",
       {map_entry_certain},
       "set ns/0/arena0/map/9 = 0xc0009c40\n"},
      {"one block left over for one lane", {blocks_unowned}, "zero ns/0/arena0/flog/9\n"},
      {"a flog made anew",
       {flog_reformatted, map_lane_share, blocks_unowned},
       "write 5 lane 0\nwrite 6 lane 1\nzero ns/0/arena0/flog/0.B\nzero ns/0/arena0/flog/1.B\n"},
      {"a map made anew",
       {map_word_lost, map_reformatted},
       "write 5 lane 0\nwrite 6 lane 1\nwrite 5 lane 1\nwrite 6 lane 0\nzero ns/0/arena0/map/5\n"
       "zero ns/0/arena0/map/6\n"},
      {"a flog that cannot be read", {ownership_not_checked}, "cut 16364K\n"},
  };
}

std::set<ProblemId> told_of_owners(const Checked& all) {
  std::set<ProblemId> ids;
  for (const ProblemId id : all.ids())
    if (layer_of(id) == Layer::fsck && id < ProblemId::map_tail_nonzero) ids.insert(id);
  return ids;
}

/// Problems of the layer that need media of a size no case has; the tests are below.
const std::set<ProblemId> of_large_media = {ProblemId::shared_blocks_omitted};

TEST_CASE("each kind of damage gives exactly the owners' problems that describe it") {
  for (const Case& one : cases()) {
    CAPTURE(one.what);
    const Checked all = checked(small_arena + one.changes);
    CHECK(names(told_of_owners(all)) == names(one.expected));
    for (const Finding& finding : all.findings.list())
      CHECK(message_of(finding).find('{') == std::string::npos);
  }
}

TEST_CASE("every problem of owners has a case that produces it") {
  std::set<ProblemId> produced = of_large_media;
  for (const Case& one : cases()) produced.insert(one.expected.begin(), one.expected.end());
  for (const Problem& row : problems()) {
    const bool of_owners = row.id < ProblemId::map_tail_nonzero;
    if (layer_of(row.id) != Layer::fsck || !of_owners) continue;
    CAPTURE(row.name);
    CHECK(produced.contains(row.id));
  }
}

/// Owners by plain counting: block -> entries and lanes.
std::map<std::uint32_t, std::pair<unsigned, unsigned>> owners_of(
    const std::vector<std::uint32_t>& map, const LaneTable& lanes, std::uint32_t blocks) {
  std::map<std::uint32_t, std::pair<unsigned, unsigned>> owners;
  for (std::uint32_t block = 0; block < blocks; ++block) owners[block] = {};
  for (std::uint32_t lba = 0; lba < map.size(); ++lba) {
    const std::uint32_t block = MapEntry{map[lba]}.postmap({lba}).value;
    if (block < blocks) ++owners[block].first;
  }
  for (const LaneReading& lane : lanes.lanes) ++owners[lane.free_block->value].second;
  return owners;
}

void compare_owners(const Ownership& ownership,
                    const std::map<std::uint32_t, std::pair<unsigned, unsigned>>& owners) {
  std::vector<std::uint32_t> shared;
  std::vector<std::uint32_t> unowned;
  for (const auto& [block, counts] : owners) {
    if (counts.first + counts.second > 1) shared.push_back(block);
    if (counts.first + counts.second == 0) unowned.push_back(block);
  }
  REQUIRE(ownership.shared.size() == shared.size());
  for (std::size_t i = 0; i < shared.size(); ++i) {
    const SharedBlock& told = ownership.shared[i];
    CHECK(told.block.value == shared[i]);
    CHECK(told.entry_count == owners.at(shared[i]).first);
    CHECK(told.lane_count == owners.at(shared[i]).second);
  }
  std::vector<std::uint32_t> told;
  for (const BlockRun& run : ownership.unowned_runs)
    for (std::uint64_t i = 0; i < run.count; ++i)
      told.push_back(run.first.value + static_cast<std::uint32_t>(i));
  CHECK(told == unowned);
  CHECK(ownership.unowned == unowned.size());
  CHECK(ownership.unowned == ownership.bad_entries + ownership.bad_lanes + ownership.repeats);
}

TEST_CASE("owners agree with plain counting over random maps") {
  const Arena arena = arena_of(std::uint64_t{1} << 24);
  const std::uint32_t entries = arena.geometry.external_nlba;
  for (std::uint32_t seed = 0; seed < 60; ++seed) {
    CAPTURE(seed);
    std::mt19937 random(seed);
    std::vector<std::uint32_t> map(entries);
    std::ranges::generate(map, [i = 0u]() mutable { return map_normal_bits | i++; });
    std::shuffle(map.begin(), map.end(), random);
    for (std::uint32_t i = 0; i < seed * 3; ++i) {
      std::uint32_t& word = map[random() % entries];
      const unsigned kind = random() % 4;
      word = kind == 0   ? 0
             : kind == 1 ? static_cast<std::uint32_t>(random())
             : kind == 2 ? map[random() % entries]
                         : i;
    }
    const SyntheticMap media(arena, [&](std::uint32_t lba) { return map[lba]; });
    const LaneTable lanes = pristine_lanes(arena);
    Findings findings;
    const auto ownership = read_ownership(media, arena, lanes, {}, findings);
    REQUIRE(ownership);
    CHECK(ownership->complete);
    compare_owners(*ownership, owners_of(map, lanes, arena.geometry.internal_nlba));
  }
}

std::size_t memory_bound(const Arena& arena) {
  return arena.geometry.internal_nlba / 8 + (std::size_t{16} << 20);
}

TEST_CASE("ten million entries that name one block are one finding, in bounded memory") {
  const Arena arena = arena_of(std::uint64_t{10'000'600} * 516);
  REQUIRE(arena.geometry.external_nlba >= 10'000'000);
  const SyntheticMap media(arena, [](std::uint32_t) { return map_normal_bits | 77u; });
  const LaneTable lanes = pristine_lanes(arena);
  Findings findings;
  bad_input::forget_peak();
  const auto ownership = read_ownership(media, arena, lanes, {}, findings);
  CHECK(bad_input::peak_bytes() <= memory_bound(arena));
  REQUIRE(ownership);
  REQUIRE(ownership->shared.size() == 1);
  CHECK(ownership->shared[0].entry_count == arena.geometry.external_nlba);
  CHECK(ownership->shared[0].entries == std::vector<PremapLba>{PremapLba{0}, PremapLba{1}});
  CHECK(ownership->unowned == arena.geometry.external_nlba - 1);
  const auto is_shared = [](const Finding& finding) {
    return finding.id == ProblemId::map_block_shared;
  };
  CHECK(std::ranges::count_if(findings.list(), is_shared) == 1);
}

TEST_CASE("a map of random words has more shared blocks than are listed, in bounded memory") {
  const Arena arena = arena_of(std::uint64_t{5'000'300} * 516);
  const SyntheticMap media(arena, [&](std::uint32_t lba) {
    return map_normal_bits | std::uint32_t{(lba * 2654435761u) % arena.geometry.internal_nlba};
  });
  const LaneTable lanes = pristine_lanes(arena);
  Findings findings;
  bad_input::forget_peak();
  const auto ownership = read_ownership(media, arena, lanes, {}, findings);
  CHECK(bad_input::peak_bytes() <= memory_bound(arena));
  REQUIRE(ownership);
  CHECK(ownership->shared.size() == shared_blocks_max);
  CHECK_FALSE(ownership->shared_all_listed);
  CHECK(findings.list().back().id == ProblemId::blocks_unowned);
  CHECK(std::ranges::any_of(findings.list(), [](const Finding& finding) {
    return finding.id == ProblemId::shared_blocks_omitted;
  }));
}

}  // namespace
}  // namespace ndmedic::test
