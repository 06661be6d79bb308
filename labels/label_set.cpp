// SPDX-License-Identifier: BSD-3-Clause
#include <ndmedic/labels/label_set.h>

#include <algorithm>
#include <array>
#include <set>
#include <tuple>
#include <utility>

#include <ndmedic/labels/label_report.h>
#include <ndmedic/labels/set_parts.h>

namespace ndmedic {
namespace {

using label_sets::CookieAnswer;
using label_sets::CookieJudge;
using label_sets::Group;
using label_sets::Input;
using label_sets::Item;
using label_sets::Membership;
using label_sets::OrderBudget;
using label_sets::Scan;
using label_sets::SetReporter;

/// What makes labels one namespace: the uuid, and the region where there is one.
auto group_key(const Item& item) { return std::tie(item.label->uuid, item.region); }

/// LB21, among the labels of one uuid on one device: those that Linux would skip while another of
/// them is right. `same` is sorted by device.
void mark_strays(const Input& input, std::vector<Item*>& same) {
  const auto right = [&](const Item& item) {
    return item.region &&
           cookie_accepted(input, input.regions[*item.region], item.label->isetcookie);
  };
  for (std::size_t begin = 0; begin < same.size();) {
    std::size_t end = begin;
    bool any_right = false;
    for (; end < same.size() && same[end]->device == same[begin]->device; ++end)
      any_right = any_right || right(*same[end]);
    for (std::size_t i = begin; i < end && any_right; ++i)
      same[i]->stray = !right(*same[i]) && !same[i]->label->local() &&
                       same[i]->label->format != LabelFormat::cxl_namespace;
    begin = end;
  }
}

void find_strays(Input& input) {
  std::vector<Item*> items;
  for (Item& item : input.items) items.push_back(&item);
  std::ranges::sort(items, [](const Item* a, const Item* b) {
    return std::tie(a->label->uuid, a) < std::tie(b->label->uuid, b);
  });
  for (std::size_t begin = 0; begin < items.size();) {
    std::vector<Item*> same;
    const Guid& uuid = items[begin]->label->uuid;
    while (begin < items.size() && items[begin]->label->uuid == uuid)
      same.push_back(items[begin++]);
    if (same.size() > 1) mark_strays(input, same);
  }
}

/// Groups of labels that make one namespace each, by uuid; strays left out.
std::vector<Group> group_items(const Input& input) {
  Group sorted;
  for (const Item& item : input.items)
    if (!item.stray) sorted.push_back(&item);
  std::ranges::sort(sorted, [](const Item* a, const Item* b) {
    return std::tuple(a->label->uuid, a->region, a->label->position, a) <
           std::tuple(b->label->uuid, b->region, b->label->position, b);
  });
  std::vector<Group> groups;
  for (const Item* item : sorted) {
    if (groups.empty() || group_key(*groups.back().front()) != group_key(*item))
      groups.emplace_back();
    groups.back().push_back(item);
  }
  return groups;
}

std::vector<Scan> scan_regions(const Input& input) {
  std::vector<std::vector<const Item*>> items(input.regions.size());
  for (const Item& item : input.items)
    if (item.region) items[*item.region].push_back(&item);
  std::vector<Scan> scans;
  for (std::size_t region = 0; region < input.regions.size(); ++region)
    scans.push_back(label_sets::scan_region(input, region, items[region]));
  return scans;
}

/// A set over several DIMMs whose region is not described. What would hide it or fail the scan,
/// depending on which DIMM Linux counts first, is told as the worse of the two.
LinuxView view_without_region(const LabelNamespace& ns, const Group& group) {
  if (ns.completeness == Completeness::unknown) return LinuxView::unknown;
  if (!ns.complete()) return LinuxView::region_fails;
  const bool one_cookie = std::ranges::all_of(ns.extents, [&](const NamespaceExtent& extent) {
    return extent.isetcookie == ns.isetcookie;
  });
  // Null types are those of CXL: one of either kind is no set of any platform (LB15).
  const bool right_types = std::ranges::all_of(group, [&](const Item* item) {
    const LabelRecord& label = *item->label;
    return label.format != LabelFormat::v1_2 ||
           (!label.violates("LB15") && label.type_guid.is_null() == ns.type_guid.is_null());
  });
  return one_cookie && right_types ? LinuxView::visible : LinuxView::region_fails;
}

LinuxView linux_view(const Input& input, const std::vector<Scan>& scans, const LabelNamespace& ns,
                     const Group& group) {
  for (const Item* item : group) {
    if (!input.devices[item->device].area->linux_accepts) return LinuxView::no_index;
    if (input.probe_fails[item->device]) return LinuxView::dimm_fails;
  }
  if (ns.format == LabelFormat::cxl_namespace) return LinuxView::unknown;
  if (ns.region) {
    const Scan& scan = scans[*ns.region];
    if (!scan.known) return LinuxView::unknown;
    if (scan.fails) return LinuxView::region_fails;
    const bool seen = std::ranges::binary_search(scan.visible, ns.uuid);
    return seen ? LinuxView::visible : LinuxView::hidden;
  }
  if (!input.regions_inferred) return LinuxView::hidden;  // outside every region
  return view_without_region(ns, group);
}

/// "One bad set hides the good ones of its region" where no region is known: sets with one cookie
/// are taken to share one.
void spread_failures(std::vector<LabelNamespace>& namespaces) {
  std::set<std::uint64_t> failing;
  for (const LabelNamespace& ns : namespaces)
    if (!ns.region && ns.linux_view == LinuxView::region_fails)
      for (const NamespaceExtent& extent : ns.extents) failing.insert(extent.isetcookie);
  for (LabelNamespace& ns : namespaces)
    if (!ns.region && ns.linux_view == LinuxView::visible && failing.contains(ns.isetcookie))
      ns.linux_view = LinuxView::region_fails;
}

CookieAnswer cookie_of(const Input& input, std::vector<CookieJudge>& judges,
                       const LabelNamespace& ns, const Group& group) {
  const bool old_local = ns.local && ns.format == LabelFormat::v1_1;
  if (ns.format == LabelFormat::cxl_namespace || old_local)
    return {.verdict = CookieVerdict::not_used};
  const bool same = std::ranges::all_of(ns.extents, [&](const NamespaceExtent& extent) {
    return extent.isetcookie == ns.isetcookie;
  });
  if (!same) return {.verdict = CookieVerdict::differs};
  if (!ns.region) return {.verdict = CookieVerdict::not_checkable};
  const LabelArea& area = *input.devices[group.front()->device].area;
  return judges[*ns.region].judge(ns.isetcookie, area.major == 1 && area.minor == 1);
}

void assemble(const Input& input, const std::vector<Scan>& scans, std::size_t limit, LabelSet& set,
              SetReporter& out) {
  const Membership membership(input);
  OrderBudget budget;
  std::vector<CookieJudge> judges;
  for (const RegionState& region : set.regions) judges.emplace_back(region, budget);
  for (const Group& group : group_items(input)) {
    if (set.namespaces.size() >= limit) {
      ++set.namespaces_omitted;
      continue;
    }
    LabelNamespace ns = label_sets::make_namespace(input, group);
    if (ns.completeness == Completeness::unknown && membership.absence_is_known(ns))
      ns.completeness = Completeness::missing;
    const CookieAnswer cookie = cookie_of(input, judges, ns, group);
    ns.cookie_verdict = cookie.verdict;
    ns.cookie_slot = cookie.slot;
    ns.linux_view = linux_view(input, scans, ns, group);
    label_sets::report_namespace(input, ns, group, membership, cookie, out);
    set.namespaces.push_back(std::move(ns));
  }
  spread_failures(set.namespaces);
  label_sets::report_uuid_in_regions(input, set.namespaces, out);
  if (budget.sets_not_checked != 0)
    out.all(ProblemId::set_orders_not_checked,
            {label_report::number("sets", budget.sets_not_checked)});
  if (set.namespaces_omitted != 0)
    out.all(ProblemId::set_namespaces_omitted,
            {label_report::number("omitted", set.namespaces_omitted)});
}

}  // namespace

LabelSet assemble_labels(std::span<const LabelDevice> devices,
                         std::span<const RegionDescription> regions, FindingSink& findings,
                         const LabelSetOptions& options) {
  Input input{.devices = devices, .regions_inferred = regions.empty()};
  if (regions.empty())
    input.regions = label_sets::inferred_regions(devices);
  else
    for (const RegionDescription& region : regions)
      input.regions.push_back({.description = region, .cookies = region_cookies(region)});
  label_sets::gather(input);
  find_strays(input);

  LabelSet set;
  const std::vector<Scan> scans = scan_regions(input);
  set.regions = input.regions;
  for (std::size_t region = 0; region < scans.size(); ++region) {
    set.regions[region].scan_fails = scans[region].fails;
    set.regions[region].known = scans[region].known;
  }
  for (std::size_t i = 0; i < devices.size(); ++i)
    if (input.probe_fails[i]) set.probe_failures.push_back(devices[i].device);
  std::ranges::sort(set.probe_failures);
  SetReporter out(input, findings);
  for (const Item& item : input.items) label_sets::report_item(input, item, out);
  assemble(input, scans, options.max_namespaces, set, out);
  label_sets::report_cxl_regions(input, out);
  std::ranges::sort(set.namespaces, {}, [](const LabelNamespace& ns) {
    const NamespaceExtent& first = ns.extents.front();
    return std::tuple(first.device, first.dpa, ns.uuid, first.slot);
  });
  return set;
}

std::string_view to_string(Completeness value) {
  constexpr std::array<std::string_view, 4> names = {"complete", "missing", "unknown", "conflict"};
  return names[static_cast<std::size_t>(value)];
}

std::string_view to_string(CookieVerdict value) {
  constexpr std::array<std::string_view, 8> names = {"matches",
                                                     "matches other version",
                                                     "matches alternative",
                                                     "of another slot or order",
                                                     "wrong",
                                                     "differs",
                                                     "not checkable",
                                                     "not used"};
  return names[static_cast<std::size_t>(value)];
}

std::string_view to_string(LinuxView value) {
  constexpr std::array<std::string_view, 6> names = {"visible",    "hidden",   "region fails",
                                                     "DIMM fails", "no index", "unknown"};
  return names[static_cast<std::size_t>(value)];
}

}  // namespace ndmedic
