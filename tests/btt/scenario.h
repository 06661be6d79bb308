// SPDX-License-Identifier: BSD-3-Clause
// One way to produce each problem of chapter BTT: a healthy BTT, one kind of damage, and the exact
// set of problems that must be told.
#pragma once

#include <functional>
#include <set>
#include <string_view>
#include <vector>

#include "btt_builder.h"
#include "faulty_media.h"

namespace ndmedic::test {

/// What a scenario may change: the bytes, the faults, and what the reader is told.
struct Patient {
  BttBuilder& btt;
  FaultyMedia& faults;
  ChainOptions& options;
};

struct Scenario {
  std::string_view what;
  std::set<ProblemId> expected;
  BttShape shape{};
  std::function<void(Patient&)> damage{};
};

std::vector<Scenario> info_scenarios();
std::vector<Scenario> chain_scenarios();
std::vector<Scenario> flog_scenarios();
std::vector<Scenario> map_scenarios();

/// Shapes that several scenarios start from.
BttShape pool_shape();        ///< 16 MiB + 8 KiB pool file, flagged flog, version 1.1
BttShape two_arenas_shape();  ///< 512 GiB + 16 MiB

}  // namespace ndmedic::test
