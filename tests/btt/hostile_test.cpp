// SPDX-License-Identifier: BSD-3-Clause
// Info blocks with a right checksum and extreme values: every pass ends after few calls of the
// media, counted, whatever the fields say.
#include <doctest/doctest.h>

#include <functional>

#include "scenario.h"

namespace ndmedic::test {
namespace {

constexpr std::uint64_t gib_512 = std::uint64_t{1} << 39;

struct Effort {
  Reading reading;
  std::uint64_t calls = 0;
  std::uint64_t largest_read = 0;
};

Effort read_counted(const Media& media, const ChainOptions& options) {
  FaultyMedia counted(media);
  Effort effort;
  effort.reading = read_all(counted, options);
  effort.calls = counted.reads + counted.runs;
  effort.largest_read = counted.largest_read;
  return effort;
}

TEST_CASE("no value of nextoff makes the walk longer") {
  for (const std::uint64_t nextoff :
       {std::uint64_t{1}, std::uint64_t{4096}, gib_512, gib_512 - 1, gib_512 * 2,
        std::uint64_t{1} << 63, ~std::uint64_t{0}, ~std::uint64_t{0} - 4095}) {
    BttBuilder btt;
    InfoBlock info = btt.info(0);
    info.nextoff = nextoff;
    btt.put_info(0, info);
    const Effort effort = read_counted(btt.media(), options_for({}));
    INFO(nextoff);
    CHECK(effort.calls < 40);
    CHECK(effort.reading.chain.places.size() == 1);
    CHECK(effort.reading.ids().contains(ProblemId::nextoff_wrong));
  }
}

TEST_CASE("extreme fields with a right checksum are rejected without a look at what they name") {
  const std::vector<std::function<void(InfoBlock&)>> changes = {
      [](InfoBlock& info) { info.nfree = 0xFFFFFFFF; },
      [](InfoBlock& info) { info.internal_lbasize = 0xFFFFFFFF; },
      [](InfoBlock& info) { info.external_lbasize = 0xFFFFFFFF; },
      [](InfoBlock& info) { info.internal_nlba = 0xFFFFFFFF; },
      [](InfoBlock& info) { info.external_nlba = 0xFFFFFFFF; },
      [](InfoBlock& info) { info.dataoff = ~std::uint64_t{0} - 4095; },
      [](InfoBlock& info) { info.mapoff = ~std::uint64_t{0} - 4095; },
      [](InfoBlock& info) { info.flogoff = ~std::uint64_t{0} - 4095; },
      [](InfoBlock& info) { info.infooff = ~std::uint64_t{0} - 4095; },
      [](InfoBlock& info) {
        info.dataoff = ~std::uint64_t{0} - 4 * 4096 + 1;
        info.mapoff = ~std::uint64_t{0} - 3 * 4096 + 1;
        info.flogoff = ~std::uint64_t{0} - 2 * 4096 + 1;
        info.infooff = ~std::uint64_t{0} - 4095;
      },
  };
  for (std::size_t i = 0; i < changes.size(); ++i) {
    BttBuilder btt;
    InfoBlock info = btt.info(0);
    changes[i](info);
    btt.put_info(0, info);
    const Effort effort = read_counted(btt.media(), options_for({}));
    INFO(i);
    CHECK(effort.calls < 40);
    CHECK_FALSE(effort.reading.chain.found());
    CHECK(effort.reading.ids().contains(ProblemId::info_field_bad));
  }
}

TEST_CASE("an arena that claims to end near 2^63 reads as cut off") {
  BttBuilder btt;
  InfoBlock info = btt.info(0);
  info.infooff = (std::uint64_t{1} << 63) - 8192;
  btt.put_info(0, info);
  const Effort effort = read_counted(btt.media(), options_for({}));
  CHECK(effort.calls < 60);
  CHECK(effort.reading.ids().contains(ProblemId::container_truncated));
}

/// An arena of 1 TiB with 1000 LBAs; all the rest are spare blocks, each with a lane over a hole.
BttBuilder mostly_flog(std::uint32_t nfree) {
  constexpr std::uint64_t size = 2 * gib_512;
  BttShape shape;
  shape.container = size;
  BttBuilder btt(shape);
  InfoBlock info = btt.info(0);
  info.external_nlba = 1000;
  info.internal_nlba = 1000 + nfree;
  info.nfree = nfree;
  info.internal_lbasize = 512;
  info.external_lbasize = 512;
  info.infooff = size - 4096;
  info.flogoff = size - 4096 - (std::uint64_t{nfree} * 64 + 4095) / 4096 * 4096;
  info.mapoff = info.flogoff.value() - 4096;
  btt.put_primary(0, info);
  return btt;
}

TEST_CASE("a billion lanes over a hole cost no more than a few") {
  constexpr std::uint32_t nfree = (1U << 30) - 1000;
  BttBuilder btt = mostly_flog(nfree);
  const Effort effort = read_counted(btt.media(), options_for({}));
  CHECK(effort.calls < 100);
  CHECK(effort.largest_read <= (std::uint64_t{1} << 20));
  REQUIRE(effort.reading.lanes.size() == 1);
  const LaneTable& lanes = effort.reading.lanes[0];
  CHECK(lanes.lanes.size() == 65536);
  REQUIRE(lanes.rest.size() == 1);
  CHECK(lanes.rest[0].count == std::uint64_t{nfree} - 65536);
  CHECK(lanes.count(LaneState::all_zero) == nfree);
  // One finding tells all of them.
  std::uint64_t lost = 0;
  for (const Finding& finding : effort.reading.findings.list())
    if (finding.id == ProblemId::flog_group_lost) lost += finding.count;
  CHECK(lost == nfree);
}

TEST_CASE("an arena of 2^32-1 lanes cannot be valid: blocks are numbered in 30 bits") {
  BttBuilder btt;
  InfoBlock info = btt.info(0);
  info.nfree = 0xFFFFFFFF;
  info.internal_nlba = 0xFFFFFFFF;
  info.external_nlba = 0;
  btt.put_info(0, info);
  const Effort effort = read_counted(btt.media(), options_for({}));
  CHECK_FALSE(effort.reading.chain.found());
  CHECK(effort.calls < 40);
}

TEST_CASE("2^32-1 groups can be streamed by themselves in bounded calls") {
  SparseMedia media(std::uint64_t{1} << 40);
  Arena arena;
  arena.geometry.nfree = 0xFFFFFFFF;
  arena.geometry.external_nlba = 1;
  arena.geometry.internal_nlba = 1;
  FaultyMedia counted(media);
  Findings findings;
  const auto table = read_lanes(counted, arena, {}, findings);
  REQUIRE(table);
  CHECK(counted.reads + counted.runs < 20);
  CHECK(table->count(LaneState::all_zero) == 0xFFFFFFFF);
  CHECK(table->lanes.size() == 65536);
  CHECK(findings.list().size() == 1);
}

TEST_CASE("lanes behind the detailed ones are judged and kept as ranges") {
  constexpr std::uint32_t nfree = 70000;
  SparseMedia media(std::uint64_t{1} << 30);
  std::vector<FlogGroup> groups(nfree);
  for (std::uint32_t lane = 0; lane < nfree; ++lane) {
    FlogEntry& entry = groups[lane].slot[0];
    entry.lba = lane;
    entry.old_map = 1000 + lane;
    entry.new_map = 1000 + lane;
    entry.seq = lane == 69000 ? 9U : 1U;
  }
  REQUIRE(media.write(1 << 20, std::as_bytes(std::span(groups))));
  Arena arena;
  arena.geometry.flogoff = 1 << 20;
  arena.geometry.nfree = nfree;
  arena.geometry.external_nlba = 100000;
  arena.geometry.internal_nlba = 100000 + nfree;
  Findings findings;
  const auto table = read_lanes(media, arena, {}, findings);
  REQUIRE(table);
  CHECK(table->lanes.size() == 65536);
  REQUIRE(table->rest.size() == 3);
  CHECK(table->rest[0].first.value == 65536);
  CHECK(table->rest[0].count == 3464);
  CHECK(table->rest[0].state == LaneState::never_used_or_repaired);
  CHECK(table->rest[1].state == LaneState::bad_pair);
  CHECK(table->rest[1].first.value == 69000);
  CHECK(table->rest[2].count == 999);
  CHECK(table->count(LaneState::bad_pair) == 1);
}

TEST_CASE("a container of the largest size is looked at in bounded calls") {
  SparseMedia media(~std::uint64_t{0});
  ChainOptions options = options_for({});
  options.expected = false;
  FaultyMedia counted(media);
  Findings findings;
  const auto chain = read_arena_chain(counted, options, findings);
  REQUIRE(chain);
  CHECK(counted.reads + counted.runs < 4096 * 6);
  CHECK(chain->places.empty());
  CHECK(findings.list().empty());
}

TEST_CASE("a container too small for an info block holds no BTT") {
  for (const std::uint64_t size : {0U, 1U, 4095U, 4096U, 8191U, 8192U}) {
    SparseMedia media(size);
    for (const std::uint64_t initial : {0U, 4096U, 8192U}) {
      ChainOptions options = options_for({});
      options.initial_offset = {initial};
      options.expected = false;
      Findings findings;
      const auto chain = read_arena_chain(media, options, findings);
      REQUIRE(chain);
      CHECK_FALSE(chain->found());
      CHECK_FALSE(chain->whole());
    }
  }
}

}  // namespace
}  // namespace ndmedic::test
