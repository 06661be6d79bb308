// SPDX-License-Identifier: BSD-3-Clause
// The laboratory on writers whose faults are known: btt.md 4.1 says which are clean, and what the
// others come to.
#include <doctest/doctest.h>

#include <set>

#include "run.h"

namespace ndmedic::laboratory {
namespace {

struct Outcome {
  Tally tally;
  std::vector<Violation> violations;
  RowCounts rows{};
  std::uint64_t row(Row row) const { return rows[static_cast<std::size_t>(row)]; }
};

Outcome run_all(Writer writer, std::vector<Kind> kinds, std::uint64_t runs) {
  Outcome outcome;
  const Faults none;
  for (std::uint64_t seed = 0; seed < runs; ++seed)
    for (const Kind kind : kinds)
      if (auto found = Run({writer, kind, seed}, none, {}, outcome.tally).execute())
        outcome.violations.push_back(*found);
  outcome.rows = outcome.tally.rows[static_cast<std::size_t>(writer)];
  return outcome;
}

const std::vector<Kind> one_thread{Kind::single, Kind::overwrite, Kind::batch, Kind::states};

TEST_CASE("WP-4 and WP-3a keep every rule in every image") {
  for (const Writer writer : {Writer::model_wp4, Writer::model_wp3a}) {
    CAPTURE(to_string(writer));
    const Outcome outcome = run_all(writer, one_thread, 60);
    for (const Violation& found : outcome.violations)
      FAIL_CHECK(to_string(found.run) << " " << found.moment << " " << found.rule);
    CHECK(outcome.tally.distinct.size() > 1000);
    for (const Row row : {Row::t0, Row::t1, Row::t2, Row::t3, Row::t4}) CHECK(outcome.row(row) > 0);
    CHECK((outcome.row(Row::t0b) > 0) == (writer == Writer::model_wp3a));
    for (const Row row : {Row::t5, Row::x1, Row::x2, Row::x3}) CHECK(outcome.row(row) == 0);
    CHECK(outcome.tally.restarts > 10);
  }
}

TEST_CASE("WP-2 is clean after recovery, and reaches T-5 before it") {
  const Outcome outcome = run_all(Writer::model_wp2, one_thread, 60);
  for (const Violation& found : outcome.violations)
    FAIL_CHECK(to_string(found.run) << " " << found.moment << " " << found.rule);
  CHECK(outcome.row(Row::t5) > 0);
  for (const Row row : {Row::x1, Row::x2, Row::x3}) CHECK(outcome.row(row) == 0);
}

TEST_CASE("paths that 4.1 calls broken are found broken, by the row it names") {
  const struct {
    Writer writer;
    Row row;
  } broken[] = {{Writer::model_map_early, Row::x2},
                {Writer::model_map_early, Row::x3},
                {Writer::model_commit_early, Row::x1},
                {Writer::model_map_with_h2, Row::x3}};
  for (const auto& path : broken) {
    CAPTURE(to_string(path.writer));
    const Outcome outcome = run_all(path.writer, {Kind::single, Kind::batch}, 20);
    CHECK(outcome.violations.size() > 10);
    CAPTURE(row_names[static_cast<std::size_t>(path.row)]);
    CHECK(outcome.row(path.row) > 0);
  }
}

TEST_CASE("the engine keeps every rule in every image") {
  const Outcome outcome = run_all(Writer::engine_wp3a,
                                  {Kind::single, Kind::overwrite, Kind::batch, Kind::lanes,
                                   Kind::one_lba, Kind::handover, Kind::states, Kind::readers},
                                  30);
  for (const Violation& found : outcome.violations)
    FAIL_CHECK(to_string(found.run) << " " << found.moment << " " << found.rule);
  for (const Row row : {Row::t5, Row::x1, Row::x2, Row::x3}) CHECK(outcome.row(row) == 0);
}

TEST_CASE("a run is the same again by its id") {
  const Faults none;
  const RunId id{Writer::model_map_early, Kind::batch, 3};
  CHECK(parse_run_id(to_string(id))->seed == 3);
  CHECK(to_string(*parse_run_id(to_string(id))) == to_string(id));
  CHECK(!parse_run_id("engine-wp3a:nonsense:1"));
  Tally first;
  Tally second;
  const auto a = Run(id, none, {}, first).execute();
  const auto b = Run(id, none, {}, second).execute();
  REQUIRE(a);
  REQUIRE(b);
  CHECK(a->moment == b->moment);
  CHECK(a->image == b->image);
  CHECK(a->bytes == b->bytes);
  CHECK(first.images == second.images);
}

}  // namespace
}  // namespace ndmedic::laboratory
