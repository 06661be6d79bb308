// SPDX-License-Identifier: BSD-3-Clause
// Regions of CXL 2.1 labels over several devices (labels.md 7.6 CX04, CX05).
#include <algorithm>
#include <set>
#include <tuple>

#include <ndmedic/labels/label_report.h>
#include <ndmedic/labels/set_parts.h>

namespace ndmedic::label_sets {
namespace {

using label_report::number;
using label_report::text;
using Regions = std::span<const LabelRecord* const>;

/// A position without a label is knowledge when as many devices as the region has can be trusted.
bool absence_is_known(const Input& input, std::uint32_t nlabel) {
  return static_cast<std::uint64_t>(std::ranges::count(input.trusted, true)) >= nlabel;
}

void report_region(const Input& input, Regions labels, SetReporter& out) {
  const LabelRecord& first = *labels[0];
  std::set<std::uint16_t> positions;
  std::uint64_t updating = 0;
  std::string_view field;
  for (const LabelRecord* label : labels) {
    if (label->position < first.nlabel) positions.insert(label->position);
    updating += label->updating() ? 1u : 0u;
    if (label->nlabel != first.nlabel) field = "nlabel";
    if (label->rawsize != first.rawsize) field = "rawsize";
    if (label->hpa != first.hpa) field = "hpa";
  }
  const std::uint64_t missing = first.nlabel - positions.size();
  if (missing != 0 && absence_is_known(input, first.nlabel))
    out.ns(ProblemId::cxl_region_incomplete, first.uuid,
           {number("missing", missing), number("nlabel", first.nlabel)});
  if (missing == 0 && updating != 0)
    out.ns(ProblemId::cxl_region_updating, first.uuid, {number("labels", updating)});
  if (!field.empty()) out.ns(ProblemId::cxl_region_differs, first.uuid, {text("field", field)});
}

}  // namespace

void report_cxl_regions(const Input& input, SetReporter& out) {
  std::vector<const LabelRecord*> labels;
  for (const auto& regions : input.cxl_regions)
    labels.insert(labels.end(), regions.begin(), regions.end());
  std::ranges::sort(labels, {},
                    [](const LabelRecord* r) { return std::tuple(r->uuid, r->position, r->slot); });
  for (std::size_t begin = 0; begin < labels.size();) {
    std::size_t end = begin;
    while (end < labels.size() && labels[end]->uuid == labels[begin]->uuid) ++end;
    report_region(input, Regions(labels).subspan(begin, end - begin), out);
    begin = end;
  }
}

}  // namespace ndmedic::label_sets
