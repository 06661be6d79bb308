// SPDX-License-Identifier: BSD-3-Clause
// Label areas of many kinds, each with steps on it, and the names of the places where those steps
// flush and fence.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "label_steps.h"

namespace ndmedic::laboratory {

struct LabelCase {
  std::string name{};
  std::vector<std::byte> before{};
  std::vector<LabelStep> steps{};  ///< one after the other, each done before the next
  unsigned cuts = 1;               ///< power losses in a row: further ones hit next_steps()
  /// Of the last step, in the order of its calls.
  std::vector<std::string_view> flushes{};
  std::vector<std::string_view> fences{};
};

std::vector<LabelCase> label_cases();

}  // namespace ndmedic::laboratory
