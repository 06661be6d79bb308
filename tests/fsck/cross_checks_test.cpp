// SPDX-License-Identifier: BSD-3-Clause
// What layers say of each other, and what Linux would do to data with damaged labels.
#include <doctest/doctest.h>

#include <algorithm>

#include "checked_recipe.h"
#include "problem_layers.h"

namespace ndmedic::test {
namespace {

struct Case {
  std::string_view what;
  std::set<ProblemId> expected;  ///< of those above all structures
  std::string recipe;
};

const std::string one_namespace = "dimm 64M\nnamespace sector 4096 size 20M name data\n";
const std::string two_way =
    "dimm 64M ways 2 interleave 4096\nnamespace raw size 32M name data empty\n";

std::vector<Case> cases() {
  using enum ProblemId;
  return {
      {"a healthy DIMM", {}, one_namespace},
      {"labels that overlap: the probe fails",
       {linux_shows_region_raw},
       one_namespace + "namespace raw size 16M dpa 8M name other\n"},
      {"both index blocks lost",
       {linux_shows_region_raw},
       one_namespace + "bytes labels/index0 = 00\nbytes labels/index1 = 00\nunsealed\n"},
      {"an area that never held a label", {}, "dimm 64M\n"},
      {"one of two DIMMs without an index: its region fails, and is not raw",
       {},
       two_way + "bytes d0/labels/index0 = 00\nbytes d0/labels/index1 = 00\nunsealed\n"},
      {"a CXL device is never shown raw",
       {},
       "lsa 128K version 2.1\nregion size 256M\nnamespace raw size 64M name data\n"
       "bytes labels/index0 = 00\nbytes labels/index1 = 00\nunsealed\n"},
      {"a damaged label",
       {linux_offers_space},
       one_namespace + "set labels/slot/1.checksum = 1\nunsealed\n"},
      {"a damaged label whose space another one holds",
       {},
       one_namespace + "namespace raw size 16M dpa 8M name other empty\n"
                       "set labels/slot/1.checksum = 1\nunsealed\n"},
      {"sectors of the label and of the BTT",
       {label_sector_size},
       one_namespace + "set labels/slot/1.lbasize = 512\n"},
      {"lbasize 0 beside a BTT of odd sectors is usual",
       {},
       "dimm 64M\nnamespace sector 520 size 20M name data\n"},
      {"an older BTT in front of an fsdax block",
       {info_stale},
       "dimm 64M\nnamespace fsdax size 32M name fs\narena 16M sector 4096\n"
       "set d0/@0+4096 = d1/@0+4096\n"},
      {"words behind the map",
       {map_tail_nonzero},
       "arena 16388K sector 512 version 1.1\nbytes @0xffb728+4 = 01000000\n"},
  };
}

bool lies_above(ProblemId id) {
  return layer_of(id) == Layer::fsck && id >= ProblemId::map_tail_nonzero;
}

TEST_CASE("each case gives exactly the problems between layers that describe it") {
  for (const Case& one : cases()) {
    CAPTURE(one.what);
    const Checked all = checked(one.recipe);
    std::set<ProblemId> told;
    for (const Finding& finding : all.findings.list()) {
      CHECK(message_of(finding).find('{') == std::string::npos);
      if (lies_above(finding.id)) told.insert(finding.id);
    }
    CHECK(names(told) == names(one.expected));
  }
}

TEST_CASE("every problem between layers has a case that produces it") {
  std::set<ProblemId> produced;
  for (const Case& one : cases()) produced.insert(one.expected.begin(), one.expected.end());
  for (const Problem& row : problems()) {
    CAPTURE(row.name);
    if (lies_above(row.id)) CHECK(produced.contains(row.id));
  }
}

}  // namespace
}  // namespace ndmedic::test
