// SPDX-License-Identifier: BSD-3-Clause
// Labels of one area that contradict each other: capacity claimed twice, a uuid twice, local sets
// (labels.md 7.3 LB01, LB02, LB03, LB20; 7.6 CX03). Sorting, never pair by pair.
#include <ndmedic/labels/label_report.h>

#include <algorithm>
#include <span>
#include <tuple>

#include <ndmedic/labels/label_copies.h>

namespace ndmedic::label_report {
namespace {

/// Last byte of an extent; those that Linux cannot reserve at all have findings of their own.
bool is_reservable(const LabelRecord& label) {
  return !label.violates("LB05") && !label.violates("LB06");
}
std::uint64_t last_byte(const LabelRecord& label) { return label.dpa + label.rawsize - 1; }

ProblemId problem_of_overlap(const LabelRecord& a, const LabelRecord& b) {
  if (a.is_region()) return ProblemId::cxl_regions_overlap;
  if (a.uuid != b.uuid) return ProblemId::label_extents_overlap;
  return fields_that_differ(a, b) == 0 ? ProblemId::label_duplicate
                                       : ProblemId::label_uuid_duplicate;
}

/// Every label that begins within the extent reaching farthest so far collides with that one.
void report_overlaps(Labels labels, Reporter& out) {
  std::erase_if(labels, [](const LabelRecord* label) { return !is_reservable(*label); });
  std::ranges::sort(labels, {}, [](const LabelRecord* r) { return std::tie(r->dpa, r->slot); });
  const LabelRecord* farthest = nullptr;
  for (const LabelRecord* label : labels) {
    if (farthest && label->dpa <= last_byte(*farthest))
      out.slot(problem_of_overlap(*farthest, *label), *label, {number("other", farthest->slot)});
    if (!farthest || last_byte(*label) > last_byte(*farthest)) farthest = label;
  }
}

bool disjoint(const LabelRecord& a, const LabelRecord& b) {
  return !is_reservable(a) || !is_reservable(b) || last_byte(a) < b.dpa || last_byte(b) < a.dpa;
}

/// LB02 for extents that do not touch; those that do were told by report_overlaps(). Labels with
/// another cookie are another set's, or strays, which the set decides (LB21).
void report_uuid_twice(std::span<const LabelRecord* const> set, Reporter& out) {
  for (std::size_t i = 1; i < set.size(); ++i)
    if (set[i]->isetcookie == set[0]->isetcookie && disjoint(*set[0], *set[i]))
      out.slot(ProblemId::label_uuid_duplicate, *set[i], {number("other", set[0]->slot)});
}

bool has_local_mark(std::uint16_t value) { return value == 0xff || value == 0xffff; }

/// LB20. `set` is sorted by dpa. Labels of 1.1 leave both fields 0.
void report_local_set(std::span<const LabelRecord* const> set, Reporter& out) {
  const LabelRecord& first = *set[0];
  const bool old = first.format == LabelFormat::v1_1 && first.nlabel == 0;
  bool right = old ? first.position == 0 : first.position == 0 && first.nlabel == set.size();
  for (const LabelRecord* label : set.subspan(1)) {
    const bool marks = has_local_mark(label->nlabel) && has_local_mark(label->position);
    right = right && (old ? label->nlabel == 0 && label->position == 0 : marks);
    right = right && label->dpa != first.dpa;
  }
  if (!right) out.slot(ProblemId::label_local_rules, first);
}

bool is_local_set(std::span<const LabelRecord* const> set) {
  return std::ranges::all_of(set, [](const LabelRecord* label) { return label->local(); }) &&
         (set.size() > 1 || set[0]->nlabel != 1);
}

void report_sets(Labels labels, Reporter& out) {
  std::erase_if(labels, [](const LabelRecord* label) {
    return label->format == LabelFormat::cxl_namespace;  // one label a range is normal there
  });
  std::ranges::sort(labels, [](const LabelRecord* a, const LabelRecord* b) {
    return std::tie(a->uuid, a->dpa, a->slot) < std::tie(b->uuid, b->dpa, b->slot);
  });
  for (std::size_t begin = 0; begin < labels.size();) {
    std::size_t end = begin;
    while (end < labels.size() && labels[end]->uuid == labels[begin]->uuid) ++end;
    const auto set = std::span(labels).subspan(begin, end - begin);
    if (is_local_set(set))
      report_local_set(set, out);
    else
      report_uuid_twice(set, out);
    begin = end;
  }
}

}  // namespace

void report_collisions(const LabelArea& area, Reporter& out) {
  report_overlaps(active_labels(area, true), out);
  const Labels labels = active_labels(area, false);
  report_overlaps(labels, out);
  report_sets(labels, out);
}

}  // namespace ndmedic::label_report
