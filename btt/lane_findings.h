// SPDX-License-Identifier: BSD-3-Clause
// Tells what is wrong with lanes, neighbours with one problem as one finding.
#pragma once

#include <cstdint>
#include <optional>

#include <ndmedic/btt/lane_state.h>
#include <ndmedic/btt/report.h>

namespace ndmedic {

/// Receives judged lanes in ascending order. Not thread-safe.
class LaneReport {
 public:
  LaneReport(const Arena& arena, const FlogLayoutReading& layout, const BttReport& report)
      : arena_(arena), layout_(layout), report_(report) {}

  void lane(const LaneReading& lane);
  /// Lanes of which nothing but this is known.
  void run(ProblemId id, Lane first, std::uint64_t count);
  /// Tells the run that is still open, then what holds for the arena.
  void finish(FlogEncoding encoding);

 private:
  void flush_run();
  void problem(ProblemId id, const LaneReading& lane);
  void report_entry(const LaneReading& lane, const FlogEntry& current);
  void report_inactive(const LaneReading& lane);

  struct Run {
    ProblemId id{};
    std::uint64_t first = 0;
    std::uint64_t count = 0;
  };

  const Arena& arena_;
  const FlogLayoutReading& layout_;
  const BttReport& report_;
  std::optional<Run> run_;
};

}  // namespace ndmedic
