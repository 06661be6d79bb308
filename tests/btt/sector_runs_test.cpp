// SPDX-License-Identifier: BSD-3-Clause
// Sectors that are known to be zero without reading them.
#include <ndmedic/btt/sector_media.h>

#include <doctest/doctest.h>

#include <ndmedic/btt/layout.h>
#include <ndmedic/format/byte_runs.h>
#include <ndmedic/format/codec.h>

#include "btt_builder.h"

namespace ndmedic::test {
namespace {

constexpr std::uint64_t mib = std::uint64_t{1} << 20;

struct Formatted {
  SparseMedia media{17 * mib};
  Arena arena{};
  BttContainer container = BttContainer::ns;

  explicit Formatted(std::uint32_t sector, BttContainer where = BttContainer::ns)
      : container(where) {
    FormatPlan plan;
    plan.container = where;
    plan.external_lbasize = sector;
    if (where == BttContainer::pool) plan.rule = GeometryRule::pmemblk;
    REQUIRE(format_btt(media, plan));
    arena = lay_out(media.size(), plan)->front();
  }
  void put_block(std::uint32_t block) {
    const std::vector<std::byte> bytes(arena.geometry.external_lbasize, std::byte{0xAA});
    REQUIRE(media.write(arena.block({block}).value, bytes));
  }
  void put_word(std::uint32_t lba, std::uint32_t word) {
    const Le32 stored(word);
    REQUIRE(media.write(arena.map_entry({lba}).value, bytes_of(stored)));
  }
  SectorMedia sectors(std::vector<PendingWord> pending = {}) const {
    return SectorMedia(media, container, {{arena, std::move(pending)}});
  }
};

/// Runs cover everything, zero ones read as zeros; gives the bytes of those.
std::uint64_t zero_bytes(const SectorMedia& sectors) {
  std::uint64_t zeros = 0;
  std::uint64_t at = 0;
  while (at < sectors.size()) {
    const auto run = sectors.run_at(at, sectors.size());
    REQUIRE(run);
    REQUIRE(run->range.offset == at);
    REQUIRE(run->range.size > 0);
    if (run->kind == ExtentKind::zero) {
      std::vector<std::byte> bytes(run->range.size);
      REQUIRE(sectors.read(at, bytes));
      CHECK(all_zero(bytes));
      zeros += bytes.size();
    }
    at += run->range.size;
  }
  CHECK(at == sectors.size());
  return zeros;
}

TEST_CASE("nearly all of a sparse BTT is known to be zero, and nothing that is not") {
  for (const std::uint32_t sector : {512U, 520U, 4096U, 4224U}) {
    Formatted btt(sector);
    CHECK(zero_bytes(btt.sectors()) == btt.sectors().size());
    btt.put_block(100);
    btt.put_word(2000, 2000 | map_normal_bits);
    btt.put_word(2001, 100 | map_normal_bits);
    const SectorMedia sectors = btt.sectors({{{7}, {100 | map_normal_bits}}});
    CHECK(zero_bytes(sectors) > sectors.size() / 2);
    const auto pending = sectors.run_at(7 * sectors.sector_size(), sectors.size());
    CHECK(pending->kind == ExtentKind::data);
    // From within a sector, and not beyond the limit.
    const auto within = sectors.run_at(sectors.sector_size() + 5, sectors.sector_size() + 9);
    CHECK(within->range == Extent{sectors.sector_size() + std::uint64_t{5}, 4});
  }
}

TEST_CASE("what was never written in a pool is zero, whatever its blocks hold") {
  Formatted btt(512, BttContainer::pool);
  for (std::uint32_t block = 0; block < 64; ++block) btt.put_block(block);
  CHECK(zero_bytes(btt.sectors()) == btt.sectors().size());
}

}  // namespace
}  // namespace ndmedic::test
