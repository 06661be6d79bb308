// SPDX-License-Identifier: BSD-3-Clause
#include <ndmedic/labels/label_diff.h>

#include <algorithm>
#include <tuple>

#include <ndmedic/format/label.h>

namespace ndmedic {
namespace {

using Records = std::vector<const LabelRecord*>;

/// EFI labels of both versions are one kind: an area that was converted holds the same namespaces.
unsigned kind(const LabelRecord& record) {
  if (record.format == LabelFormat::cxl_namespace) return 1;
  if (record.format == LabelFormat::cxl_region) return 2;
  return record.format == LabelFormat::cxl_vendor ? 3 : 0;
}

auto name_of(const LabelRecord& record) {
  return std::tuple(kind(record), record.uuid, record.position);
}

auto order(const LabelRecord* record) { return std::tuple(name_of(*record), record->dpa); }

Records labels_of(const LabelArea& area) {
  Records records;
  for (const LabelRecord& record : area.slots)
    if (record.active() || record.state == SlotState::foreign) records.push_back(&record);
  std::ranges::stable_sort(records, {}, order);
  return records;
}

bool has_meaning(const Field& field) {
  return field.kind != FieldKind::checksum && field.name != "slot";
}

std::vector<const Field*> differing(const LabelRecord& before, const LabelRecord& after) {
  std::vector<const Field*> fields;
  if (before.format == LabelFormat::cxl_vendor || after.format == LabelFormat::cxl_vendor)
    return fields;
  const bool shorter = after.raw_size < before.raw_size;
  const Structure& structure = structure_of(shorter ? after.format : before.format);
  for (const Field& field : structure.fields) {
    // What 1.1 leaves unused at its end is a field of its own in 1.2.
    const bool shared = before.format == after.format || field.kind != FieldKind::reserved;
    if (shared && has_meaning(field) &&
        !std::ranges::equal(field_bytes(field, before.bytes()), field_bytes(field, after.bytes())))
      fields.push_back(&field);
  }
  return fields;
}

/// Labels of one name: pairs with equal DPA first, then what is left in order.
void match(const Records& before, const Records& after, std::vector<LabelDifference>& found) {
  const auto add = [&found](const LabelRecord& a, const LabelRecord& b) {
    auto fields = differing(a, b);
    const bool vendor_differs =
        a.format == LabelFormat::cxl_vendor && !std::ranges::equal(a.bytes(), b.bytes());
    if (vendor_differs || !fields.empty()) found.push_back({&a, &b, std::move(fields)});
  };
  Records only_before;
  Records only_after;
  auto a = before.begin();
  auto b = after.begin();
  while (a != before.end() && b != after.end()) {
    if ((*a)->dpa == (*b)->dpa)
      add(**a++, **b++);
    else if ((*a)->dpa < (*b)->dpa)
      only_before.push_back(*a++);
    else
      only_after.push_back(*b++);
  }
  only_before.insert(only_before.end(), a, before.end());
  only_after.insert(only_after.end(), b, after.end());
  const std::size_t both = std::min(only_before.size(), only_after.size());
  for (std::size_t i = 0; i < both; ++i) add(*only_before[i], *only_after[i]);
  for (std::size_t i = both; i < only_before.size(); ++i)
    found.push_back({only_before[i], nullptr, {}});
  for (std::size_t i = both; i < only_after.size(); ++i)
    found.push_back({nullptr, only_after[i], {}});
}

}  // namespace

std::uint64_t unknown_labels(const LabelArea& area) {
  return area.count(SlotState::damaged) + area.count(SlotState::blank_in_use) +
         area.count(SlotState::not_checked) + area.slots_in_use_omitted;
}

AreaComparison compare_label_areas(const LabelArea& before, const LabelArea& after) {
  AreaComparison result;
  AreaDifference& area = result.area;
  area.size = before.size != after.size;
  area.index = before.has_index() != after.has_index();
  area.version = before.major != after.major || before.minor != after.minor;
  area.nslot = before.layout.nslot != after.layout.nslot ||
               before.layout.slot_size != after.layout.slot_size;
  area.unreadable = unknown_labels(before) != unknown_labels(after);
  const Records all_before = labels_of(before);
  const Records all_after = labels_of(after);
  auto a = all_before.begin();
  auto b = all_after.begin();
  while (a != all_before.end() || b != all_after.end()) {
    const bool from_a =
        b == all_after.end() || (a != all_before.end() && name_of(**a) <= name_of(**b));
    const auto name = name_of(from_a ? **a : **b);
    const auto same = [&name](const LabelRecord* record) { return name_of(*record) == name; };
    const auto a_end = std::find_if_not(a, all_before.end(), same);
    const auto b_end = std::find_if_not(b, all_after.end(), same);
    match({a, a_end}, {b, b_end}, result.labels);
    a = a_end;
    b = b_end;
  }
  return result;
}

}  // namespace ndmedic
