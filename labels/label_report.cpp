// SPDX-License-Identifier: BSD-3-Clause
#include <ndmedic/labels/label_report.h>

#include <utility>

namespace ndmedic {
namespace label_report {

void Reporter::add(ProblemId id, PlaceKind kind, std::uint64_t number,
                   std::vector<Argument> arguments, std::vector<Violation> proof) {
  Place place{.kind = kind, .device = device_};
  place.first = place.last = number;
  sink_.add({.id = id,
             .place = std::move(place),
             .arguments = std::move(arguments),
             .proof = std::move(proof)});
}

void Reporter::area(ProblemId id, std::vector<Argument> arguments, std::vector<Violation> proof) {
  add(id, PlaceKind::labels, 0, std::move(arguments), std::move(proof));
}

void Reporter::index(ProblemId id, const IndexBlock& block, std::vector<Argument> arguments) {
  arguments.push_back(label_report::number("block", block.number));
  add(id, PlaceKind::index, block.number, std::move(arguments), block.violations);
}

void Reporter::slot(ProblemId id, const LabelRecord& record, std::vector<Argument> arguments) {
  add(id, PlaceKind::slot, record.slot, std::move(arguments), record.violations);
}

Labels active_labels(const LabelArea& area, bool regions) {
  Labels labels;
  for (const LabelRecord& record : area.slots)
    if (record.active() && record.is_region() == regions) labels.push_back(&record);
  return labels;
}

}  // namespace label_report

void report_label_area(const LabelArea& area, std::optional<std::uint32_t> device,
                       FindingSink& findings) {
  label_report::Reporter out(device, findings);
  label_report::report_index(area, out);
  label_report::report_slots(area, out);
  label_report::report_contents(area, out);
  label_report::report_collisions(area, out);
  label_report::report_cxl(area, out);
}

}  // namespace ndmedic
