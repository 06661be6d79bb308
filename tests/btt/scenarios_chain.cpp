// SPDX-License-Identifier: BSD-3-Clause
// Damage of the order of arenas, and containers of another size (btt.md 5.2, 5.6).
#include <doctest/doctest.h>

#include "scenario.h"

namespace ndmedic::test {
namespace {

constexpr std::uint64_t arena_16m = std::uint64_t{1} << 24;
constexpr std::uint64_t arena_512g = std::uint64_t{1} << 39;

void set_nextoff(Patient& p, std::uint64_t nextoff) {
  InfoBlock info = p.btt.info(0);
  info.nextoff = nextoff;
  p.btt.put_info(0, info);
}

void drop_arena(Patient& p, std::uint32_t arena) {
  p.btt.put_zeros(p.btt.start(arena), 4096);
  p.btt.put_zeros(p.btt.start(arena) + p.btt.info(arena).infooff.value(), 4096);
}

/// A second, whole BTT at 16 MiB, where only a wrong nextoff leads.
void put_stray_copy(Patient& p) {
  for (const std::uint64_t offset : {std::uint64_t{0}, std::uint64_t{0xFFF000}}) {
    std::vector<std::byte> block(4096);
    REQUIRE(p.btt.media().read(offset, block));
    p.btt.put_bytes(arena_16m + offset, block);
  }
}

/// An arena of 1 TiB that is consistent in itself.
void make_oversized(Patient& p) {
  InfoBlock info = p.btt.info(0);
  info.infooff = 2 * arena_512g - 4096;
  info.flogoff = 2 * arena_512g - 4096 - 16384;
  info.mapoff = 2 * arena_512g - 4096 - 16384 - 16384;
  p.btt.put_primary(0, info);
  info.checksum = checksum_of(info);
  p.btt.put_bytes(2 * arena_512g - 4096, std::as_bytes(std::span(&info, 1)));
  std::vector<std::byte> flog(16384);
  REQUIRE(p.btt.media().read(0xFFB000, flog));
  p.btt.put_bytes(info.flogoff.value(), flog);
}

std::vector<Scenario> size_scenarios() {
  using enum ProblemId;
  BttShape grown;
  grown.container = 2 * arena_16m;
  BttShape beside = grown;
  BttShape oversized;
  oversized.container = 2 * arena_512g;
  BttShape idle_behind;
  idle_behind.container = 2 * arena_512g;
  idle_behind.rawsize = arena_512g;
  BttShape huge;
  huge.container = 4097 * arena_512g;
  huge.rawsize = arena_512g + arena_16m;
  return {
      {"a container that has grown behind a small arena", {container_grown}, grown, {}},
      {"a container that has grown behind an arena of 512 GiB", {container_grown}, idle_behind, {}},
      {"a wrong nextoff that leads to another BTT",
       {nextoff_wrong, nextoff_leads_elsewhere},
       beside,
       [](Patient& p) {
         put_stray_copy(p);
         set_nextoff(p, arena_16m);
       }},
      {"an arena of 1 TiB", {arena_oversized, info_geometry_unusual}, oversized, make_oversized},
      {"a container of more than 2 PiB",
       {arenas_not_checked, arena_missing_last},
       huge,
       [](Patient& p) { drop_arena(p, 1); }},
  };
}

}  // namespace

std::vector<Scenario> chain_scenarios() {
  using enum ProblemId;
  BttShape v11;
  v11.container = arena_16m + 4096;
  v11.initial_offset = 4096;
  v11.version = btt_version_1_1;
  std::vector<Scenario> scenarios = {
      {"a second arena with another uuid",
       {arena_uuids_differ},
       two_arenas_shape(),
       [](Patient& p) {
         InfoBlock info = p.btt.info(1);
         info.uuid.bytes[15] = 1;
         p.btt.put_info(1, info);
       }},
      {"a second arena with another stride",
       {arenas_differ, info_geometry_unusual},
       two_arenas_shape(),
       [](Patient& p) {
         InfoBlock info = p.btt.info(1);
         info.external_lbasize = 4000;
         info.internal_lbasize = 4000;
         p.btt.put_info(1, info);
       }},
      {"a second arena with fewer lanes",
       {nfree_differs, nfree_small, info_geometry_unusual},
       two_arenas_shape(),
       [](Patient& p) {
         InfoBlock info = p.btt.info(1);
         info.nfree = 255;
         info.internal_nlba = blocks - 1;
         p.btt.put_info(1, info);
       }},
      {"nextoff 0 before another arena",
       {nextoff_missing},
       two_arenas_shape(),
       [](Patient& p) { set_nextoff(p, 0); }},
      {"a last arena without info blocks",
       {arena_missing_last},
       two_arenas_shape(),
       [](Patient& p) { drop_arena(p, 1); }},
      {"a first arena without info blocks",
       {arena_missing_middle},
       two_arenas_shape(),
       [](Patient& p) { drop_arena(p, 0); }},
      {"nextoff 32 MiB", {nextoff_wrong}, {}, [](Patient& p) { set_nextoff(p, 2 * arena_16m); }},
      {"nextoff 512 GiB in an arena of 16 MiB",
       {nextoff_wrong},
       {},
       [](Patient& p) { set_nextoff(p, arena_512g); }},
      {"a version 1.1 BTT looked at from offset 0",
       {backup_of_other_version},
       v11,
       [](Patient& p) {
         p.options.initial_offset = {0};
         p.options.version = btt_version_2_0;
         p.options.expected = false;
       }},
  };
  for (Scenario& scenario : size_scenarios()) scenarios.push_back(std::move(scenario));
  return scenarios;
}

}  // namespace ndmedic::test
