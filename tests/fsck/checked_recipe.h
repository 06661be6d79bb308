// SPDX-License-Identifier: BSD-3-Clause
// The media of a recipe, opened and fully checked.
#pragma once

#include <doctest/doctest.h>

#include <iterator>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <ndmedic/fsck/check.h>
#include <ndmedic/image/recipe.h>

#include "opened.h"

namespace ndmedic::test {

struct Checked {
  ImageTree tree{};
  CheckResult result{};
  Findings findings{};

  std::set<ProblemId> ids() const {
    std::set<ProblemId> all;
    for (const Finding& finding : findings.list()) all.insert(finding.id);
    return all;
  }
};

inline std::vector<std::unique_ptr<SparseMedia>> media_of(std::string_view recipe) {
  auto made = make_media(recipe);
  REQUIRE(made);
  return std::move(made->devices);
}

inline Checked checked(std::vector<std::unique_ptr<Media>> devices) {
  Checked all;
  all.tree = opened(std::move(devices), all.findings);
  auto result = check(all.tree, {}, all.findings);
  REQUIRE(result);
  all.result = std::move(*result);
  return all;
}

inline Checked checked(std::string_view recipe) {
  auto made = media_of(recipe);
  return checked({std::make_move_iterator(made.begin()), std::make_move_iterator(made.end())});
}

inline std::string names(const std::set<ProblemId>& ids) {
  std::string text;
  for (const ProblemId id : ids) text += std::string(problem(id).name) + ' ';
  return text;
}

}  // namespace ndmedic::test
