// SPDX-License-Identifier: BSD-3-Clause
#include <ndmedic/fsck/kernel_risks.h>

#include <algorithm>

#include <ndmedic/format/checked.h>

namespace ndmedic {
namespace {

bool probe_fails(const ImageTree& tree, const DeviceImage& device) {
  return std::ranges::binary_search(tree.labels.probe_failures, device.index);
}

/// Labels that the area holds, or held before its index was lost.
std::uint64_t labels_held(const LabelArea& area) {
  return area.count(SlotState::live) + area.count(SlotState::updating) +
         area.count(SlotState::damaged) + area.count(SlotState::plausible);
}

/// True when Linux passes over labels of this DIMM, all of them (4.2).
bool is_passed_over(const ImageTree& tree, const DeviceImage& device) {
  if (!device.area || labels_held(*device.area) == 0) return false;
  return !device.area->linux_accepts || probe_fails(tree, device);
}

const DeviceImage* device_of(const ImageTree& tree, std::optional<std::uint32_t> index) {
  if (!index) return nullptr;
  const auto at = std::ranges::find(tree.devices, *index, &DeviceImage::index);
  return at == tree.devices.end() ? nullptr : &*at;
}

/// On CXL the labelling flag is always set: such a region is empty or fails, and never raw.
bool labels_are_optional(const DeviceImage& device) {
  if (device.lsa_file || device.area->major >= 2) return false;
  return std::ranges::none_of(device.area->slots, [](const LabelRecord& record) {
    return record.intact() && record.format != LabelFormat::v1_1 &&
           record.format != LabelFormat::v1_2;
  });
}

/// Labels of sets over several DIMMs: the DIMM is not a region of its own.
bool has_partners(const DeviceImage& device) {
  return std::ranges::any_of(device.area->slots, [](const LabelRecord& record) {
    return record.intact() && record.nlabel > 1 && !record.local();
  });
}

/// Without a description of the regions: all DIMMs that Linux passes over, when one of them has
/// partners and none of the others is sound, would be one region. A sound partner, or one that is
/// not here, makes the region fail instead.
bool a_partner_may_be_sound(const ImageTree& tree, const DeviceImage& device) {
  if (!has_partners(device)) return false;
  for (const LabelNamespace& ns : tree.labels.namespaces)
    if (ns.nlabel > 1 && !ns.local && !ns.complete()) return true;
  return std::ranges::any_of(tree.devices, [&](const DeviceImage& other) {
    return other.area && has_partners(other) && !is_passed_over(tree, other);
  });
}

void report_region(const ImageTree& tree, const RegionState& region, FindingSink& findings) {
  std::uint64_t labels = 0;
  const DeviceImage* first = nullptr;
  if (region.description.cxl) return;
  for (const RegionMapping& mapping : region.description.mappings) {
    const DeviceImage* device = device_of(tree, mapping.device);
    if (!device || !is_passed_over(tree, *device) || !labels_are_optional(*device)) return;
    if (region.inferred && a_partner_may_be_sound(tree, *device)) return;
    if (!first) first = device;
    labels += labels_held(*device->area);
  }
  if (!first) return;
  Finding finding{.id = ProblemId::linux_shows_region_raw};
  finding.place.kind = PlaceKind::labels;
  finding.place.device = first->index;
  finding.arguments = {{"labels", labels}};
  findings.add(std::move(finding));
}

bool overlaps_an_active_label(const LabelArea& area, const LabelRecord& damaged) {
  return std::ranges::any_of(area.slots, [&](const LabelRecord& record) {
    return record.active() && !record.is_region() && record.rawsize != 0 &&
           record.dpa < damaged.dpa + damaged.rawsize &&
           damaged.dpa <= record.dpa + (record.rawsize - 1);
  });
}

void report_offered_space(const DeviceImage& device, FindingSink& findings) {
  const std::uint64_t size = device.data ? device.data->size() : UINT64_MAX;
  for (const LabelRecord& record : device.area->slots) {
    if (record.state != SlotState::damaged || record.is_region() || record.rawsize == 0) continue;
    if (!lies_within(record.dpa, record.rawsize, size)) continue;  // its extent is what is damaged
    if (overlaps_an_active_label(*device.area, record)) continue;
    Finding finding{.id = ProblemId::linux_offers_space};
    finding.place.kind = PlaceKind::slot;
    finding.place.device = device.index;
    finding.place.first = finding.place.last = record.slot;
    finding.arguments = {{"size", record.rawsize}, {"dpa", record.dpa, true}};
    findings.add(std::move(finding));
  }
}

}  // namespace

void report_kernel_risks(const ImageTree& tree, FindingSink& findings) {
  for (const RegionState& region : tree.labels.regions) report_region(tree, region, findings);
  for (const DeviceImage& device : tree.devices)
    if (device.area && device.area->linux_accepts && !probe_fails(tree, device))
      report_offered_space(device, findings);
}

}  // namespace ndmedic
