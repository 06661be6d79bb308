// SPDX-License-Identifier: BSD-3-Clause
// Every problem of the label chapter has a case that shows it, and clean areas show none.
#include <doctest/doctest.h>

#include <algorithm>
#include <set>

#include "area_builder.h"
#include "problem_layers.h"
#include "scenarios.h"
#include "two_way.h"

namespace ndmedic::tests {
namespace {

std::vector<Scenario> all_scenarios() {
  std::vector<Scenario> all;
  for (const auto& part : {index_scenarios(), slot_scenarios(), cxl_scenarios(), set_scenarios()})
    all.insert(all.end(), part.begin(), part.end());
  return all;
}

}  // namespace

TEST_CASE("every label problem is found in the case made for it") {
  for (const Scenario& scenario : all_scenarios()) {
    CAPTURE(problem(scenario.id).name);
    const Findings findings = scenario.run();
    CHECK(has(findings, scenario.id));
  }
}

TEST_CASE("every id of the label chapter has a case") {
  std::set<ProblemId> shown;
  for (const Scenario& scenario : all_scenarios()) shown.insert(scenario.id);
  for (const Problem& row : problems()) {
    if (test::layer_of(row.id) != test::Layer::labels) continue;
    CAPTURE(row.name);
    CHECK(shown.contains(row.id));
  }
}

TEST_CASE("every finding fills in all keys of its message") {
  for (const Scenario& scenario : all_scenarios()) {
    const Findings findings = scenario.run();
    for (const Finding& finding : findings.list()) {
      CAPTURE(problem(finding.id).name);
      CHECK(message_of(finding).find('{') == std::string::npos);
    }
  }
}

TEST_CASE("an area as Linux leaves it has no findings") {
  CHECK(ids_of(one_namespace().findings()).empty());
  AreaBuilder fresh;
  fresh.block(0, 3, {}).block(1, 2, {});
  CHECK(ids_of(fresh.findings()).empty());
  AreaBuilder old(131072, 128);
  old.put(1, make_label128({.isetcookie = qemu_cookie1_slot0})).block(0, 2, {1}).block(1, 1, {});
  CHECK(ids_of(old.findings()).empty());
}

TEST_CASE("a complete set on its region has no findings") {
  const auto assembled =
      assemble({one_namespace(half({})), one_namespace(half({.position = 1}))}, {two_way()});
  CHECK(ids_of(assembled.findings).empty());
  REQUIRE(assembled.set.namespaces.size() == 1);
  const LabelNamespace& ns = assembled.set.namespaces[0];
  CHECK(ns.complete());
  CHECK(ns.size == 32 * mib);
  CHECK(ns.linux_view == LinuxView::visible);
  CHECK(ns.cookie_verdict == CookieVerdict::matches);
}

}  // namespace ndmedic::tests
