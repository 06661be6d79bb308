// SPDX-License-Identifier: BSD-3-Clause
// Pools that one side made and closed, opened and continued by the other.
#include <doctest/doctest.h>

#include <array>
#include <cstdlib>
#include <string>

#include "pools.h"
#include "verdict.h"

#include <ndmedic/btt/engine.h>
#include <ndmedic/media/file_media.h>

namespace interop {
namespace {

using namespace ndmedic;
namespace fs = std::filesystem;

constexpr std::array<std::uint32_t, 5> sector_sizes = {8, 512, 520, 1000, 4096};

/// One side's turn: it finds what the one before left, and goes on.
void take_turn(Side side, const fs::path& pool, std::uint32_t bsize, std::uint64_t seed,
               Model& model) {
  const Round round{seed, 1};
  const auto disk = open_disk(side, pool, bsize);
  CHECK(disk->sector_size() == bsize);
  check_and_settle(*disk, model);
  for (std::uint32_t i = 1; side != Side::ours_for_reading && i <= 150; ++i) {
    disk->run(round.operation(0, i));
    model.apply(round.operation(0, i));
  }
  check_and_settle(*disk, model);
}

void take_turns(const fs::path& pool, std::uint32_t bsize, Model& model) {
  std::uint64_t seed = bsize;
  for (const Side side : {Side::libpmemblk, Side::ours_mapped, Side::libpmemblk,
                          bsize == 520 ? Side::ours_on_file : Side::ours_without_power,
                          Side::ours_for_reading, Side::libpmemblk}) {
    CAPTURE(static_cast<int>(side));
    take_turn(side, pool, bsize, ++seed, model);
    CHECK(check(pool) == std::vector<std::string>{});
  }
}

TEST_CASE("a pool of ours is libpmemblk's as well: same sectors, read and written in turns") {
  const ScratchFolder scratch;
  for (const std::uint32_t bsize : sector_sizes)
    for (const bool hole : {true, false}) {
      CAPTURE(bsize);
      CAPTURE(hole);
      const fs::path pool = scratch / "ours";
      create_ours(pool, bsize, small_pool, hole);
      CHECK(check(pool) == std::vector<std::string>{});
      CHECK(open_disk(Side::libpmemblk, pool, bsize)->sectors() ==
            open_disk(Side::ours_for_reading, pool, bsize)->sectors());
      Model model;
      take_turns(pool, bsize, model);
      fs::remove(pool);
    }
}

TEST_CASE("a pool of libpmemblk's is ours as soon as it is formatted") {
  const ScratchFolder scratch;
  for (const std::uint32_t bsize : sector_sizes) {
    CAPTURE(bsize);
    const fs::path pool = scratch / "theirs";
    create_theirs_formatted(pool, bsize);
    Model model;
    take_turns(pool, bsize, model);
    fs::remove(pool);
  }
}

/// `pmempool create`, as a user types it.
void pmempool_create(const std::string& options, const fs::path& pool) {
  const std::string command =
      NDMEDIC_PMEMPOOL_TOOL " create " + options + " " + pool.string() + " >/dev/null";
  REQUIRE(std::system(command.c_str()) == 0);
}

TEST_CASE("pmempool create: formatted with -w, virgin and so no BTT without") {
  const ScratchFolder scratch;
  const fs::path formatted = scratch / "formatted";
  pmempool_create("-w -s 17M blk 512", formatted);
  Model model;
  take_turns(formatted, 512, model);

  const fs::path virgin = scratch / "virgin";
  pmempool_create("-s 17M blk 512", virgin);
  for (const bool writable : {false, true}) {
    auto media = FileMedia::open_write(virgin);
    REQUIRE(media);
    BttOptions options;
    options.chain = pool_chain(**media);
    options.writable = writable;
    Findings findings;
    const auto btt = Btt::open(**media, options, findings);
    REQUIRE_FALSE(btt);
    CHECK(btt.error().code == Errc::not_found);
    CHECK(findings.list().empty());
  }
  Model untouched;
  check_and_settle(*open_disk(Side::libpmemblk, virgin, 512), untouched);
}

TEST_CASE("two arenas: libpmemblk crosses the border of a pool of ours, and we its writes") {
  const ScratchFolder scratch;
  const fs::path pool = scratch / "large";
  create_ours(pool, 4096, (std::uint64_t{1} << 39) + (std::uint64_t{1} << 25));
  const std::uint64_t border = [&] {
    const auto lanes = lanes_of(pool);
    REQUIRE(lanes.size() == 2);
    return std::uint64_t{134086520};  // E-8.0: LBAs of a full arena of 4096-byte sectors
  }();
  std::vector<std::byte> sector(4096);
  for (const Side side : {Side::libpmemblk, Side::ours_without_power, Side::libpmemblk}) {
    const auto version = static_cast<std::uint64_t>(side) + 1;
    {
      const auto disk = open_disk(side, pool, 4096);
      for (std::uint64_t lba = border - 4; lba < border + 4; ++lba) {
        fill(sector, lba, version);
        disk->write(lba, sector);
      }
    }
    for (const Side reader : {Side::libpmemblk, Side::ours_for_reading}) {
      const auto disk = open_disk(reader, pool, 4096);
      for (std::uint64_t lba = border - 4; lba < border + 4; ++lba)
        CHECK(holds({false, version}, lba, disk->read(lba)));
    }
  }
}

}  // namespace
}  // namespace interop
