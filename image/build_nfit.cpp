// SPDX-License-Identifier: BSD-3-Clause
// SPA ranges, mappings, control regions and interleaves with the numbers that QEMU gives them
// (labels.md 5.5, 5.7).
#include <ndmedic/image/build_nfit.h>

#include <algorithm>
#include <array>

#include <ndmedic/format/codec.h>
#include <ndmedic/format/guid.h>
#include <ndmedic/format/nfit_read.h>

namespace ndmedic {
namespace {

constexpr std::uint64_t first_address = std::uint64_t{1} << 32;
constexpr std::uint16_t vendor = 0x8086;
constexpr std::uint32_t first_serial = 0x123456;

std::uint16_t spa_index(std::uint32_t slot) { return static_cast<std::uint16_t>(2 * (slot + 1)); }
std::uint16_t control_index(std::uint32_t slot) {
  return static_cast<std::uint16_t>(spa_index(slot) + 1);
}

template <OnMedia T>
void append(std::vector<std::byte>& table, const T& structure, std::size_t padded_to = sizeof(T)) {
  const auto bytes = bytes_of(structure);
  table.insert(table.end(), bytes.begin(), bytes.end());
  table.resize(table.size() + padded_to - sizeof(T));
}

NfitSpaRange spa_range(const NfitSet& set, std::uint64_t base) {
  NfitSpaRange range{};
  range.length = sizeof(NfitSpaRange);
  range.range_index = spa_index(set.slot);
  range.flags = 3;
  range.range_type_guid = guids::pm;
  range.base = base;
  range.size = set.capacity * set.ways;
  range.memory_attributes = 0x8008;
  return range;
}

NfitMappingStructure mapping(const NfitSet& set, std::uint32_t number, std::uint16_t interleave) {
  NfitMappingStructure share{};
  share.type = static_cast<std::uint16_t>(NfitType::mapping);
  share.length = sizeof(NfitMappingStructure);
  share.device_handle = set.slot + number + 1;
  share.spa_range_index = spa_index(set.slot);
  share.control_region_index = control_index(set.slot + number);
  share.region_size = set.capacity;
  share.region_offset = std::uint64_t{number} * set.interleave;
  share.interleave_index = interleave;
  share.interleave_ways = static_cast<std::uint16_t>(set.ways);
  return share;
}

NfitControlRegion control_region(std::uint32_t slot) {
  NfitControlRegion region{};
  region.type = static_cast<std::uint16_t>(NfitType::control_region);
  region.length = static_cast<std::uint16_t>(nfit_control_region_long_size);
  region.control_region_index = control_index(slot);
  region.vendor_id = vendor;
  region.device_id = 1;
  region.revision = 1;
  region.serial_number = first_serial + slot;
  region.format_interface_code = 0x0301;
  return region;
}

/// Lines of `interleave` bytes, one of each DIMM in turn.
void append_interleave(std::vector<std::byte>& table, const NfitSet& set, std::uint16_t index) {
  NfitInterleaveStructure lines{};
  lines.type = static_cast<std::uint16_t>(NfitType::interleave);
  lines.length = sizeof(NfitInterleaveStructure) + sizeof(Le32);
  lines.index = index;
  lines.number_of_lines = 1;
  lines.line_size = set.interleave;
  append(table, lines, sizeof(NfitInterleaveStructure) + sizeof(Le32));
}

NfitHeader header_for(std::size_t length) {
  NfitHeader header{};
  header.sig = nfit_signature;
  header.length = static_cast<std::uint32_t>(length);
  header.revision = 1;
  header.oem_id = {'B', 'O', 'C', 'H', 'S', ' '};
  header.oem_table_id = {'B', 'X', 'P', 'C', ' ', ' ', ' ', ' '};
  header.oem_revision = 1;
  header.creator_id = {'B', 'X', 'P', 'C'};
  header.creator_revision = 1;
  return header;
}

}  // namespace

MappingIdentity qemu_identity(std::uint32_t slot, std::uint64_t region_offset) {
  MappingIdentity identity;
  identity.region_offset = region_offset;
  identity.serial = first_serial + slot;
  identity.vendor_id = vendor;
  return identity;
}

std::vector<std::byte> build_nfit(std::span<const NfitSet> sets, bool header) {
  std::vector<std::byte> table(header ? sizeof(NfitHeader) : 0);
  std::uint64_t base = first_address;
  std::uint16_t interleaves = 0;
  for (const NfitSet& set : sets) {
    append(table, spa_range(set, base));
    const std::uint16_t interleave = set.ways > 1 ? ++interleaves : std::uint16_t{0};
    for (std::uint32_t i = 0; i < set.ways; ++i) {
      append(table, mapping(set, i, interleave));
      append(table, control_region(set.slot + i), nfit_control_region_long_size);
    }
    if (interleave != 0) append_interleave(table, set, interleave);
    base += set.capacity * set.ways;
  }
  if (header) {
    NfitHeader head = header_for(table.size());
    encode(head, table);
    head.checksum = nfit_checksum(table);
    encode(head, table);
  }
  return table;
}

}  // namespace ndmedic
