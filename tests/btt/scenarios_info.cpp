// SPDX-License-Identifier: BSD-3-Clause
// Damage of info blocks (btt.md 5.1, 5.6).
#include <bit>

#include <ndmedic/format/codec.h>

#include "scenario.h"

namespace ndmedic::test {
namespace {

constexpr std::uint64_t backup_at = 0xFFF000;

void with_info(Patient& p, const std::function<void(InfoBlock&)>& change) {
  InfoBlock info = p.btt.info(0);
  change(info);
  p.btt.put_info(0, info);
}

/// Every number in the other byte order, the checksum too.
InfoBlock byte_swapped(InfoBlock info) {
  info.checksum = checksum_of(info);
  const auto swap_bytes = [&](std::size_t offset, std::size_t size) {
    auto bytes = writable_bytes_of(info).subspan(offset, size);
    std::reverse(bytes.begin(), bytes.end());
  };
  swap_bytes(48, 4);
  swap_bytes(52, 2);
  swap_bytes(54, 2);
  for (std::size_t at = 56; at < 80; at += 4) swap_bytes(at, 4);
  for (std::size_t at = 80; at < 120; at += 8) swap_bytes(at, 8);
  swap_bytes(4088, 8);
  return info;
}

std::vector<Scenario> copy_scenarios() {
  using enum ProblemId;
  return {
      {"a primary whose checksum fails",
       {info_primary_bad},
       {},
       [](Patient& p) { p.btt.put_zeros(32, 4); }},
      {"a primary that is zero, with data behind it",
       {info_primary_bad},
       {},
       [](Patient& p) {
         p.btt.put_zeros(0, 4096);
         const std::array data = {std::byte{1}};
         p.btt.put_bytes(4096, data);
       }},
      {"a namespace whose first 8192 bytes are zero",
       {info_primary_wiped},
       {},
       [](Patient& p) { p.btt.put_zeros(0, 8192); }},
      {"a backup whose checksum fails",
       {info_backup_bad},
       {},
       [](Patient& p) { p.btt.put_zeros(backup_at + 32, 4); }},
      {"a backup that is zero",
       {info_backup_bad},
       {},
       [](Patient& p) { p.btt.put_zeros(backup_at, 4096); }},
      {"copies that differ in the error flag",
       {info_flags_differ, arena_error_flag},
       {},
       [](Patient& p) {
         InfoBlock info = p.btt.info(0);
         info.flags = 1;
         p.btt.put_backup(0, info);
       }},
      {"copies of two formats",
       {info_generations_differ},
       {},
       [](Patient& p) {
         InfoBlock info = p.btt.info(0);
         info.uuid.bytes[0] = 0x99;
         p.btt.put_backup(0, info);
       }},
  };
}

std::vector<Scenario> no_copy_scenarios() {
  using enum ProblemId;
  return {
      {"no copy with a right checksum",
       {info_lost},
       {},
       [](Patient& p) {
         p.btt.put_zeros(32, 4);
         p.btt.put_zeros(backup_at + 32, 4);
       }},
      {"a primary of infosize 512 with a right checksum",
       {info_field_bad},
       {},
       [](Patient& p) {
         InfoBlock info = p.btt.info(0);
         info.infosize = 512;
         p.btt.put_primary(0, info);
       }},
      {"a primary in big-endian byte order",
       {info_byte_swapped},
       {},
       [](Patient& p) { p.btt.put_primary(0, byte_swapped(p.btt.info(0)), false); }},
      {"a primary that the image lacks",
       {info_not_in_image},
       {},
       [](Patient& p) {
         p.faults.fail({0, 4096}, ExtentKind::absent);
       }},
      {"a backup with a poisoned sector",
       {info_unreadable},
       {},
       [](Patient& p) {
         p.faults.fail({backup_at + 512, 512}, ExtentKind::bad);
       }},
      {"a labelled namespace without any BTT",
       {btt_missing},
       {},
       [](Patient& p) {
         p.btt.put_zeros(0, 4096);
         p.btt.put_zeros(backup_at, 4096);
       }},
      {"a pool that was never written",
       {btt_never_written},
       pool_shape(),
       [](Patient& p) {
         p.btt.put_zeros(8192, 4096);
         p.btt.put_zeros(8192 + backup_at, 4096);
       }},
  };
}

std::vector<Scenario> identity_scenarios() {
  using enum ProblemId;
  BttShape old_place;
  old_place.version = btt_version_1_1;
  BttShape few_lanes;
  few_lanes.nfree = 128;
  BttShape unrounded;
  unrounded.rule = GeometryRule::ipmctl;
  unrounded.container = unrounded.rawsize = (std::uint64_t{1} << 24) + 1536;
  BttShape parentless;
  parentless.parent = Guid{};
  BttShape parentless_pool = pool_shape();
  parentless_pool.parent = Guid{};
  return {
      {"the error flag in both copies",
       {arena_error_flag},
       {},
       [](Patient& p) { with_info(p, [](InfoBlock& info) { info.flags = 1; }); }},
      {"a reserved byte",
       {info_reserved_nonzero},
       {},
       [](Patient& p) { with_info(p, [](InfoBlock& info) { info.unused[9] = 1; }); }},
      {"the parent uuid of another namespace",
       {info_parent_foreign},
       {},
       [](Patient& p) { with_info(p, [](InfoBlock& info) { info.parent_uuid = btt_uuid; }); }},
      {"no parent uuid in a labelled namespace", {info_parent_null}, parentless, {}},
      {"no parent uuid in a pool", {info_parent_null_pool}, parentless_pool, {}},
      {"version 3.0",
       {info_version_unknown},
       {},
       [](Patient& p) { with_info(p, [](InfoBlock& info) { info.major = 3; }); }},
      {"version 1.1 where 2.0 belongs",
       {info_version_misplaced},
       old_place,
       [](Patient& p) { p.options.version = btt_version_2_0; }},
      {"an unknown flag",
       {info_flags_unknown},
       {},
       [](Patient& p) { with_info(p, [](InfoBlock& info) { info.flags = 2; }); }},
      {"eight blocks fewer than fit",
       {info_geometry_unusual},
       {},
       [](Patient& p) {
         with_info(p, [](InfoBlock& info) {
           info.external_nlba = lbas - 8;
           info.internal_nlba = blocks - 8;
         });
         for (std::uint32_t lane = 0; lane < 256; ++lane)
           p.btt.put_entry(lane, 0, {lane, lbas - 8 + lane, lbas - 8 + lane, 1});
       }},
      {"128 lanes", {nfree_small}, few_lanes, {}},
      {"an arena whose size is not rounded to 4096", {info_unaligned}, unrounded, {}},
      {"the same with a lost primary, whose backup is found",
       {info_unaligned, info_primary_bad},
       unrounded,
       [](Patient& p) { p.btt.put_zeros(32, 4); }},
  };
}

}  // namespace

std::vector<Scenario> info_scenarios() {
  auto scenarios = copy_scenarios();
  for (auto more : {no_copy_scenarios(), identity_scenarios()})
    for (Scenario& scenario : more) scenarios.push_back(std::move(scenario));
  return scenarios;
}

BttShape pool_shape() {
  BttShape shape;
  shape.container = (std::uint64_t{1} << 24) + 8192;
  shape.initial_offset = 8192;
  shape.version = btt_version_1_1;
  shape.rule = GeometryRule::pmemblk;
  shape.flagged = true;
  return shape;
}

BttShape two_arenas_shape() {
  BttShape shape;
  shape.container = shape.rawsize = (std::uint64_t{1} << 39) + (std::uint64_t{1} << 24);
  return shape;
}

}  // namespace ndmedic::test
