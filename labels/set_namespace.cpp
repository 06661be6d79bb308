// SPDX-License-Identifier: BSD-3-Clause
// One namespace out of the labels of its uuid: UEFI's completeness, and when a missing label is
// knowledge (labels.md 4.7, 7.0 RP4).
#include <algorithm>
#include <limits>

#include <ndmedic/format/checked.h>
#include <ndmedic/labels/set_parts.h>

namespace ndmedic::label_sets {
namespace {

constexpr std::size_t missing_listed_max = 64;

/// The region label that hosts a CXL namespace label, on its own device.
const LabelRecord* region_label(const Input& input, const Item& item) {
  const auto& regions = input.cxl_regions[item.device];
  const auto uuid = [](const LabelRecord* label) { return label->uuid; };
  const auto at = std::ranges::lower_bound(regions, item.label->region_uuid, {}, uuid);
  return at != regions.end() && (*at)->uuid == item.label->region_uuid ? *at : nullptr;
}

/// Labels that a complete set has: the region's ways where it is known, else what position 0 says.
std::uint32_t expected_labels(const Input& input, const Group& group) {
  const Item& first = *group.front();
  if (first.label->format == LabelFormat::cxl_namespace) {
    const LabelRecord* region = region_label(input, first);
    return region ? region->nlabel : group.back()->label->position + 1u;
  }
  if (first.region && !input.regions[*first.region].inferred)
    return static_cast<std::uint32_t>(input.regions[*first.region].description.mappings.size());
  return first.label->nlabel;
}

bool is_local_set(const Group& group) {
  const bool one_device = std::ranges::all_of(
      group, [&](const Item* item) { return item->device == group.front()->device; });
  return one_device &&
         std::ranges::all_of(group, [](const Item* item) { return item->label->local(); }) &&
         (group.size() > 1 || group.front()->label->nlabel != 1);
}

void add_extents(const Input& input, const Group& group, LabelNamespace& ns) {
  Checked size = 0;
  for (const Item* item : group) {
    const LabelRecord& label = *item->label;
    ns.extents.push_back({.position = label.position,
                          .device = input.devices[item->device].device,
                          .slot = label.slot,
                          .dpa = label.dpa,
                          .rawsize = label.rawsize,
                          .isetcookie = label.isetcookie,
                          .updating = label.updating()});
    size = size + label.rawsize;
    ns.any_updating = ns.any_updating || label.updating();
  }
  ns.size_overflows = !size.ok();
  ns.size = size.get().value_or(std::numeric_limits<std::uint64_t>::max());
}

/// Local sets (4.7): the lowest extent says how many there are.
void complete_local(const Group& group, LabelNamespace& ns) {
  const auto lowest =
      std::ranges::min_element(group, {}, [](const Item* item) { return item->label->dpa; });
  const LabelRecord& label = *(*lowest)->label;
  ns.local = true;
  ns.nlabel = label.nlabel == 0 ? static_cast<std::uint32_t>(group.size()) : label.nlabel;
  const bool whole = label.position == 0 && ns.nlabel == group.size();
  ns.completeness = whole ? Completeness::complete : Completeness::conflict;
}

void complete_set(const Group& group, LabelNamespace& ns) {
  const bool ranges =
      ns.format == LabelFormat::cxl_namespace;  // several labels a position are fine
  std::uint32_t next = 0;
  std::optional<std::uint16_t> last;
  bool conflict = false;
  const auto miss = [&ns](std::uint32_t from, std::uint32_t to) {
    ns.missing_count += to - from;
    for (; from < to && ns.missing.size() < missing_listed_max; ++from)
      ns.missing.push_back(static_cast<std::uint16_t>(from));
  };
  for (const Item* item : group) {
    const std::uint16_t position = item->label->position;
    const bool repeated = position == last;
    conflict = conflict || (repeated && !ranges) || position >= ns.nlabel ||
               (!ranges && item->label->nlabel != ns.nlabel);
    last = position;
    if (repeated || position >= ns.nlabel) continue;
    if (position > next) miss(next, position);
    next = position + 1u;
  }
  if (next < ns.nlabel) miss(next, ns.nlabel);
  if (conflict)
    ns.completeness = Completeness::conflict;
  else if (ns.missing_count != 0)
    ns.completeness = Completeness::unknown;
}

/// 4.7 step 7, from the label on mapping 0; 0 where that would leave the address space.
std::uint64_t base_address(const Input& input, const Group& group) {
  for (const Item* item : group) {
    if (!item->region || item->mapping != 0) continue;
    const RegionDescription& region = input.regions[*item->region].description;
    const auto address =
        Checked(region.spa_base) + (Checked(item->label->dpa) - region.mappings[0].dpa_start) *
                                       Checked(region.mappings.size());
    return address.get().value_or(0);
  }
  return 0;
}

}  // namespace

LabelNamespace make_namespace(const Input& input, const Group& group) {
  const Item& first = *group.front();
  const LabelRecord& label = *first.label;
  LabelNamespace ns;
  ns.uuid = label.uuid;
  ns.name = std::string(label.name());
  ns.format = label.format;
  ns.nlabel = expected_labels(input, group);
  ns.isetcookie = label.isetcookie;
  ns.lbasize = label.lbasize;
  ns.claim = claim_class(label.abstraction);
  ns.abstraction = label.abstraction;
  ns.type_guid = label.type_guid;
  ns.region_uuid = label.region_uuid;
  ns.flags = label.flags;
  ns.region = first.region;
  ns.spa = base_address(input, group);
  add_extents(input, group, ns);
  if (is_local_set(group))
    complete_local(group, ns);
  else
    complete_set(group, ns);
  return ns;
}

Membership::Membership(const Input& input) : input_(input) {
  for (std::size_t device = 0; device < input.devices.size(); ++device) {
    const LabelArea& area = *input.devices[device].area;
    for (const LabelRecord& record : area.slots) {
      if (!record.intact() || record.is_region()) continue;
      members_.emplace_back(record.isetcookie, device);
      if (record.active()) active_.push_back(record.uuid);
      if (!record.updating()) not_updating_.push_back(record.uuid);
    }
  }
  std::ranges::sort(members_);
  members_.erase(std::unique(members_.begin(), members_.end()), members_.end());
  std::ranges::sort(active_);
  std::ranges::sort(not_updating_);
}

bool Membership::absence_is_known(const LabelNamespace& ns) const {
  if (ns.region) {
    const auto& mappings = input_.regions[*ns.region].description.mappings;
    if (mappings.size() > simulated_mappings_max) return false;
    return std::ranges::all_of(mappings, [this](const RegionMapping& mapping) {
      const auto device = device_index(input_, mapping.device);
      return device && input_.trusted[*device];
    });
  }
  if (ns.format == LabelFormat::cxl_namespace) return false;
  std::uint32_t known = 0;
  auto at = std::ranges::lower_bound(members_, std::pair(ns.isetcookie, std::size_t{0}));
  for (; at != members_.end() && at->first == ns.isetcookie; ++at)
    known += input_.trusted[at->second] ? 1u : 0u;
  return known >= ns.nlabel;
}

bool Membership::has_other_traces(const Guid& uuid, std::size_t labels) const {
  return std::ranges::binary_search(not_updating_, uuid) ||
         std::ranges::equal_range(active_, uuid).size() > labels;
}

}  // namespace ndmedic::label_sets
