// SPDX-License-Identifier: BSD-3-Clause
// Findings counted by severity, and the sinks of show: every finding is counted, then kept or
// written at once.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include <ndmedic/format/finding.h>

namespace ndmedic::cli {

inline constexpr std::size_t severity_count = 4;

/// How many findings of each severity there are; a finding on several places is one.
struct FindingCount {
  std::array<std::uint64_t, severity_count> by_severity{};
  std::optional<ProblemId> first_worst{};  ///< the first finding of the worst severity
  std::vector<ProblemId> urgent{};         ///< those found of is_urgent(), each once
  bool unreadable = false;                 ///< one of them tells of bytes that could not be read

  void add(const Finding& finding);
  std::uint64_t of(Severity severity) const {
    return by_severity[static_cast<std::size_t>(severity)];
  }
  std::uint64_t total() const;
  /// The worst severity there is, or none.
  std::optional<Severity> worst() const;
  /// The exit code these findings ask for. `strict` counts notes and interrupted writes as damage.
  int exit_code(bool strict) const;
};

/// The findings of `list` that were kept, counted.
FindingCount count_of(const Findings& findings);

/// Hands every finding to `write` and keeps nothing but the count.
class StreamedFindings final : public FindingSink {
 public:
  explicit StreamedFindings(std::function<void(const Finding&)> write) : write_(std::move(write)) {}
  void add(Finding finding) override {
    count_.add(finding);
    write_(finding);
  }
  const FindingCount& count() const { return count_; }

 private:
  std::function<void(const Finding&)> write_;
  FindingCount count_;
};

}  // namespace ndmedic::cli
