// SPDX-License-Identifier: BSD-3-Clause
// Transactions over one, two and three label areas, for each format of labels; and some that are
// not carried out as they should be.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

#include <ndmedic/labels/namespace_writer.h>
#include <ndmedic/labels/set_recovery.h>

#include "set_meaning.h"

namespace ndmedic::laboratory {

struct SetCase {
  std::string name{};
  RegionState region{};
  Areas before{};
  Guid uuid{};  ///< whose labels change
  /// Carries it out; an answer that is a refusal is an Error here.
  std::function<Status(std::span<const LabelTarget>)> run{};
};

/// Those of the library.
std::vector<SetCase> set_cases();

/// Each breaks one rule of labels.md 4.5, 4.6 or V11; some power loss must show it.
std::vector<SetCase> wrong_set_cases();

}  // namespace ndmedic::laboratory
