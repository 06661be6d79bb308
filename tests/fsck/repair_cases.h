// SPDX-License-Identifier: BSD-3-Clause
// Damaged BTTs and what a repair makes of them.
#pragma once

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <ndmedic/format/problems.h>

namespace ndmedic::test {

inline const std::string small_arena = "arena 16M sector 4096\n";  // 3829 LBAs, 4085 blocks

struct RepairCase {
  std::string_view what;
  std::string changes;
  RepairClass consent;
  std::set<std::uint64_t> lost;  ///< LBAs that read as errors afterwards
  std::set<ProblemId> left;      ///< damage that stays
};

inline std::vector<RepairCase> map_cases() {
  using enum ProblemId;
  using enum RepairClass;
  return {
      {"an interrupted write is completed",
       "write 5 lane 0\nwrite 5 lane 1 pending\n",
       safe,
       {},
       {}},
      {"XR-10: one entry and one block left", "set ns/0/arena0/map/9 = 0xc0009c40\n", safe, {}, {}},
      {"XR-10 keeps an error", "set ns/0/arena0/map/9 = 0x40009c40\n", safe, {9}, {}},
      {"XR-01 without evidence",
       "write 5 lane 0\nwrite 6 lane 1\nwrite 7 lane 0\nwrite 8 lane 1\nwrite 9 lane 0\n"
       "write 10 lane 1\nset ns/0/arena0/map/6 = ns/0/arena0/map/5\n",
       lossy,
       {5, 6},
       {}},
      {"XR-01 with a flog entry that tells (EV-1)",
       "write 5 lane 0\nwrite 6 lane 1\nset ns/0/arena0/map/6 = ns/0/arena0/map/5\n",
       lossy,
       {},
       {}},
      {"XR-02 without evidence is not touched",
       "write 5 lane 0\nwrite 6 lane 0\nwrite 9 lane 1\nwrite 10 lane 1\nwrite 11 lane 1\n"
       "set ns/0/arena0/map/9 = 0xc0000006\n",
       lossy,
       {},
       {map_lane_share, blocks_unowned}},
      {"XR-02 without evidence, when told to",
       "write 5 lane 0\nwrite 6 lane 0\nwrite 9 lane 1\nwrite 10 lane 1\nwrite 11 lane 1\n"
       "set ns/0/arena0/map/9 = 0xc0000006\n",
       manual,
       {9},
       {}},
      {"XR-02 with a lane that was never used (EV-4)",
       "set ns/0/arena0/map/9 = 0xc0000ef8\n",
       manual,
       {},
       {}},
  };
}

inline std::vector<RepairCase> lane_and_info_cases() {
  using enum ProblemId;
  using enum RepairClass;
  return {
      {"XR-03: two lanes with one block",
       "set ns/0/arena0/flog/4.A.old_map = 3832\nset ns/0/arena0/flog/4.A.new_map = 3832\n",
       lossy,
       {},
       {}},
      {"XR-11 without evidence",
       "write 20 lane 7\nwrite 21 lane 7\nwrite 22 lane 7\nset ns/0/arena0/map/20 = 0xc0000009\n",
       lossy,
       {9},
       {}},
      {"FL-02: a lost lane", "write 5 lane 0\nzero ns/0/arena0/flog/9\n", lossy, {}, {}},
      {"FL-01: equal sequence numbers",
       "write 5 lane 0\nwrite 6 lane 0\nset ns/0/arena0/flog/0.A.seq = 1\nset "
       "ns/0/arena0/flog/0.B.seq = 1\n",
       lossy,
       {},
       {}},
      {"several entries without a block",
       "set ns/0/arena0/map/9 = 0xc0009c40\nset ns/0/arena0/map/2009 = 0xc0009c41\n",
       lossy,
       {9, 2009},
       {}},
      {"IB-01: the primary lost", "bytes ns/0/arena0/info = 00\nunsealed\n", safe, {}, {}},
      {"IB-01: the primary damaged, and of another generation",
       "set ns/0/arena0/info.uuid = 00000000-0000-4000-8000-00000000000f\nseal\n"
       "set ns/0/arena0/info.infosize = 1\nunsealed\n",
       safe,
       {},
       {}},
      {"IB-02: the backup lost", "bytes ns/0/arena0/backup = 00\nunsealed\n", safe, {}, {}},
      {"IB-03: flags differ", "set ns/0/arena0/backup.flags = 1\n", safe, {}, {arena_error_flag}},
      {"IB-04: the map of one of two generations is not touched",
       "set ns/0/arena0/backup.uuid = 00000000-0000-4000-8000-00000000000f\n"
       "set ns/0/arena0/map/9 = 0xc0009c40\n",
       lossy,
       {9},
       {info_generations_differ, map_block_out_of_range}},
      {"FO-08: both copies intact but the start wiped",
       "zero @0+8192\n",
       lossy,
       {},
       {info_primary_wiped}},
      {"FO-08, when told to", "zero @0+8192\n", manual, {}, {}},
  };
}

inline std::vector<RepairCase> repair_cases() {
  std::vector<RepairCase> all = map_cases();
  std::ranges::move(lane_and_info_cases(), std::back_inserter(all));
  return all;
}

}  // namespace ndmedic::test
