// SPDX-License-Identifier: BSD-3-Clause
// Findings about CXL labels of one device (labels.md 7.6).
#include <ndmedic/labels/label_report.h>

#include <algorithm>
#include <span>
#include <tuple>

#include <ndmedic/format/cxl_label.h>

namespace ndmedic::label_report {
namespace {

Labels by_uuid(Labels labels) {
  std::ranges::sort(labels, {}, [](const LabelRecord* r) { return std::tie(r->uuid, r->slot); });
  return labels;
}

std::span<const LabelRecord* const> range_of(const Labels& sorted, const Guid& uuid) {
  const auto key = [](const LabelRecord* label) { return label->uuid; };
  return {std::ranges::lower_bound(sorted, uuid, {}, key),
          std::ranges::upper_bound(sorted, uuid, {}, key)};
}

/// Freed, intact region labels: they can be activated again (CX11).
Labels freed_regions(const LabelArea& area) {
  Labels labels;
  for (const LabelRecord& record : area.slots)
    if (record.is_region() && record.state == SlotState::freed) labels.push_back(&record);
  return labels;
}

bool lies_in(const LabelRecord& label, const LabelRecord& region) {
  return label.dpa >= region.dpa && label.rawsize <= region.rawsize &&
         label.dpa - region.dpa <= region.rawsize - label.rawsize;
}

struct Context {
  Labels namespaces{};
  Labels regions{};
  Labels freed{};
};

void report_namespace(const Context& context, const LabelRecord& label, Reporter& out) {
  const auto hosts = range_of(context.regions, label.region_uuid);
  if (!hosts.empty()) {
    if (!lies_in(label, **hosts.begin())) out.slot(ProblemId::cxl_extent_outside_region, label);
  } else if (const auto freed = range_of(context.freed, label.region_uuid); !freed.empty()) {
    out.slot(ProblemId::cxl_region_label_freed, label, {number("twin", (*freed.begin())->slot)});
  } else {
    out.slot(ProblemId::cxl_region_missing, label);
  }
  const std::uint64_t labels = range_of(context.namespaces, label.uuid).size();
  if (label.nlabel != labels)
    out.slot(ProblemId::cxl_nrange_differs, label,
             {number("nrange", label.nlabel), number("labels", labels)});
}

void report_region(const LabelRecord& label, Reporter& out) {
  if (label.violates("CX06"))
    out.slot(ProblemId::cxl_hpa_unaligned, label, {hex("hpa", label.hpa)});
  const Granularity granularity = decode_granularity(label.granularity);
  if (granularity.encoding == GranularityEncoding::linux_series)
    out.slot(ProblemId::cxl_granularity_linux, label);
  else if (granularity.encoding == GranularityEncoding::illegal)
    out.slot(ProblemId::cxl_granularity_illegal, label, {number("granularity", label.granularity)});
}

bool is_cxl(LabelFormat format) {
  return format == LabelFormat::cxl_namespace || format == LabelFormat::cxl_region;
}

}  // namespace

void report_cxl(const LabelArea& area, Reporter& out) {
  std::uint64_t labels = 0;
  Context context{.regions = by_uuid(active_labels(area, true)),
                  .freed = by_uuid(freed_regions(area))};
  for (const LabelRecord& record : area.slots) {
    if (!record.active()) continue;
    if (record.format == LabelFormat::cxl_namespace) context.namespaces.push_back(&record);
    labels += is_cxl(record.format) ? 1u : 0u;
    if (is_cxl(record.format) != (area.major == 2))
      out.slot(ProblemId::cxl_format_mixed, record,
               {number("major", area.major), number("minor", area.minor)});
  }
  context.namespaces = by_uuid(std::move(context.namespaces));
  for (const LabelRecord* label : context.namespaces) report_namespace(context, *label, out);
  for (const LabelRecord* label : context.regions) report_region(*label, out);
  if (labels != 0) out.area(ProblemId::cxl_labels_unsupported, {number("labels", labels)});
}

}  // namespace ndmedic::label_report
