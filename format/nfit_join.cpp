// SPDX-License-Identifier: BSD-3-Clause
// Two walks over the table: the first collects what others refer to by index, the second hangs the
// mappings on it. Indices are 16 bits, so look-ups are a table each.

#include <ndmedic/format/nfit_join.h>

#include <algorithm>
#include <limits>
#include <map>
#include <utility>

#include <boost/endian/conversion.hpp>

namespace ndmedic {
namespace {

std::uint32_t le32_at(std::span<const std::byte> bytes, std::size_t at) {
  return boost::endian::load_little_u32(
      reinterpret_cast<const unsigned char*>(bytes.subspan(at, 4).data()));
}

std::uint64_t le64_at(std::span<const std::byte> bytes, std::size_t at) {
  return boost::endian::load_little_u64(
      reinterpret_cast<const unsigned char*>(bytes.subspan(at, 8).data()));
}

NfitIdentity identity_of(const NfitControlRegion& region) {
  return {.vendor = region.vendor_id.value(),
          .device = region.device_id.value(),
          .revision = region.revision.value(),
          .subsystem_vendor = region.subsystem_vendor.value(),
          .subsystem_device = region.subsystem_device.value(),
          .subsystem_revision = region.subsystem_revision.value(),
          .interface_code = region.format_interface_code.value(),
          .date = region.manufacturing_date.value(),
          .location = region.manufacturing_location.value(),
          .date_valid = (region.valid_fields.value() & 0x1) != 0,
          .serial = region.serial_number.value()};
}

NfitRegion region_of(const NfitSpaRange& range, const NfitItem& item) {
  NfitRegion region{.number = item.number,
                    .range_index = range.range_index.value(),
                    .flags = range.flags.value(),
                    .proximity_domain = range.proximity_domain.value(),
                    .type = range.range_type_guid,
                    .base = range.base.value(),
                    .size = range.size.value(),
                    .memory_attributes = range.memory_attributes.value()};
  // A whole structure with the flag is 64 bytes long: the walk calls a shorter one too short.
  if ((region.flags & 0x4) != 0) region.location_cookie = le64_at(item.bytes, sizeof range);
  return region;
}

NfitLines lines_of(const NfitInterleaveStructure& structure, const NfitItem& item) {
  NfitLines lines{.index = structure.index.value(), .line_size = structure.line_size.value()};
  const std::uint32_t count = structure.number_of_lines.value();
  lines.line_offsets.reserve(count);
  for (std::uint32_t i = 0; i < count; ++i)
    lines.line_offsets.push_back(le32_at(item.bytes, sizeof structure + std::size_t{4} * i));
  return lines;
}

NfitHints hints_of(const NfitFlushHints& structure, const NfitItem& item) {
  NfitHints hints{.handle = structure.device_handle.value()};
  const std::size_t count = structure.count.value();
  for (std::size_t i = 0; i < count; ++i)
    hints.addresses.push_back(le64_at(item.bytes, sizeof structure + 8 * i));
  return hints;
}

NfitMapping mapping_of(const NfitMappingStructure& mapping, const NfitItem& item) {
  return {.number = item.number,
          .handle = mapping.device_handle.value(),
          .physical_id = mapping.physical_id.value(),
          .region_id = mapping.region_id.value(),
          .control_region_index = mapping.control_region_index.value(),
          .region_size = mapping.region_size.value(),
          .region_offset = mapping.region_offset.value(),
          .dpa_base = mapping.dpa_base.value(),
          .ways = mapping.interleave_ways.value(),
          .interleave_index = mapping.interleave_index.value(),
          .state_flags = mapping.state_flags.value()};
}

class Joiner {
 public:
  Joiner(std::span<const std::byte> bytes, NfitForm form) : bytes_(bytes), form_(form) {}

  NfitJoin run() && {
    NfitWalk first(bytes_, form_);
    while (const auto item = first.next()) collect(*item);
    if (first.end() == NfitEnd::zero_length || first.end() == NfitEnd::bad_length) {
      join_.remarks.push_back(
          {first.end() == NfitEnd::zero_length ? NfitTrouble::zero_length : NfitTrouble::bad_length,
           join_.structures, first.offset(), 0});
    }
    NfitWalk second(bytes_, form_);
    while (const auto item = second.next())
      if (item->is(NfitType::mapping) && item->fault == NfitFault::none) attach(*item);
    return std::move(join_);
  }

