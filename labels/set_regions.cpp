// SPDX-License-Identifier: BSD-3-Clause
// Regions given or inferred, and the labels that belong to each (labels.md 4.2, 4.7 step 2, 5.5).
#include <algorithm>
#include <array>
#include <tuple>

#include <ndmedic/format/platform.h>
#include <ndmedic/labels/set_parts.h>

namespace ndmedic::label_sets {
namespace {

constexpr std::uint64_t unlimited = std::numeric_limits<std::uint64_t>::max();

bool is_namespace_label(const LabelRecord& record) {
  return record.active() && !record.is_region();
}

/// A label of a one-DIMM region, whose cookie tells what that region is.
bool is_single(const LabelRecord& record) {
  return is_namespace_label(record) && record.nlabel == 1 &&
         record.format != LabelFormat::cxl_namespace;
}

RegionCookies qemu_cookies(std::uint32_t slot) {
  RegionDescription region;
  RegionMapping mapping;
  mapping.serial = qemu_identity(slot).serial;
  mapping.vendor = qemu_identity(slot).vendor;
  region.mappings.push_back(mapping);
  return region_cookies(region);
}

/// Cookies of the one-DIMM region of device number `index` of `count` (5.5): by its serial, by its
/// place among several, or by the slot that its labels name.
void infer_cookies(RegionState& region, const LabelDevice& device, std::size_t index,
                   std::size_t count) {
  const LabelRecord* first = nullptr;
  std::optional<std::uint32_t> slot;
  for (const LabelRecord& record : device.area->slots) {
    if (!is_single(record)) continue;
    if (!first) first = &record;
    if (!slot) slot = qemu_slot_of(record.isetcookie);
  }
  if (device.cxl_serial) {
    region.description.cxl = true;
    region.description.mappings[0].serial = *device.cxl_serial;
    region.cookies = region_cookies(region.description);
  } else if (slot) {
    region.cookies = qemu_cookies(count > 1 ? static_cast<std::uint32_t>(index) : *slot);
  } else {
    region.cookies_known = false;
    const std::uint64_t cookie = first ? first->isetcookie : 0;
    region.cookies = {cookie, cookie, cookie};
  }
  const bool null_type = first && first->format == LabelFormat::v1_2 && first->type_guid.is_null();
  if (!slot && null_type) region.description.cxl = true;
}

struct Window {
  std::size_t device;
  std::uint64_t start;
  std::uint64_t size;
  std::size_t region;
  std::size_t mapping;
};

std::vector<Window> windows_of(const Input& input) {
  std::vector<Window> windows;
  for (std::size_t r = 0; r < input.regions.size(); ++r) {
    const auto& mappings = input.regions[r].description.mappings;
    for (std::size_t m = 0; m < mappings.size(); ++m)
      if (const auto device = device_index(input, mappings[m].device))
        windows.push_back({*device, mappings[m].dpa_start, mappings[m].size, r, m});
  }
  std::ranges::sort(windows, {}, [](const Window& w) { return std::tie(w.device, w.start); });
  return windows;
}

void place(Item& item, const std::vector<Window>& windows) {
  const std::uint64_t dpa = item.label->dpa;
  auto at = std::ranges::upper_bound(windows, std::tie(item.device, dpa), {},
                                     [](const Window& w) { return std::tie(w.device, w.start); });
  if (at == windows.begin()) return;
  --at;
  if (at->device != item.device || dpa - at->start >= at->size) return;
  item.region = at->region;
  item.mapping = at->mapping;
}

bool claims_everything(const LabelRecord& record) { return record.dpa == 0 && record.rawsize == 0; }

/// 4.2: a label that cannot be reserved, or two that claim the same, abort the probe. Slot 0 all
/// zero counts as a label that claims everything.
bool probe_aborts(const LabelArea& area) {
  if (!area.linux_accepts) return false;
  std::vector<const LabelRecord*> labels;
  bool everything = false;
  for (const LabelRecord& record : area.slots) {
    const bool zero_slot = record.state == SlotState::blank_in_use && record.slot == 0 &&
                           record.reason == SlotReason::all_zero;
    if (zero_slot || (is_namespace_label(record) && claims_everything(record))) {
      if (everything || !labels.empty()) return true;
      everything = true;
    } else if (is_namespace_label(record)) {
      if (everything || record.violates("LB05") || record.violates("LB06")) return true;
      labels.push_back(&record);
    }
  }
  std::ranges::sort(labels, {}, &LabelRecord::dpa);
  for (std::size_t i = 1; i < labels.size(); ++i)
    if (labels[i]->dpa <= labels[i - 1]->dpa + labels[i - 1]->rawsize - 1) return true;
  return false;
}

void add_device(Input& input, std::size_t device) {
  const LabelArea& area = *input.devices[device].area;
  std::vector<const LabelRecord*> labels;
  std::vector<const LabelRecord*> cxl_regions;
  for (const LabelRecord& record : area.slots) {
    if (!record.active()) continue;
    (record.is_region() ? cxl_regions : labels).push_back(&record);
    if (!record.is_region()) input.items.push_back({.label = &record, .device = device});
  }
  const auto key = [](const LabelRecord* r) { return std::tie(r->uuid, r->slot); };
  std::ranges::sort(labels, {}, key);
  std::ranges::sort(cxl_regions, {}, key);
  input.by_uuid.push_back(std::move(labels));
  input.cxl_regions.push_back(std::move(cxl_regions));
  input.probe_fails.push_back(probe_aborts(area));
  input.trusted.push_back(area.trustworthy());
}

}  // namespace

std::optional<std::size_t> device_index(const Input& input, std::optional<std::uint32_t> device) {
  if (!device) return std::nullopt;
  const auto at = std::ranges::find(input.devices, *device, &LabelDevice::device);
  if (at == input.devices.end()) return std::nullopt;
  return static_cast<std::size_t>(at - input.devices.begin());
}

std::vector<RegionState> inferred_regions(std::span<const LabelDevice> devices) {
  std::vector<RegionState> regions;
  for (std::size_t i = 0; i < devices.size(); ++i) {
    RegionState region{.inferred = true};
    region.description.mappings.push_back(
        {.device = devices[i].device, .size = devices[i].dpa_size.value_or(unlimited)});
    region.description.spa_length = devices[i].dpa_size.value_or(0);
    infer_cookies(region, devices[i], i, devices.size());
    regions.push_back(std::move(region));
  }
  return regions;
}

void gather(Input& input) {
  for (std::size_t device = 0; device < input.devices.size(); ++device) add_device(input, device);
  const std::vector<Window> windows = windows_of(input);
  for (Item& item : input.items) {
    const LabelRecord& label = *item.label;
    const bool one_dimm = label.nlabel == 1 || label.local();
    if (label.format == LabelFormat::cxl_namespace) continue;  // placed by its region's uuid
    if (!input.regions_inferred || one_dimm) place(item, windows);
  }
}

std::uint64_t cookie_of_region(const Input& input, const RegionState& region) {
  const auto& mappings = region.description.mappings;
  const auto device = mappings.empty() ? std::nullopt : device_index(input, mappings[0].device);
  bool old_version = false;
  if (device) {
    const LabelArea& area = *input.devices[*device].area;
    old_version = area.major == 1 && area.minor == 1;
  }
  return old_version ? region.cookies.cookie1 : region.cookies.cookie2;
}

bool cookie_accepted(const Input& input, const RegionState& region, std::uint64_t cookie) {
  return cookie == cookie_of_region(input, region) || cookie == region.cookies.altcookie;
}

}  // namespace ndmedic::label_sets
