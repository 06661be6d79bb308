// SPDX-License-Identifier: BSD-3-Clause
#include <ndmedic/labels/namespace_parts.h>

#include <algorithm>
#include <set>

#include <ndmedic/format/label.h>
#include <ndmedic/format/utf8.h>
#include <ndmedic/labels/dpa_space.h>

namespace ndmedic::namespaces {
namespace {

using label_sets::device_of;

bool is_name(std::string_view name) {
  return name.size() < sizeof(LabelHead::name) && is_utf8(name) &&
         name.find('\0') == std::string_view::npos;
}

}  // namespace

NamespaceAnswer refuse(Refusal refusal, std::optional<std::uint32_t> device, std::uint64_t limit) {
  return {.refusal = refusal, .device = device, .limit = limit};
}

NamespaceAnswer check_region(const SetWriter& dimms, const RegionDescription& region) {
  if (region.mappings.empty() || region.mappings.size() > label_sets::mappings_max)
    return refuse(Refusal::no_region);
  std::set<std::uint32_t> seen;
  for (const RegionMapping& mapping : region.mappings) {
    const LabelDevice* device = device_of(dimms.devices(), mapping);
    if (device == nullptr) return refuse(Refusal::dimm_missing, mapping.device);
    if (!seen.insert(device->device).second) return refuse(Refusal::no_region, device->device);
    if (!device->area->has_index()) return refuse(Refusal::no_index, device->device);
    if (!dimms.writable(device->device)) return refuse(Refusal::untrusted_area, device->device);
  }
  return {};
}

NamespaceAnswer check_trust(const SetWriter& dimms, const RegionDescription& region) {
  for (const RegionMapping& mapping : region.mappings)
    if (!device_of(dimms.devices(), mapping)->area->trustworthy())
      return refuse(Refusal::untrusted_area, mapping.device);
  return {};
}

NamespaceAnswer check_slots(const SetWriter& dimms, const RegionDescription& region,
                            std::uint32_t needed) {
  for (const RegionMapping& mapping : region.mappings)
    if (dimms.free_slots(*mapping.device) < needed)
      return refuse(Refusal::no_free_slot, mapping.device);
  return {};
}

Refusal check_values(const std::optional<std::string>& name, std::optional<std::uint64_t> lbasize,
                     bool read_only, LabelFormat format) {
  if (name && !is_name(*name)) return Refusal::bad_name;
  if (lbasize && *lbasize != 0 && *lbasize != 512 && *lbasize != 4096) return Refusal::bad_lbasize;
  const bool efi = format == LabelFormat::v1_1 || format == LabelFormat::v1_2;
  return read_only && !efi ? Refusal::no_such_field : Refusal::none;
}

void put_name(LabelRecord& label, std::string_view name) {
  label.name_field = {};
  std::ranges::copy(name, label.name_field.begin());
}

void put_read_only(LabelRecord& label, bool read_only) {
  label.flags = (label.flags & ~label_flags::rolabel) | (read_only ? label_flags::rolabel : 0);
}

LabelFormat format_of(const LabelArea& area) {
  if (area.layout.slot_size == 128) return LabelFormat::v1_1;
  return area.major == 2 ? LabelFormat::cxl_namespace : LabelFormat::v1_2;
}

std::optional<std::uint64_t> alignment_of(const RegionDescription& region, std::uint64_t wanted) {
  if (wanted == 0) return default_alignment(region);
  return is_alignment(region, wanted) ? std::optional(wanted) : std::nullopt;
}

std::vector<const LabelArea*> areas_of(const SetWriter& dimms, const RegionDescription& region) {
  std::vector<const LabelArea*> areas;
  for (const RegionMapping& mapping : region.mappings)
    areas.push_back(device_of(dimms.devices(), mapping)->area);
  return areas;
}

bool is_read_only(const LabelRecord& label) {
  return label.format != LabelFormat::cxl_namespace && (label.flags & label_flags::rolabel) != 0;
}

}  // namespace ndmedic::namespaces
