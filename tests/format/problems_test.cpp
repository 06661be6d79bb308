// SPDX-License-Identifier: BSD-3-Clause
#include <ndmedic/format/problems.h>

#include <doctest/doctest.h>

#include <array>
#include <string_view>

#include <ndmedic/format/problem_rules.h>

using namespace ndmedic;

namespace {

Problem row(unsigned id, std::string_view message = "text") {
  return {
      static_cast<ProblemId>(id), "name", Severity::note, RepairClass::none, "V-1", message, "why"};
}

}  // namespace

TEST_CASE("every problem is found by its id, its code in any case and its name") {
  CHECK(problems().size() >= 3);
  for (const Problem& p : problems()) {
    CHECK(&problem(p.id) == &p);
    CHECK(find_problem(p.name) == &p);
    CHECK(find_problem(code(p.id)) == &p);
  }
  CHECK(find_problem("lbl-101") == &problem(ProblemId::label_area_blank));
  CHECK(find_problem("LbL-101") == &problem(ProblemId::label_area_blank));
  CHECK(find_problem("label_area_blank") == &problem(ProblemId::label_area_blank));
  CHECK(find_problem("LBL-999") == nullptr);
  CHECK(find_problem("101") == nullptr);
  CHECK(find_problem("") == nullptr);
}

TEST_CASE("codes carry the chapter of the id") {
  CHECK(code(static_cast<ProblemId>(101)) == "LBL-101");
  CHECK(code(static_cast<ProblemId>(299)) == "LBL-299");
  CHECK(code(static_cast<ProblemId>(300)) == "BTT-300");
  CHECK(code(static_cast<ProblemId>(499)) == "BTT-499");
  CHECK(code(static_cast<ProblemId>(500)) == "PFN-500");
  CHECK(code(static_cast<ProblemId>(550)) == "POOL-550");
  CHECK(code(static_cast<ProblemId>(600)) == "NFIT-600");
  CHECK(code(static_cast<ProblemId>(799)) == "IMG-799");
}

TEST_CASE("ids must strictly ascend and lie in a chapter") {
  CHECK(ids_ascend(std::array{row(101), row(102), row(301)}));
  CHECK_FALSE(ids_ascend(std::array{row(101), row(101)}));
  CHECK_FALSE(ids_ascend(std::array{row(102), row(101)}));
  CHECK(ids_have_chapters(std::array{row(100), row(799)}));
  CHECK_FALSE(ids_have_chapters(std::array{row(99)}));
  CHECK_FALSE(ids_have_chapters(std::array{row(800)}));
}

TEST_CASE("rules, message and explanation must be there") {
  Problem broken = row(101);
  CHECK(texts_are_present(std::array{broken}));
  broken.rules = "";
  CHECK_FALSE(texts_are_present(std::array{broken}));
  broken = row(101, "");
  CHECK_FALSE(texts_are_present(std::array{broken}));
  broken = row(101);
  broken.explanation = "";
  CHECK_FALSE(texts_are_present(std::array{broken}));
}

TEST_CASE("the braces of a message must enclose keys") {
  for (const char* good : {"plain", "{a}", "a {key_1} b {key2}{c}"}) {
    CAPTURE(good);
    CHECK(messages_are_well_formed(std::array{row(101, good)}));
  }
  for (const char* bad : {"{", "}", "{}", "{a", "a}", "{a b}", "{A}", "{{a}}", "{a}}", "{a-b}"}) {
    CAPTURE(bad);
    CHECK_FALSE(messages_are_well_formed(std::array{row(101, bad)}));
  }
}

TEST_CASE("severities and repair classes have words") {
  CHECK(to_string(Severity::note) == "note");
  CHECK(to_string(Severity::needs_recovery) == "needs recovery");
  CHECK(to_string(Severity::damage) == "damage");
  CHECK(to_string(Severity::data_loss) == "data loss");
  CHECK(to_string(RepairClass::safe) == "safe");
  CHECK(to_string(RepairClass::lossy) == "lossy");
  CHECK(to_string(RepairClass::manual) == "manual");
  CHECK(to_string(RepairClass::none) == "none");
}
