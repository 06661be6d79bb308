// SPDX-License-Identifier: BSD-3-Clause
// The laboratory finds what is taken away; what it does not find is not needed, and goes.

#include <algorithm>
#include <array>
#include <cstdio>

#include "campaign.h"

namespace ndmedic::laboratory {
namespace {

constexpr std::array<std::string_view, site_count> site_names{
    "data", "first_half", "first_half_again", "second_half", "map", "map_state", "flush"};
constexpr std::uint64_t seeds_most = 1000;

/// Which fences and write-backs the writer uses at all.
SiteUse use_of(Writer writer) {
  const Faults none;
  Tally tally;
  tally.count_distinct = false;
  for (std::uint64_t seed = 0; seed < 30; ++seed)
    for (const Kind kind : kinds_for(writer))
      static_cast<void>(Run({writer, kind, seed}, none, {}, tally).execute());
  return tally.use;
}

FaultCase dropped_fence(Site site) {
  FaultCase fault{"no fence " + std::string(name_of(site)), {}, {}};
  fault.faults.fence[static_cast<std::size_t>(site)] = true;
  return fault;
}

FaultCase dropped_write_back(Site site) {
  FaultCase fault{"no write-back " + std::string(name_of(site)), {}, {}};
  fault.faults.write_back[static_cast<std::size_t>(site)] = true;
  return fault;
}

FaultCase swapped(Site late, Site early) {
  FaultCase fault{"swap " + std::string(name_of(late)) + " " + std::string(name_of(early)), {}, {}};
  fault.faults.swap = Faults::Swap{late, early};
  return fault;
}

FaultCase recovery_without(RecoveryFault::Kind kind, std::uint64_t ordinal) {
  const std::string call = kind == RecoveryFault::Kind::flush ? "flush " : "fence ";
  return {"recovery without " + call + std::to_string(ordinal), {}, {kind, ordinal}};
}

/// Stores on different sides of a fence (WP-3a, WP-2).
constexpr std::array<std::pair<Site, Site>, 7> ordered{{{Site::data, Site::second_half},
                                                        {Site::data, Site::map},
                                                        {Site::first_half, Site::second_half},
                                                        {Site::first_half, Site::map},
                                                        {Site::first_half_again, Site::second_half},
                                                        {Site::first_half_again, Site::map},
                                                        {Site::second_half, Site::map}}};

/// With WP-2 writers take turns, so that between two looks at a map word only its flags change. Old
/// flags in the flog break no rule of section 4; libpmemblk wants the new ones (FL-5).
bool is_proven(Writer writer, Site site) {
  return writer != Writer::engine_wp2 || site != Site::first_half_again;
}

struct Search {
  std::uint64_t runs = 0;
  std::optional<Violation> found{};
};

/// Tries the fault in ever new runs until one breaks a rule.
Search search(Writer writer, const FaultCase& fault, Tally& tally) {
  Search search;
  for (std::uint64_t seed = 0; seed < seeds_most && !search.found; ++seed)
    for (const Kind kind : kinds_for(writer)) {
      ++search.runs;
      search.found = Run({writer, kind, seed}, fault.faults, fault.recovery, tally).execute();
      if (search.found) break;
    }
  return search;
}

}  // namespace

std::string_view name_of(Site site) { return site_names[static_cast<std::size_t>(site)]; }

std::vector<FaultCase> fault_cases(Writer writer) {
  const SiteUse use = use_of(writer);
  std::vector<FaultCase> cases;
  for (std::size_t i = 0; i < site_count; ++i) {
    if (!is_proven(writer, static_cast<Site>(i))) continue;
    if (use.fences[i] > 0) cases.push_back(dropped_fence(static_cast<Site>(i)));
    if (use.write_backs[i] > 0) cases.push_back(dropped_write_back(static_cast<Site>(i)));
  }
  for (const auto& [late, early] : ordered)
    if (is_proven(writer, late) && use.write_backs[static_cast<std::size_t>(late)] > 0)
      cases.push_back(swapped(late, early));
  if (writer == Writer::engine_wp3a) {
    cases.push_back({"no locks", {}, {}});
    cases.back().faults.no_locks = true;
    cases.push_back({"stale looks of writers", {}, {}});
    cases.back().faults.stale_looks = Faults::StaleLooks::of_writers;
    cases.push_back({"stale looks of readers", {}, {}});
    cases.back().faults.stale_looks = Faults::StaleLooks::of_readers;
  }
  // Two arenas, each with its own words and fence; up to two words in each are tried.
  for (const std::uint64_t ordinal : {1U, 2U}) {
    if (writer != Writer::engine_wp3a) break;
    cases.push_back(recovery_without(RecoveryFault::Kind::flush, ordinal));
    cases.push_back(recovery_without(RecoveryFault::Kind::fence, ordinal));
  }
  return cases;
}

std::optional<FaultCase> parse_fault(std::string_view name) {
  for (const Writer writer : {Writer::engine_wp3a, Writer::engine_wp2})
    for (FaultCase& fault : fault_cases(writer))
      if (fault.name == name) return std::move(fault);
  return std::nullopt;
}

bool run_sensitivity() {
  bool all_found = true;
  Tally tally;
  tally.count_distinct = false;
  for (const Writer writer : {Writer::engine_wp3a, Writer::engine_wp2})
    for (const FaultCase& fault : fault_cases(writer)) {
      const Search result = search(writer, fault, tally);
      all_found = all_found && result.found;
      std::printf("%-12s %-34s ", std::string(to_string(writer)).c_str(), fault.name.c_str());
      if (result.found)
        std::printf("run %llu, %s: %s\n", static_cast<unsigned long long>(result.runs),
                    to_string(result.found->run).c_str(), result.found->rule.c_str());
      else
        std::printf("NOT FOUND in %llu runs: redundant, or the laboratory is blind\n",
                    static_cast<unsigned long long>(result.runs));
    }
  std::printf("rows that only faults reach:");
  for (const Row row : {Row::x1, Row::x2, Row::x3}) {
    std::uint64_t count = 0;
    for (const RowCounts& rows : tally.rows) count += rows[static_cast<std::size_t>(row)];
    std::printf(" %s %llu", std::string(row_names[static_cast<std::size_t>(row)]).c_str(),
                static_cast<unsigned long long>(count));
    all_found = all_found && count > 0;
  }
  std::printf("\n");
  return all_found;
}

}  // namespace ndmedic::laboratory
