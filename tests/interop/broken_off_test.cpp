// SPDX-License-Identifier: BSD-3-Clause
// A write of ours that stops at each of its stores in turn: what is left is one content for both
// sides. And the two states on which the sides are known to disagree.
#include <doctest/doctest.h>

#include <array>

#include <ndmedic/btt/engine.h>
#include <ndmedic/media/fault_media.h>
#include <ndmedic/media/file_media.h>

#include "pools.h"
#include "verdict.h"

namespace interop {
namespace {

using namespace ndmedic;
namespace fs = std::filesystem;

constexpr std::uint32_t bsize = 520;

/// Runs `operation` on the pool, whose medium stops at its `n`-th call. True when there were not so
/// many.
bool run_until_call(const fs::path& pool, std::uint64_t n, const Operation& operation) {
  auto file = FileMedia::open_write(pool);
  REQUIRE(file);
  FaultMedia faults(**file);
  BttOptions options;
  options.chain = pool_chain(faults);
  options.writable = true;
  Findings findings;
  const auto btt = Btt::open(faults, options, findings);
  REQUIRE(btt);
  faults.stop_at_call(n);
  const std::uint64_t first = lba_of(operation.place, (*btt)->sectors());
  if (operation.kind == OperationKind::zero) return bool((*btt)->zero({first}, operation.count));
  if (operation.kind == OperationKind::mark_error)
    return bool((*btt)->mark_error({first}, operation.count));
  std::vector<std::byte> bytes(operation.count * bsize);
  for (std::uint32_t i = 0; i < operation.count; ++i)
    fill(std::span(bytes).subspan(i * bsize, bsize), first + i, operation.version);
  return bool((*btt)->write({first}, bytes));
}

std::uint64_t count_used_lanes(const fs::path& pool) {
  std::uint64_t used = 0;
  for (const LaneTable& table : lanes_of(pool))
    used += table.lanes.size() - table.count(LaneState::pristine);
  return used;
}

TEST_CASE("an operation of ours broken off at each call leaves one content for both sides") {
  const ScratchFolder scratch;
  const fs::path base = scratch / "base";
  create_ours(base, bsize);
  Model before;
  {
    // By us, a sector at a time, so on one lane: libpmemblk takes more of them with more
    // processors.
    const auto disk = open_disk(Side::ours_without_power, base, bsize);
    for (const Operation& operation :
         {Operation{OperationKind::write, 0, 1, 1}, Operation{OperationKind::write, 3, 1, 1},
          Operation{OperationKind::zero, 1, 1, 2}, Operation{OperationKind::mark_error, 2, 1, 3}}) {
      disk->run(operation);
      before.apply(operation);
    }
  }
  REQUIRE(count_used_lanes(base) == 1);
  Tally tally;
  const fs::path pool = scratch / "pool";
  // Over an initial entry, data, zeros, an error; several of them in one commit, on the used lane
  // and on new ones.
  for (const Operation& operation :
       {Operation{OperationKind::write, 9, 1, 10}, Operation{OperationKind::write, 0, 1, 11},
        Operation{OperationKind::write, 0, 6, 12}, Operation{OperationKind::zero, 0, 3, 13},
        Operation{OperationKind::mark_error, 0, 3, 14}}) {
    bool done = false;
    for (std::uint64_t n = 1; !done; ++n) {
      CAPTURE(operation.version);
      CAPTURE(n);
      copy_pool(base, pool);
      done = run_until_call(pool, n, operation);
      Model after = before;
      if (done)
        after.apply(operation);
      else
        after.apply_perhaps(operation);
      judge_broken_off(pool, bsize, after, tally);
    }
  }
  CHECK(tally.interrupted > 0);
  CHECK(tally.half_written > 0);
}

TEST_CASE(
    "PF-55: libpmempool calls a write by Linux consistent that libpmemblk does not complete") {
  const ScratchFolder scratch;
  const fs::path pool = scratch / "pool";
  create_ours(pool, bsize);
  {
    auto file = FileMedia::open_write(pool);
    REQUIRE(file);
    Findings findings;
    const auto chain = read_arena_chain(**file, pool_chain(**file), findings);
    REQUIRE(chain);
    const Arena& arena = *chain->places[0].arena;
    const std::uint32_t block = arena.geometry.external_nlba + 7;
    std::vector<std::byte> sector(bsize);
    fill(sector, 5, 1);
    REQUIRE((*file)->write(arena.block({block}).value, sector));
    const FlogEntry entry{Le32(5), Le32(5), Le32(block), Le32(2)};
    REQUIRE((*file)->write(arena.flog_group({7}).value + sizeof entry,
                           std::as_bytes(std::span(&entry, 1))));
  }
  CHECK(check(pool) == std::vector<std::string>{});
  CHECK(holds({false, 1}, 5, open_disk(Side::ours_for_reading, pool, bsize)->read(5)));
  CHECK(holds({false, 0}, 5, open_disk(Side::libpmemblk, pool, bsize)->read(5)));
  CHECK(holds({false, 1}, 5, open_disk(Side::ours_without_power, pool, bsize)->read(5)));
  CHECK(holds({false, 1}, 5, open_disk(Side::libpmemblk, pool, bsize)->read(5)));
}

}  // namespace
}  // namespace interop
