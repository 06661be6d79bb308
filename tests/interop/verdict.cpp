// SPDX-License-Identifier: BSD-3-Clause
#include "verdict.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "pools.h"

namespace interop {
namespace {

using namespace ndmedic;
namespace fs = std::filesystem;
using Contents = std::vector<std::optional<std::vector<std::byte>>>;

Contents contents(Side side, const fs::path& pool, std::uint32_t bsize, Model& model) {
  const auto disk = open_disk(side, pool, bsize);
  check_and_settle(*disk, model);
  Contents all;
  for (std::uint32_t place = 0; place < places; ++place)
    all.push_back(disk->read(lba_of(place, disk->sectors())));
  return all;
}

bool has(const fs::path& pool, bool (*property)(const LaneReading&)) {
  return std::ranges::any_of(lanes_of(pool), [property](const LaneTable& table) {
    return std::ranges::any_of(table.lanes, property);
  });
}

}  // namespace

void check_and_settle(Disk& disk, Model& model) {
  for (std::uint32_t place = 0; place < places; ++place) {
    CAPTURE(place);
    const std::uint64_t lba = lba_of(place, disk.sectors());
    const auto sector = disk.read(lba);
    const std::vector<PlaceState> candidates = model.candidates(place);
    const auto seen =
        std::find_if(candidates.rbegin(), candidates.rend(),
                     [&](const PlaceState& candidate) { return holds(candidate, lba, sector); });
    REQUIRE(seen != candidates.rend());
    model.settle(place, *seen);
  }
}

void judge_broken_off(const fs::path& pool, std::uint32_t bsize, Model& model, Tally& tally) {
  const auto interrupted = [](const LaneReading& lane) {
    return lane.state == LaneState::interrupted;
  };
  const bool half_written = has(
      pool, [](const LaneReading& lane) { return lane.state == LaneState::pristine && lane.torn; });
  ++tally.pools;
  tally.interrupted += has(pool, interrupted) ? 1U : 0U;
  tally.half_written += half_written ? 1U : 0U;
  CHECK(check(pool).empty() == !half_written);

  Model settled = model;
  const Contents shown = contents(Side::ours_for_reading, pool, bsize, settled);
  const fs::path copy = pool.string() + ".copy";
  for (const Side side : {Side::libpmemblk, Side::ours_without_power}) {
    copy_pool(pool, copy);
    CHECK(contents(side, copy, bsize, settled) == shown);
    CHECK_FALSE(has(copy, interrupted));  // PF-55: recovered, and not only consistent
    CHECK(check(copy).empty() == !half_written);
  }
  model = settled;
}

}  // namespace interop
