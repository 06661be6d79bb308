// SPDX-License-Identifier: BSD-3-Clause
// Findings about sets (labels.md 7.4) and those of 7.3 that need a capacity, a region or the set.
#include <algorithm>
#include <functional>
#include <utility>

#include <ndmedic/format/checked.h>
#include <ndmedic/labels/label_report.h>
#include <ndmedic/labels/set_parts.h>

namespace ndmedic::label_sets {
namespace {

using label_report::hex;
using label_report::number;
using label_report::text;

/// A label that no mapping of its DIMM covers; CXL 2.1 labels name their region instead.
bool in_no_region(const Input& input, const Item& item) {
  return !input.regions_inferred && !item.region &&
         item.label->format != LabelFormat::cxl_namespace;
}

/// LB04: the end of the DIMM, or of the region in which the label begins, or no region at all. One
/// that is a stray of another label (LB21) is told as such.
void report_capacity(const Input& input, const Item& item, SetReporter& out) {
  const LabelRecord& label = *item.label;
  std::optional<std::uint64_t> capacity = input.devices[item.device].dpa_size;
  if (item.region && !input.regions[*item.region].inferred) {
    const RegionMapping& mapping = input.regions[*item.region].description.mappings[item.mapping];
    const auto end = (Checked(mapping.dpa_start) + mapping.size).get();
    if (end) capacity = std::min(capacity.value_or(*end), *end);
  }
  const auto end = (Checked(label.dpa) + label.rawsize).get();
  if (capacity && end && *end > *capacity)  // one that wraps is LB06
    out.slot(ProblemId::label_beyond_dimm, item,
             {number("end", *end), number("capacity", *capacity)});
  else if (in_no_region(input, item) && !item.stray)
    out.slot(ProblemId::label_outside_regions, item, {hex("dpa", label.dpa)});
}

/// LB15 as far as the region decides it: null on an NVDIMM, persistent memory on CXL.
void report_type(const Input& input, const Item& item, SetReporter& out) {
  const LabelRecord& label = *item.label;
  if (!item.region || label.format != LabelFormat::v1_2 || label.violates("LB15")) return;
  const RegionDescription& region = input.regions[*item.region].description;
  const bool right = region.cxl ? label.type_guid.is_null() : label.type_guid == region.type_guid;
  if (!right) out.slot(ProblemId::label_type_wrong, item);
}

void report_absence(const LabelNamespace& ns, const Group& group, const Membership& membership,
                    SetReporter& out) {
  const Argument missing = number("missing", ns.missing_count);
  const Argument nlabel = number("nlabel", ns.nlabel);
  if (ns.completeness == Completeness::unknown) {
    out.ns(ProblemId::set_position_unknown, ns.uuid, {missing, nlabel});
    return;
  }
  const bool all_updating = std::ranges::all_of(ns.extents, &NamespaceExtent::updating);
  const bool on_first = std::ranges::any_of(
      group, [](const Item* item) { return item->region && item->mapping == 0; });
  if (all_updating && !membership.has_other_traces(ns.uuid, ns.extents.size()))
    out.ns(ProblemId::label_set_half_created, ns.uuid,
           {number("labels", ns.extents.size()), missing});
  else if (ns.region && !on_first)
    out.ns(ProblemId::set_orphan, ns.uuid);
  else
    out.ns(ProblemId::set_label_missing, ns.uuid, {missing, nlabel});
}

/// ST02 and ST03.
void report_conflict(const LabelNamespace& ns, const Group& group, SetReporter& out) {
  const auto twice = std::ranges::adjacent_find(ns.extents, {}, &NamespaceExtent::position);
  if (twice != ns.extents.end())
    out.ns(ProblemId::set_position_twice, ns.uuid, {number("position", twice->position)});
  for (const Item* item : group)
    if (item->label->nlabel != ns.nlabel || item->label->position >= ns.nlabel) {
      out.ns(ProblemId::set_nlabel_differs, ns.uuid,
             {number("nlabel", item->label->nlabel), number("ways", ns.nlabel)});
      break;
    }
}

template <class Value>
bool differs(const Group& group, Value value) {
  return std::ranges::any_of(group, [&](const Item* item) {
    return std::invoke(value, *item->label) != std::invoke(value, *group.front()->label);
  });
}

/// ST07. During an update the name may differ (V12).
void report_fields(const LabelNamespace& ns, const Group& group, SetReporter& out) {
  const auto tell = [&](std::string_view field) {
    out.ns(ProblemId::set_fields_differ, ns.uuid, {text("field", field)});
  };
  if (!ns.any_updating && differs(group, &LabelRecord::name)) tell("name");
  if (differs(group, &LabelRecord::lbasize)) tell("lbasize");
  if (differs(group, &LabelRecord::format)) return;  // ST08: 1.1 has no GUIDs
  if (differs(group, &LabelRecord::abstraction)) tell("abstraction");
  if (differs(group, &LabelRecord::type_guid)) tell("type_guid");
}

/// ST04. Where the mappings begin is known for a described region only.
void report_extents(const Input& input, const LabelNamespace& ns, const Group& group,
                    SetReporter& out) {
  const bool described = ns.region && !input.regions[*ns.region].inferred;
  const auto start = [&](const Item* item) {
    const auto& mappings = input.regions[*ns.region].description.mappings;
    return item->label->dpa - mappings[item->mapping].dpa_start;
  };
  bool differ = differs(group, &LabelRecord::rawsize);
  if (described)
    for (const Item* item : group) differ = differ || start(item) != start(group.front());
  if (differ) out.ns(ProblemId::set_extents_differ, ns.uuid);
}

/// ST08.
void report_versions(const Input& input, const LabelNamespace& ns, const Group& group,
                     SetReporter& out) {
  const auto version = [&](const Item* item) {
    const LabelArea& area = *input.devices[item->device].area;
    return std::pair(area.major, area.minor);
  };
  for (const Item* item : group)
    if (version(item) != version(group.front())) {
      out.ns(ProblemId::set_versions_mixed, ns.uuid);
      return;
    }
}

/// ST05 and ST06.
void report_cookie(const Input& input, const LabelNamespace& ns, const CookieAnswer& answer,
                   SetReporter& out) {
  const Argument cookie = hex("cookie", ns.isetcookie);
  switch (ns.cookie_verdict) {
    case CookieVerdict::differs:
      out.ns(ProblemId::set_cookie_differs, ns.uuid);
      break;
    case CookieVerdict::matches_alt:
      out.ns(ProblemId::set_cookie_alt, ns.uuid);
      break;
    case CookieVerdict::wrong:
      out.ns(ProblemId::set_cookie_wrong, ns.uuid, {cookie});
      break;
    case CookieVerdict::matches_other_version:
      if (!cookie_accepted(input, input.regions[*ns.region], ns.isetcookie))
        out.ns(ProblemId::set_cookie_wrong, ns.uuid, {cookie});
      break;
    case CookieVerdict::other_slot:
      if (answer.other_order)
        out.ns(ProblemId::set_cookie_other_order, ns.uuid, {cookie});
      else if (input.regions_inferred && input.devices.size() > 1)
        out.ns(ProblemId::set_slot_by_order, ns.uuid,
               {cookie, number("other", *answer.slot), number("slot", *ns.region)});
      else
        out.ns(ProblemId::set_cookie_other_slot, ns.uuid, {cookie, number("other", *answer.slot)});
      break;
    default:
      break;
  }
}

}  // namespace

void SetReporter::ns(ProblemId id, const Guid& uuid, std::vector<Argument> arguments) {
  Place place;
  place.kind = PlaceKind::ns;
  place.ns = uuid;
  sink_.add({.id = id, .place = std::move(place), .arguments = std::move(arguments)});
}

void SetReporter::slot(ProblemId id, const Item& item, std::vector<Argument> arguments) {
  Place place{.kind = PlaceKind::slot, .device = input_.devices[item.device].device};
  place.first = place.last = item.label->slot;
  sink_.add({.id = id,
             .place = std::move(place),
             .arguments = std::move(arguments),
             .proof = item.label->violations});
}

void SetReporter::all(ProblemId id, std::vector<Argument> arguments) {
  Place place;
  place.kind = PlaceKind::labels;
  sink_.add({.id = id, .place = std::move(place), .arguments = std::move(arguments)});
}

void report_item(const Input& input, const Item& item, SetReporter& out) {
  report_capacity(input, item, out);
  report_type(input, item, out);
  if (item.stray) out.slot(ProblemId::label_uuid_stray, item);
}

void report_namespace(const Input& input, const LabelNamespace& ns, const Group& group,
                      const Membership& membership, const CookieAnswer& cookie, SetReporter& out) {
  if (ns.local) return;  // LB20 is told by the area
  // Labels outside every region are told one by one (LB04); what is missing beside them is not
  // known, and no set is judged without its region.
  if (in_no_region(input, *group.front())) return;
  if (ns.completeness == Completeness::conflict)
    report_conflict(ns, group, out);
  else if (ns.missing_count != 0)
    report_absence(ns, group, membership, out);
  if (ns.complete() && ns.any_updating) {
    const auto labels = std::ranges::count(ns.extents, true, &NamespaceExtent::updating);
    out.ns(ProblemId::label_updating_stale, ns.uuid,
           {number("labels", static_cast<std::uint64_t>(labels))});
  }
  report_cookie(input, ns, cookie, out);
  if (group.size() < 2 || ns.format == LabelFormat::cxl_namespace) return;
  report_fields(ns, group, out);
  report_extents(input, ns, group, out);
  report_versions(input, ns, group, out);
}

/// ST09. `namespaces` are sorted by uuid here. Labels outside all described regions are in none.
void report_uuid_in_regions(const Input& input, const std::vector<LabelNamespace>& namespaces,
                            SetReporter& out) {
  const Guid* last = nullptr;
  bool told = false;
  for (const LabelNamespace& ns : namespaces) {
    if (!input.regions_inferred && !ns.region) continue;
    const bool again = last != nullptr && *last == ns.uuid;
    if (again && !told) out.ns(ProblemId::set_uuid_in_two_regions, ns.uuid);
    told = again;
    last = &ns.uuid;
  }
}

}  // namespace ndmedic::label_sets
