// SPDX-License-Identifier: BSD-3-Clause
#include <ndmedic/format/btt_geometry.h>

#include <doctest/doctest.h>

#include <cstdint>
#include <limits>
#include <random>

#include "btt_examples.h"

using namespace ndmedic;
using test::btt_examples;

namespace {

constexpr std::uint64_t gib512 = std::uint64_t{1} << 39;
constexpr std::uint64_t mib16 = 16 << 20;

}  // namespace

TEST_CASE("every worked example of 2.7 is cut and laid out as printed") {
  CHECK(btt_examples.size() == 25);
  for (const auto& example : btt_examples) {
    CAPTURE(example.id);
    const std::uint64_t rawsize = example.container - example.initial;
    REQUIRE(example.index < arena_count(rawsize));
    const ArenaSpan span = arena_span(rawsize, example.index);
    CHECK(example.initial + span.offset == example.at);
    CHECK(span.nextoff == example.nextoff);

    const auto geometry = geometry_by_formula(span.size, example.sector, 256, example.rule);
    REQUIRE(geometry.has_value());
    CHECK(geometry->arena_size == example.arena_size);
    CHECK(geometry->external_lbasize == example.sector);
    CHECK(geometry->external_nlba == example.external_nlba);
    CHECK(geometry->internal_lbasize == example.internal_lbasize);
    CHECK(geometry->internal_nlba == example.internal_nlba);
    CHECK(geometry->nfree == 256);
    CHECK(geometry->dataoff == 4096);
    CHECK(geometry->mapoff == example.mapoff);
    CHECK(geometry->flogoff == example.flogoff);
    CHECK(geometry->infooff == example.infooff);
    CHECK(geometry->mapoff - 4096 -
              std::uint64_t{geometry->internal_nlba} * geometry->internal_lbasize ==
          example.slack);
  }
}

TEST_CASE(
    "an arena with internal_nlba below 2 * nfree is not laid out (PF-58), though read (E-7.2)") {
  CHECK(geometry_by_formula(0x1400000, 65536, 256, GeometryRule::kernel).has_value());
  CHECK_FALSE(arena_geometry(0x1400000, 65536, 256, GeometryRule::kernel).has_value());
  CHECK(arena_geometry(0x1400000, 4096, 256, GeometryRule::kernel) ==
        geometry_by_formula(0x1400000, 4096, 256, GeometryRule::kernel));
}

TEST_CASE("the stride depends on the formatter (GE-10)") {
  auto stride = [](std::uint32_t sector, GeometryRule rule) {
    return geometry_by_formula(1 << 30, sector, 256, rule)->internal_lbasize;
  };
  CHECK(stride(520, GeometryRule::kernel) == 576);
  CHECK(stride(520, GeometryRule::ipmctl) == 576);
  CHECK(stride(520, GeometryRule::pmemblk) == 768);
  CHECK(stride(4104, GeometryRule::kernel) == 4160);
  CHECK(stride(4104, GeometryRule::pmemblk) == 4352);
  CHECK(stride(1000, GeometryRule::kernel) == 1024);
  CHECK(stride(1000, GeometryRule::pmemblk) == 1024);
  CHECK(stride(8, GeometryRule::kernel) == 64);
  CHECK(stride(8, GeometryRule::ipmctl) == 512);
  CHECK(stride(8, GeometryRule::pmemblk) == 512);
}

TEST_CASE("only the kernel rounds the arena down to 4096") {
  CHECK(geometry_by_formula(0x1000FFF, 512, 256, GeometryRule::kernel)->infooff == 0xFFF000);
  CHECK(geometry_by_formula(0x1000FFF, 512, 256, GeometryRule::pmemblk)->infooff == 0xFFFFFF);
  CHECK(geometry_by_formula(0x1000FFF, 512, 256, GeometryRule::ipmctl)->infooff == 0xFFFFFF);
}

TEST_CASE("the largest arena has the counts of GE-8") {
  const auto geometry = arena_geometry(gib512, 512, 256, GeometryRule::kernel);
  REQUIRE(geometry.has_value());
  CHECK(geometry->internal_nlba == 1065418188);
  CHECK(geometry->external_nlba == 1065417932);
  CHECK(geometry->flogoff - geometry->mapoff == 0xFE040000);
}

