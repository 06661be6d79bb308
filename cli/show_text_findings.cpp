// SPDX-License-Identifier: BSD-3-Clause
// Findings and the verdict as text.
#include <fmt/format.h>

#include <algorithm>
#include <ostream>

#include <ndmedic/cli/show_text.h>
#include <ndmedic/cli/words.h>

namespace ndmedic::cli {
namespace {

constexpr std::size_t severity_width = 14;   // "needs recovery"
constexpr std::size_t place_width_max = 40;  // "ns/" and a uuid

std::string severity_text(Severity severity, bool colour) {
  const std::string padded = fmt::format("{:<{}}", to_string(severity), severity_width);
  if (!colour) return padded;
  constexpr std::array<std::string_view, severity_count> colours = {"36", "33", "31", "1;31"};
  return fmt::format("\x1b[{}m{}\x1b[0m", colours[static_cast<std::size_t>(severity)], padded);
}

std::string counted(std::uint64_t count, Severity severity) {
  switch (severity) {
    case Severity::note:
      return count_text(count, "note");
    case Severity::needs_recovery:
      return count_text(count, "interrupted write");
    case Severity::damage:
      return fmt::format("{} damage", count);
    case Severity::data_loss:
      break;
  }
  return fmt::format("{} data loss", count);
}

}  // namespace

std::string finding_line(const Finding& finding, std::size_t place_width, bool colour) {
  std::string line = fmt::format("{:<8} {}  {:<{}}  {}", code(finding.id),
                                 severity_text(problem(finding.id).severity, colour),
                                 to_string(finding.place), place_width, message_of(finding));
  if (finding.count > 1) line += fmt::format(" ({} times)", finding.count);
  return line;
}

void print_findings(const Findings& findings, const TextOptions& options, std::ostream& out) {
  std::size_t width = 0;
  for (const Finding& finding : findings.list())
    width = std::max(width, std::min(place_width_max, to_string(finding.place).size()));
  for (const Finding& finding : findings.list())
    out << finding_line(finding, width, options.colour) << '\n';
  for (const Problem& row : problems())
    if (const std::uint64_t dropped = findings.dropped(row.id); dropped > 0)
      out << fmt::format("{:<8} and {} more; --all shows them\n", code(row.id), dropped);
}

void print_verdict(const FindingCount& count, std::ostream& out) {
  const auto worst = count.worst();
  if (!worst) {
    out << "no findings\n";
    return;
  }
  out << (*worst >= Severity::damage ? "damage found: " : "no damage found: ");
  bool first = true;
  for (std::size_t i = severity_count; i-- > 0;) {
    if (count.by_severity[i] == 0) continue;
    out << (first ? "" : ", ") << counted(count.by_severity[i], static_cast<Severity>(i));
    first = false;
  }
  out << fmt::format("; \"ndmedic explain {}\" tells what it means\n", code(*count.first_worst));
  if (count.urgent.empty()) return;
  out << "urgent: mend this before Linux uses the image, which would destroy data:";
  for (const ProblemId id : count.urgent) out << ' ' << code(id);
  out << '\n';
}

}  // namespace ndmedic::cli
