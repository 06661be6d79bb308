// SPDX-License-Identifier: BSD-3-Clause
#include <ndmedic/cli/finding_count.h>

#include <ndmedic/cli/exit_codes.h>

#include <algorithm>
#include <numeric>

namespace ndmedic::cli {

void FindingCount::add(const Finding& finding) {
  const Severity severity = problem(finding.id).severity;
  const auto before = worst();
  if (!before || severity > *before) first_worst = finding.id;
  ++by_severity[static_cast<std::size_t>(severity)];
  if (is_urgent(finding.id) && std::ranges::find(urgent, finding.id) == urgent.end())
    urgent.push_back(finding.id);
  unreadable = unreadable || tells_unreadable(finding.id);
}

std::uint64_t FindingCount::total() const {
  return std::accumulate(by_severity.begin(), by_severity.end(), std::uint64_t{0});
}

std::optional<Severity> FindingCount::worst() const {
  for (std::size_t i = severity_count; i-- > 0;)
    if (by_severity[i] > 0) return static_cast<Severity>(i);
  return std::nullopt;
}

int FindingCount::exit_code(bool strict) const {
  const auto severity = worst();
  const bool damaged = severity && (strict || *severity >= Severity::damage);
  return (damaged ? exit_damage : exit_ok) | (unreadable ? exit_unreadable : exit_ok);
}

FindingCount count_of(const Findings& findings) {
  FindingCount count;
  for (const Finding& finding : findings.list()) count.add(finding);
  return count;
}

}  // namespace ndmedic::cli