TEST_CASE("the data area never reaches the map, and the slack stays within GE-6") {
  std::mt19937_64 random(6);
  unsigned laid_out = 0;
  for (int i = 0; i < 20000; ++i) {
    const std::uint64_t size = (mib16 + random() % (gib512 - mib16 + 1)) / 4096 * 4096;
    const auto sector = static_cast<std::uint32_t>(1 + random() % 70000);
    const auto nfree = static_cast<std::uint32_t>(1 + random() % (i % 2 == 0 ? 256 : 100000));
    const auto rule = static_cast<GeometryRule>(random() % 3);
    const auto g = arena_geometry(size, sector, nfree, rule);
    if (!g) continue;
    ++laid_out;
    const std::uint64_t used = std::uint64_t{g->internal_nlba} * g->internal_lbasize;
    REQUIRE(g->mapoff >= 4096 + used);
    const std::uint64_t slack = g->mapoff - 4096 - used;
    CHECK(slack >= 4 * std::uint64_t{nfree} + 1);
    CHECK(slack <= 4 * std::uint64_t{nfree} + 4096 + g->internal_lbasize + 3);
    CHECK(g->flogoff - g->mapoff == (std::uint64_t{g->external_nlba} * 4 + 4095) / 4096 * 4096);
    CHECK(g->infooff - g->flogoff == (std::uint64_t{nfree} * 64 + 4095) / 4096 * 4096);
    CHECK(g->infooff + 4096 == size);
  }
  CHECK(laid_out > 10000);
}

TEST_CASE("an arena must have 16 MiB to 512 GiB, and sectors and lanes") {
  const auto rule = GeometryRule::kernel;
  CHECK(arena_geometry(mib16, 512, 256, rule).has_value());
  CHECK_FALSE(arena_geometry(mib16 - 1, 512, 256, rule).has_value());
  CHECK(arena_geometry(gib512, 512, 256, rule).has_value());
  CHECK_FALSE(arena_geometry(gib512 + 4096, 512, 256, rule).has_value());
  CHECK_FALSE(arena_geometry(0, 512, 256, rule).has_value());
  CHECK_FALSE(
      arena_geometry(std::numeric_limits<std::uint64_t>::max(), 512, 256, rule).has_value());
  CHECK_FALSE(arena_geometry(mib16, 0, 256, rule).has_value());
  CHECK_FALSE(arena_geometry(mib16, 512, 0, rule).has_value());
}

TEST_CASE("hostile sector sizes and lane counts give no geometry") {
  for (const auto rule : {GeometryRule::kernel, GeometryRule::pmemblk, GeometryRule::ipmctl}) {
    // The stride would not fit in 32 bits.
    CHECK_FALSE(geometry_by_formula(gib512, 0xFFFFFFFF, 1, rule).has_value());
    // The flog alone is longer than the arena.
    CHECK_FALSE(geometry_by_formula(mib16, 512, 0xFFFFFFFF, rule).has_value());
    CHECK_FALSE(geometry_by_formula(mib16, 512, 300000, rule).has_value());
    // Not one external block would be left.
    CHECK(geometry_by_formula(mib16, 65536, 254, rule)->external_nlba == 1);
    CHECK_FALSE(geometry_by_formula(mib16, 65536, 255, rule).has_value());
  }
  // More blocks than the 30 bits of a map entry can name.
  CHECK_FALSE(geometry_by_formula(gib512, 64, 256, GeometryRule::kernel).has_value());
  CHECK(geometry_by_formula(gib512, 64, 256, GeometryRule::pmemblk).has_value());
}

TEST_CASE("a namespace is cut into arenas of 512 GiB, and a tail below 16 MiB lies idle") {
  CHECK(arena_count(0) == 0);
  CHECK(arena_count(mib16 - 1) == 0);
  CHECK(arena_count(mib16) == 1);
  CHECK(arena_count(gib512) == 1);
  CHECK(arena_count(gib512 + mib16 - 1) == 1);
  CHECK(arena_count(gib512 + mib16) == 2);
  CHECK(arena_count(std::numeric_limits<std::uint64_t>::max()) == std::uint64_t{1} << 25);

  CHECK(arena_span(gib512 + mib16 - 1, 0).size == gib512);
  CHECK(arena_span(gib512 + mib16 - 1, 0).nextoff == 0);
  CHECK(arena_span(gib512 + mib16, 0).nextoff == gib512);
  CHECK(arena_span(gib512 + mib16, 1).offset == gib512);
  CHECK(arena_span(gib512 + mib16, 1).size == mib16);
  CHECK(arena_span(gib512 + mib16, 1).nextoff == 0);
  const std::uint64_t most = std::numeric_limits<std::uint64_t>::max();
  CHECK(arena_span(most, (1 << 25) - 1).offset == most - gib512 + 1);
  CHECK(arena_span(most, (1 << 25) - 1).size == gib512 - 1);
}
