// SPDX-License-Identifier: BSD-3-Clause
#include <ndmedic/labels/set_labels.h>

#include <algorithm>
#include <tuple>

#include <ndmedic/format/label.h>

namespace ndmedic::label_sets {
namespace {

/// A mapping of a region, by the DIMM that it is on.
struct Window {
  std::uint32_t device;
  std::uint64_t start;
  std::uint64_t size;
  std::size_t region;
  std::size_t mapping;
};

std::vector<Window> windows_of(std::span<const RegionState> regions) {
  std::vector<Window> windows;
  for (std::size_t r = 0; r < regions.size(); ++r) {
    const auto& mappings = regions[r].description.mappings;
    for (std::size_t m = 0; m < mappings.size(); ++m)
      if (mappings[m].device)
        windows.push_back({*mappings[m].device, mappings[m].dpa_start, mappings[m].size, r, m});
  }
  std::ranges::sort(windows, {}, [](const Window& w) { return std::tie(w.device, w.start); });
  return windows;
}

/// 4.7 step 2: a label belongs where its extent begins.
void place(SetLabel& label, const std::vector<Window>& windows) {
  const std::uint64_t dpa = label.label->dpa;
  auto at = std::ranges::upper_bound(windows, std::tie(label.device, dpa), {},
                                     [](const Window& w) { return std::tie(w.device, w.start); });
  if (at == windows.begin()) return;
  --at;
  if (at->device != label.device || dpa - at->start >= at->size) return;
  label.region = at->region;
  label.mapping = at->mapping;
}

}  // namespace

LabelIndex::LabelIndex(std::span<const LabelDevice> devices, std::span<const RegionState> regions) {
  const std::vector<Window> windows = windows_of(regions);
  for (const LabelDevice& device : devices)
    for (const LabelRecord& record : device.area->slots) {
      if (!record.intact() || record.is_region()) continue;
      labels_.push_back({.label = &record, .device = device.device});
      place(labels_.back(), windows);
    }
  std::ranges::sort(labels_, {}, [](const SetLabel& l) {
    return std::tuple(l.label->uuid, !l.label->active(), l.label->position, l.device,
                      l.label->slot);
  });
}

std::span<const SetLabel> LabelIndex::labels(const Guid& uuid) const& {
  const auto key = [](const SetLabel& l) { return l.label->uuid; };
  return {std::ranges::lower_bound(labels_, uuid, {}, key),
          std::ranges::upper_bound(labels_, uuid, {}, key)};
}

std::span<const SetLabel> LabelIndex::active(const Guid& uuid) const& {
  const auto all = labels(uuid);
  const auto end =
      std::ranges::partition_point(all, [](const SetLabel& l) { return l.label->active(); });
  return {all.begin(), end};
}

const LabelDevice* device_of(std::span<const LabelDevice> devices, const RegionMapping& mapping) {
  if (!mapping.device) return nullptr;
  const auto at = std::ranges::find(devices, *mapping.device, &LabelDevice::device);
  return at == devices.end() ? nullptr : &*at;
}

bool is_block_mode(const LabelRecord& label) { return label.local() && label.nlabel != 1; }

bool is_whole_set(std::span<const SetLabel> labels, const RegionDescription& region) {
  const std::size_t ways = region.mappings.size();
  if (labels.empty() || labels.size() != ways) return false;
  std::vector<bool> seen(ways);
  for (std::size_t i = 0; i < ways; ++i) {
    const LabelRecord& label = *labels[i].label;
    // CXL labels have the number of ranges on their DIMM in this place (2.6).
    const std::size_t expected = label.format == LabelFormat::cxl_namespace ? 1 : ways;
    if (!labels[i].region || labels[i].region != labels[0].region || seen[labels[i].mapping] ||
        label.position != i || label.nlabel != expected || label.format != labels[0].label->format)
      return false;
    seen[labels[i].mapping] = true;
  }
  return true;
}

std::uint64_t offset_in(const RegionDescription& region, const SetLabel& label) {
  return label.label->dpa - region.mappings[label.mapping].dpa_start;
}

bool same_content(const LabelRecord& a, const LabelRecord& b) {
  const auto content = [](const LabelRecord& label) {
    return std::tuple(label.name_field, label.lbasize, label.abstraction,
                      label.flags & ~label_flags::updating);
  };
  return content(a) == content(b);
}

void copy_content(LabelRecord& label, const LabelRecord& first) {
  label.name_field = first.name_field;
  label.lbasize = first.lbasize;
  label.abstraction = first.abstraction;
  label.flags = first.flags;
  label.rawsize = first.rawsize;
}

LabelChange change_of(const SetLabel& old, const LabelRecord& label) {
  return {.device = old.device, .label = label, .old = {old.label->slot}};
}

}  // namespace ndmedic::label_sets
