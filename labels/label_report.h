// SPDX-License-Identifier: BSD-3-Clause
// The parts of report_label_area(): each judges one aspect of an area that was read.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <ndmedic/format/finding.h>
#include <ndmedic/labels/label_area.h>

namespace ndmedic::label_report {

/// Findings of one device on their way to the sink.
class Reporter {
 public:
  Reporter(std::optional<std::uint32_t> device, FindingSink& sink) : device_(device), sink_(sink) {}

  void area(ProblemId id, std::vector<Argument> arguments = {}, std::vector<Violation> proof = {});
  void index(ProblemId id, const IndexBlock& block, std::vector<Argument> arguments = {});
  void slot(ProblemId id, const LabelRecord& record, std::vector<Argument> arguments = {});

 private:
  void add(ProblemId id, PlaceKind kind, std::uint64_t number, std::vector<Argument> arguments,
           std::vector<Violation> proof);

  std::optional<std::uint32_t> device_;
  FindingSink& sink_;
};

inline Argument number(std::string_view key, std::uint64_t value) { return {key, value, false}; }
inline Argument hex(std::string_view key, std::uint64_t value) { return {key, value, true}; }
inline Argument text(std::string_view key, std::string_view value) {
  return {key, std::string(value), false};
}

using Labels = std::vector<const LabelRecord*>;

/// The active labels of an area that describe namespaces, or regions.
Labels active_labels(const LabelArea& area, bool regions);

void report_index(const LabelArea& area, Reporter& out);       // 7.1
void report_slots(const LabelArea& area, Reporter& out);       // 7.2
void report_contents(const LabelArea& area, Reporter& out);    // 7.3, one label at a time
void report_collisions(const LabelArea& area, Reporter& out);  // LB01, LB02, LB03, LB20, CX03
void report_cxl(const LabelArea& area, Reporter& out);         // 7.6, one device

}  // namespace ndmedic::label_report