 private:
  void remark(NfitTrouble trouble, const NfitItem& item, std::uint32_t value = 0) {
    join_.remarks.push_back({trouble, item.number, item.offset, value});
  }

  void collect(const NfitItem& item) {
    ++join_.structures;
    if (item.fault == NfitFault::cut) return remark(NfitTrouble::cut, item, item.length);
    if (item.fault == NfitFault::too_short)
      return remark(NfitTrouble::too_short, item, item.length);
    if (item.is(NfitType::spa_range)) {
      join_.regions.push_back(region_of(*fixed_part<NfitSpaRange>(item), item));
      const std::uint16_t index = join_.regions.back().range_index;
      if (!regions_.emplace(index, join_.regions.size() - 1).second && index != 0)
        remark(NfitTrouble::duplicate_range, item, index);
    } else if (item.is(NfitType::interleave)) {
      NfitLines lines = lines_of(*fixed_part<NfitInterleaveStructure>(item), item);
      if (!interleaves_.emplace(lines.index, join_.interleaves.size()).second)
        return remark(NfitTrouble::duplicate_interleave, item, lines.index);
      join_.interleaves.push_back(std::move(lines));
    } else if (item.is(NfitType::control_region)) {
      const auto region = *fixed_part<NfitControlRegion>(item);
      const std::uint16_t index = region.control_region_index.value();
      if (!identities_.emplace(index, identity_of(region)).second)
        remark(NfitTrouble::duplicate_control_region, item, index);
    } else if (item.is(NfitType::flush_hints)) {
      join_.flush_hints.push_back(hints_of(*fixed_part<NfitFlushHints>(item), item));
    } else if (item.is(NfitType::capabilities) && !join_.capabilities) {
      join_.capabilities = fixed_part<NfitCapabilities>(item)->capabilities.value();
    }
  }

  void attach(const NfitItem& item) {
    const auto structure = *fixed_part<NfitMappingStructure>(item);
    NfitMapping mapping = mapping_of(structure, item);
    const std::uint16_t control = structure.control_region_index.value();
    if (const auto at = identities_.find(control); at != identities_.end())
      mapping.identity = at->second;
    else
      remark(NfitTrouble::unknown_control_region, item, control);
    if (mapping.interleave_index != 0 && !interleaves_.contains(mapping.interleave_index))
      remark(NfitTrouble::unknown_interleave, item, mapping.interleave_index);

    const std::uint16_t range = structure.spa_range_index.value();
    const auto region = regions_.find(range);
    if (range != 0 && region != regions_.end()) {
      join_.regions[region->second].mappings.push_back(mapping);
      return;
    }
    if (range != 0) remark(NfitTrouble::unknown_range, item, range);
    join_.unmapped.push_back(mapping);
  }

  std::span<const std::byte> bytes_;
  NfitForm form_;
  NfitJoin join_;
  std::map<std::uint16_t, std::size_t> regions_;
  std::map<std::uint16_t, std::size_t> interleaves_;
  std::map<std::uint16_t, NfitIdentity> identities_;
};

}  // namespace

const NfitLines* NfitJoin::find_interleave(std::uint16_t index) const {
  const auto at = std::ranges::find(interleaves, index, &NfitLines::index);
  return at != interleaves.end() ? &*at : nullptr;
}

NfitJoin join_nfit(std::span<const std::byte> bytes, NfitForm form) {
  return Joiner(bytes, form).run();
}

std::optional<NfitInterleave> interleave_of(const NfitJoin& join, const NfitMapping& mapping) {
  NfitSpread spread{.region_offset = mapping.region_offset, .ways = mapping.ways};
  if (mapping.interleave_index == 0) {
    if (mapping.ways > 1) return std::nullopt;
    spread.ways = 1;
    spread.line_size = mapping.region_size;
    spread.line_offsets = {0};
  } else if (const NfitLines* lines = join.find_interleave(mapping.interleave_index)) {
    spread.line_size = lines->line_size;
    spread.line_offsets = lines->line_offsets;
  }
  return NfitInterleave::make(std::move(spread));
}

}  // namespace ndmedic
