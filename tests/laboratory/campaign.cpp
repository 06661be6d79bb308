// SPDX-License-Identifier: BSD-3-Clause
#include "campaign.h"

#include <cstdio>

namespace ndmedic::laboratory {
namespace {

const Faults no_faults;

void print(const Violation& found) {
  std::printf("VIOLATION: %s\n  moment %llu, image %llu; again with: laboratory replay %s\n",
              found.rule.c_str(), static_cast<unsigned long long>(found.moment),
              static_cast<unsigned long long>(found.image), to_string(found.run).c_str());
}

/// Rows that the write path of a writer can reach (btt.md 4, 4.1).
bool can_reach(Writer writer, Row row) {
  if (row == Row::t0b) return writer != Writer::model_wp4;
  if (row == Row::t5) return wants_recovery(writer);
  return row < Row::x1;
}

bool check_rows(Writer writer, const RowCounts& rows) {
  bool as_expected = true;
  std::printf("%-12s", std::string(to_string(writer)).c_str());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const bool reached = rows[i] > 0;
    const bool fine = reached == can_reach(writer, static_cast<Row>(i));
    std::printf(" %11llu%s", static_cast<unsigned long long>(rows[i]), fine ? "" : "!");
    as_expected = as_expected && fine;
  }
  std::printf("\n");
  return as_expected;
}

/// Writers of the campaign: the shipped paths, and WP-4 for comparison.
constexpr std::array writers{Writer::engine_wp3a, Writer::engine_wp2, Writer::model_wp4};

bool print_table(const Tally& engine, const Tally& model) {
  std::printf(
      "runs %llu, restarts %llu, moments %llu (sampled %llu), images %llu, distinct %zu, "
      "recoveries %llu\n",
      static_cast<unsigned long long>(engine.runs),
      static_cast<unsigned long long>(engine.restarts),
      static_cast<unsigned long long>(engine.moments),
      static_cast<unsigned long long>(engine.sampled),
      static_cast<unsigned long long>(engine.images), engine.distinct.size(),
      static_cast<unsigned long long>(engine.recoveries));
  std::printf("images with a write in each state of btt.md section 4:\n%-12s", "");
  for (const std::string_view name : row_names) std::printf(" %11s", std::string(name).c_str());
  std::printf("\n");
  bool as_expected = true;
  for (const Writer writer : writers) {
    const Tally& tally = writer == Writer::model_wp4 ? model : engine;
    as_expected = check_rows(writer, tally.rows[static_cast<std::size_t>(writer)]) && as_expected;
  }
  if (!as_expected) std::printf("a row marked ! was reached by a path that cannot, or missed\n");
  return as_expected;
}

}  // namespace

std::vector<Kind> kinds_for(Writer writer) {
  if (writer == Writer::model_wp4)
    return {Kind::single, Kind::overwrite, Kind::batch, Kind::states};
  return {Kind::single,  Kind::overwrite, Kind::batch,  Kind::lanes,
          Kind::one_lba, Kind::handover,  Kind::states, Kind::readers};
}

bool run_campaign(std::uint64_t distinct, std::uint64_t first_seed) {
  Tally engine;
  Tally model;
  model.count_distinct = false;
  int violations = 0;
  const auto run = [&](const RunId& id) {
    Tally& tally = id.writer == Writer::model_wp4 ? model : engine;
    const auto found = Run(id, no_faults, {}, tally).execute();
    if (!found) return;
    ++violations;
    print(*found);
  };
  constexpr std::uint64_t seeds_least = 300;
  for (std::uint64_t i = 0; engine.distinct.size() < distinct || i < seeds_least; ++i) {
    for (const Kind kind : kinds_for(Writer::engine_wp3a))
      run({Writer::engine_wp3a, kind, first_seed + i});
    // Their images are many more for each run.
    if (i % 8 == 0)
      for (const Writer writer : {Writer::engine_wp2, Writer::model_wp4})
        for (const Kind kind : kinds_for(writer)) run({writer, kind, first_seed + i});
    if (violations >= 10) return false;
  }
  return print_table(engine, model) && violations == 0;
}

bool replay(const RunId& id, const FaultCase& fault) {
  Tally tally;
  const auto found = Run(id, fault.faults, fault.recovery, tally).execute();
  std::printf("%s, %s: %llu moments, %llu images\n", to_string(id).c_str(),
              fault.name.empty() ? "no fault" : fault.name.c_str(),
              static_cast<unsigned long long>(tally.moments),
              static_cast<unsigned long long>(tally.images));
  if (!found) return true;
  print(*found);
  for (std::size_t at = 0; at < found->bytes.size(); at += 16) {
    std::printf("%6zx ", at);
    for (std::size_t i = at; i < std::min(at + 16, found->bytes.size()); ++i)
      std::printf(" %02x", static_cast<unsigned>(found->bytes[i]));
    std::printf("\n");
  }
  return false;
}

}  // namespace ndmedic::laboratory
