// SPDX-License-Identifier: BSD-3-Clause
// One small case for every problem of the label chapter. The test that walks them fails for an id
// of the catalogue that has none.
#pragma once

#include <functional>
#include <vector>

#include <ndmedic/format/finding.h>

namespace ndmedic::tests {

struct Scenario {
  ProblemId id;
  std::function<Findings()> run;
};

std::vector<Scenario> index_scenarios();
std::vector<Scenario> slot_scenarios();
std::vector<Scenario> cxl_scenarios();
std::vector<Scenario> set_scenarios();

}  // namespace ndmedic::tests
