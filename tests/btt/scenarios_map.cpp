// SPDX-License-Identifier: BSD-3-Clause
// States and damage of map words (btt.md 5.3).
#include "scenario.h"

namespace ndmedic::test {

std::vector<Scenario> map_scenarios() {
  using enum ProblemId;
  BttShape small_sectors;
  small_sectors.sector = 512;
  return {
      {"a block that does not exist",
       {map_block_out_of_range},
       {},
       [](Patient& p) { p.btt.put_map(5, 0xC0000000 | blocks); }},
      {"an initial entry with low bits",
       {map_initial_low_bits},
       {},
       [](Patient& p) { p.btt.put_map(5, 7); }},
      {"an entry marked as bad",
       {map_error_entries},
       {},
       [](Patient& p) { p.btt.put_map(5, 0x40000005); }},
      {"a zero entry among sectors of 512",
       {map_zero_entries_small_sector},
       small_sectors,
       [](Patient& p) { p.btt.put_map(5, 0x80000005); }},
      {"a zero entry among sectors of 4096",
       {},
       {},
       [](Patient& p) { p.btt.put_map(5, 0x80000005); }},
      {"map words that the image lacks",
       {map_not_in_image},
       {},
       [](Patient& p) {
         p.faults.fail({0xFF7000, 512}, ExtentKind::absent);
       }},
      {"map words that cannot be read",
       {map_unreadable},
       {},
       [](Patient& p) {
         p.faults.fail({0xFF7000, 512}, ExtentKind::bad);
       }},
  };
}

}  // namespace ndmedic::test
