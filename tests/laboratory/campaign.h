// SPDX-License-Identifier: BSD-3-Clause
// Many runs: until enough distinct images were visited, or until a fault is found.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "run.h"

namespace ndmedic::laboratory {

/// What a writer can be tried with.
std::vector<Kind> kinds_for(Writer writer);

/// A fault by its name, for tables and for replay: "no fence data", "swap data map", ...
struct FaultCase {
  std::string name{};
  Faults faults{};
  RecoveryFault recovery{};
};
std::string_view name_of(Site site);

/// Every fence and every write-back that the writer uses, taken away one by one; each two stores
/// that stand on different sides of a fence, swapped; and the flushes and fences of recovery.
std::vector<FaultCase> fault_cases(Writer writer);
std::optional<FaultCase> parse_fault(std::string_view name);

/// Runs of the shipped engine, seed by seed, until its distinct images are at least `distinct`; a
/// table at the end. True when no rule was broken, every row of btt.md section 4 that a path can
/// reach was reached, and no other.
bool run_campaign(std::uint64_t distinct, std::uint64_t first_seed);

/// Every fault case must be found. True when it is; a table of what found it.
bool run_sensitivity();

/// One run again; prints what it came to, and the image.
bool replay(const RunId& id, const FaultCase& fault);

}  // namespace ndmedic::laboratory
