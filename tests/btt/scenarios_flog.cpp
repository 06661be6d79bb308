// SPDX-License-Identifier: BSD-3-Clause
// Damage of the flog and legal states that are worth telling (btt.md 5.4). A lane's own spare block
// is 3829 + lane.
#include "scenario.h"

namespace ndmedic::test {
namespace {

constexpr std::uint32_t normal = 0xC0000000;
constexpr std::uint32_t error = 0x40000000;
constexpr std::uint64_t flog_at = 0xFFB000;

/// The first write of a lane, LBA 7 from block 7 to its spare block, with its map word.
void write_lba_7(Patient& p, std::uint32_t lane, unsigned slot = 1) {
  p.btt.put_entry(lane, slot, {7, 7, lbas + lane, 2});
  p.btt.put_map(7, normal | (lbas + lane));
}

std::vector<Scenario> pair_scenarios() {
  using enum ProblemId;
  return {
      {"equal sequence numbers",
       {flog_pair_bad},
       {},
       [](Patient& p) {
         p.btt.put_entry(3, 1, {3, lbas + 3, lbas + 3, 1});
       }},
      {"a sequence number of 7",
       {flog_pair_bad},
       {},
       [](Patient& p) {
         p.btt.put_entry(3, 0, {3, lbas + 3, lbas + 3, 7});
       }},
      {"a group of zeros", {flog_group_lost}, {}, [](Patient& p) { p.btt.put_entry(5, 0, {}); }},
      {"a page of zeros between lanes in use",
       {flog_group_lost},
       {},
       [](Patient& p) {
         write_lba_7(p, 2);
         p.btt.put_zeros(flog_at + 4096, 4096);
       }},
      {"an LBA just beyond the map",
       {flog_lba_bad},
       {},
       [](Patient& p) {
         p.btt.put_entry(6, 0, {lbas, 7, lbas + 6, 1});
       }},
      {"a free block that does not exist",
       {flog_old_bad},
       {},
       [](Patient& p) {
         p.btt.put_entry(6, 0, {6, blocks, blocks, 1});
         p.btt.put_entry(6, 1, {7, blocks, 9, 2});
       }},
      {"a filled block that does not exist",
       {flog_new_bad},
       {},
       [](Patient& p) {
         p.btt.put_entry(6, 1, {7, 7, blocks, 2});
       }},
  };
}

std::vector<Scenario> first_use_scenarios() {
  using enum ProblemId;
  return {
      {"sequence numbers (2,0)",
       {flog_pair_unreachable},
       {},
       [](Patient& p) {
         p.btt.put_entry(8, 0, {8, lbas + 8, lbas + 8, 2});
       }},
      {"sequence numbers (0,1) with an empty first slot",
       {flog_pair_unreachable},
       {},
       [](Patient& p) {
         p.btt.put_entry(8, 0, {});
         p.btt.put_entry(8, 1, {8, lbas + 8, lbas + 8, 1});
       }},
      {"a write that the map does not show",
       {flog_write_interrupted},
       {},
       [](Patient& p) {
         p.btt.put_entry(2, 1, {7, 7, lbas + 2, 2});
       }},
      {"a never written lane with a damaged old_map",
       {flog_pristine_damaged},
       {},
       [](Patient& p) {
         p.btt.put_entry(4, 0, {4, 77, lbas + 4, 1});
       }},
      {"a never written lane whose damaged old_map is its LBA's block",
       {flog_pristine_damaged},
       {},
       [](Patient& p) {
         p.btt.put_entry(4, 0, {4, 4, lbas + 4, 1});
       }},
      {"a freed block with the error bit",
       {flog_error_block},
       {},
       [](Patient& p) {
         p.btt.put_entry(2, 1, {7, error | 7, lbas + 2, 2});
         p.btt.put_map(7, normal | (lbas + 2));
       }},
  };
}

std::vector<Scenario> layout_scenarios() {
  using enum ProblemId;
  return {
      {"lanes with different slots",
       {flog_layout_conflict},
       {},
       [](Patient& p) {
         write_lba_7(p, 0, 1);
         p.btt.put_entry(1, 2, {9, 9, lbas + 1, 2});
         p.btt.put_map(9, normal | (lbas + 1));
       }},
      {"slots 0 and 2", {flog_layout_legacy}, {}, [](Patient& p) { write_lba_7(p, 0, 2); }},
      {"a word in slot 3",
       {flog_padding_nonzero},
       {},
       [](Patient& p) {
         p.btt.put_entry(9, 3, {1, 0, 0, 0});
       }},
      {"half a flog that the image lacks",
       {flog_not_in_image},
       {},
       [](Patient& p) {
         p.faults.fail({flog_at + 8192, 8192}, ExtentKind::absent);
       }},
      {"a poisoned sector in the flog",
       {flog_unreadable},
       {},
       [](Patient& p) {
         p.faults.fail({flog_at + 512, 512}, ExtentKind::bad);
       }},
      {"a lane whose map word the image lacks",
       {lane_map_not_checked, map_not_in_image},
       {},
       [](Patient& p) {
         write_lba_7(p, 2);
         p.faults.fail({0xFF7000, 4096}, ExtentKind::absent);
       }},
      {"an image cut in the middle",
       {container_truncated, flog_not_in_image, map_not_in_image},
       {},
       [](Patient& p) { p.faults.cut_at = 0x800000; }},
  };
}

std::vector<Scenario> encoding_scenarios() {
  using enum ProblemId;
  BttShape flagged;
  flagged.flagged = true;
  BttShape plain_pool = pool_shape();
  plain_pool.flagged = false;
  return {
      {"whole map words in a namespace", {flog_encoding_flagged}, flagged, {}},
      {"plain block numbers in a pool", {flog_encoding_unflagged}, plain_pool, {}},
      {"a pool that Linux wrote to",
       {flog_encoding_mixed},
       pool_shape(),
       [](Patient& p) { write_lba_7(p, 2); }},
      {"an old word with flags and a new one without",
       {flog_encoding_mixed},
       {},
       [](Patient& p) {
         p.btt.put_entry(2, 1, {7, normal | 7, lbas + 2, 2});
         p.btt.put_map(7, normal | (lbas + 2));
       }},
      {"garbage in an inactive entry",
       {flog_inactive_garbage},
       {},
       [](Patient& p) {
         write_lba_7(p, 2);
         p.btt.put_entry(2, 0, {99999, lbas + 2, lbas + 2, 1});
       }},
      {"garbage in an inactive entry of a pool",
       {flog_inactive_garbage_pool},
       pool_shape(),
       [](Patient& p) {
         p.btt.put_entry(2, 0, {99999, 0x80000000 | (lbas + 2), 0x80000000 | (lbas + 2), 1});
         p.btt.put_entry(2, 1, {7, normal | 7, normal | (lbas + 2), 2});
         p.btt.put_map(7, normal | (lbas + 2));
       }},
      {"half a first entry in a pool",
       {flog_first_write_torn},
       pool_shape(),
       [](Patient& p) {
         p.btt.put_entry(2, 1, {7, normal | 7, 0, 0});
       }},
  };
}

}  // namespace

std::vector<Scenario> flog_scenarios() {
  auto scenarios = pair_scenarios();
  for (auto more : {first_use_scenarios(), layout_scenarios(), encoding_scenarios()})
    for (Scenario& scenario : more) scenarios.push_back(std::move(scenario));
  return scenarios;
}

}  // namespace ndmedic::test
