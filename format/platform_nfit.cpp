// SPDX-License-Identifier: BSD-3-Clause
#include <ndmedic/format/platform_nfit.h>

#include <algorithm>
#include <bit>
#include <map>
#include <set>
#include <utility>

#include <ndmedic/format/checked.h>
#include <ndmedic/format/codec.h>

namespace ndmedic {
namespace {

constexpr std::uint16_t location_cookie_valid = 0x4;

template <class T>
T headed(NfitType type, std::size_t length = sizeof(T)) {
  T structure{};
  structure.type = static_cast<std::uint16_t>(type);
  structure.length = static_cast<std::uint16_t>(length);
  return structure;
}

/// One table as it grows. Each structure comes when the first one that needs it has been written.
class Writer {
 public:
  explicit Writer(const Platform& platform) : platform_(platform) {}

  std::vector<std::byte> run(NfitForm form) {
    if (form == NfitForm::table) table_.resize(sizeof(NfitHeader));
    for (const PlatformRegion& region : platform_.regions) add_region(region);
    for (std::size_t i = 0; i < platform_.dimms.size(); ++i)
      if (!identified_.contains(i)) add_unmapped(i);
    for (std::size_t i = 0; i < platform_.interleaves.size(); ++i) add_interleave(i);
    for (const PlatformDimm& dimm : platform_.dimms) add_flush_hints(dimm);
    if (platform_.capabilities) add_capabilities(*platform_.capabilities);
    if (form == NfitForm::table) seal();
    return std::move(table_);
  }

 private:
  template <OnMedia T>
  void append(const T& part) {
    const auto bytes = bytes_of(part);
    table_.insert(table_.end(), bytes.begin(), bytes.end());
  }

  template <OnMedia Number>
  void append_number(std::uint64_t value) {
    Number number{};
    number = static_cast<typename Number::value_type>(value);
    append(number);
  }

  void add_region(const PlatformRegion& region) {
    const auto cookie = region.location_cookie;
    auto range = headed<NfitSpaRange>(NfitType::spa_range,
                                      cookie ? nfit_spa_range_cookie_size : sizeof(NfitSpaRange));
    range.range_index = region.range_index;
    range.flags = static_cast<std::uint16_t>((region.flags & ~location_cookie_valid) |
                                             (cookie ? location_cookie_valid : 0));
    range.proximity_domain = region.proximity_domain;
    range.range_type_guid = region.type;
    range.base = region.base;
    range.size = region.size;
    range.memory_attributes = region.memory_attributes;
    append(range);
    if (cookie) append_number<Le64>(*cookie);
    for (const PlatformMapping& mapping : region.mappings) add_mapping(region, mapping);
    for (const PlatformMapping& mapping : region.mappings)
      if (mapping.interleave) add_interleave(*mapping.interleave);
  }

  void add_mapping(const PlatformRegion& region, const PlatformMapping& from) {
    auto mapping = mapping_of(from.dimm);
    mapping.region_id = from.region_id;
    mapping.spa_range_index = region.range_index;
    mapping.region_size = from.size;
    mapping.region_offset = from.region_offset;
    mapping.dpa_base = from.dpa;
    if (from.interleave)
      mapping.interleave_index = static_cast<std::uint16_t>(*from.interleave + 1);
    mapping.interleave_ways = static_cast<std::uint16_t>(region.mappings.size());
    mapping.state_flags = from.state_flags;
    append(mapping);
    add_control_region(from.dimm);
  }

  NfitMappingStructure mapping_of(std::size_t dimm) const {
    auto mapping = headed<NfitMappingStructure>(NfitType::mapping);
    mapping.device_handle = platform_.dimms[dimm].handle;
    mapping.physical_id = platform_.dimms[dimm].physical_id;
    mapping.control_region_index = platform_.dimms[dimm].control_index;
    return mapping;
  }

  void add_unmapped(std::size_t dimm) {
    auto mapping = mapping_of(dimm);
    mapping.region_size = platform_.dimms[dimm].size;
    append(mapping);
    add_control_region(dimm);
  }

  void add_control_region(std::size_t dimm) {
    if (!identified_.insert(dimm).second) return;
    const NfitIdentity& identity = platform_.dimms[dimm].identity;
    auto region =
        headed<NfitControlRegion>(NfitType::control_region, nfit_control_region_long_size);
    region.control_region_index = platform_.dimms[dimm].control_index;
    region.vendor_id = identity.vendor;
    region.device_id = identity.device;
    region.revision = identity.revision;
    region.subsystem_vendor = identity.subsystem_vendor;
    region.subsystem_device = identity.subsystem_device;
    region.subsystem_revision = identity.subsystem_revision;
    region.valid_fields = identity.date_valid ? 1 : 0;
    region.manufacturing_location = identity.location;
    region.manufacturing_date = identity.date;
    region.serial_number = identity.serial;
    region.format_interface_code = identity.interface_code;
    append(region);
    table_.resize(table_.size() + nfit_control_region_long_size - sizeof region);
  }

  void add_interleave(std::size_t number) {
    if (!spread_.insert(number).second) return;
    const PlatformInterleave& from = platform_.interleaves[number];
    const std::size_t lines = from.line_offsets.size();
    auto structure = headed<NfitInterleaveStructure>(
        NfitType::interleave, sizeof(NfitInterleaveStructure) + sizeof(Le32) * lines);
    structure.index = static_cast<std::uint16_t>(number + 1);
    structure.number_of_lines = static_cast<std::uint32_t>(lines);
    structure.line_size = from.line_size;
    append(structure);
    for (const std::uint32_t offset : from.line_offsets) append_number<Le32>(offset);
  }

  void add_flush_hints(const PlatformDimm& dimm) {
    if (dimm.flush_hints.empty()) return;
    auto hints = headed<NfitFlushHints>(
        NfitType::flush_hints, sizeof(NfitFlushHints) + sizeof(Le64) * dimm.flush_hints.size());
    hints.device_handle = dimm.handle;
    hints.count = static_cast<std::uint16_t>(dimm.flush_hints.size());
    append(hints);
    for (const std::uint64_t address : dimm.flush_hints) append_number<Le64>(address);
  }

  void add_capabilities(std::uint32_t capabilities) {
    auto structure = headed<NfitCapabilities>(NfitType::capabilities);
    structure.highest_valid_bit = static_cast<std::uint8_t>(std::bit_width(capabilities | 1) - 1);
    structure.capabilities = capabilities;
    append(structure);
  }

  void seal() {
    NfitHeader header{};
    header.sig = nfit_signature;
    header.length = static_cast<std::uint32_t>(table_.size());
    header.revision = 1;
    header.oem_id = platform_.oem.id;
    header.oem_table_id = platform_.oem.table_id;
    header.oem_revision = platform_.oem.revision;
    header.creator_id = {'B', 'X', 'P', 'C'};
    header.creator_revision = 1;
    encode(header, table_);
    header.checksum = nfit_checksum(table_);
    encode(header, table_);
  }

  const Platform& platform_;
  std::vector<std::byte> table_;
  std::set<std::size_t> identified_;  // DIMMs whose control region is written
  std::set<std::size_t> spread_;      // interleaves that are written
};

bool same_device(const NfitIdentity& a, const NfitIdentity& b) {
  return a.serial == b.serial && a.vendor == b.vendor && a.date == b.date &&
         a.location == b.location;
}

/// The platform of a join in which everything refers to something.
class Reader {
 public:
  explicit Reader(const NfitJoin& join) : join_(join) {}

  Result<Platform> run() {
    number_interleaves();
    number_dimms();
    for (const NfitRegion& region : join_.regions) NDMEDIC_CHECK(add_region(region));
    for (const NfitMapping& mapping : join_.unmapped) NDMEDIC_CHECK(learn_dimm(mapping));
    for (const NfitHints& hints : join_.flush_hints) {
      const auto at = dimms_.find(hints.handle);
      if (at == dimms_.end()) return Error{Errc::damaged, {}, "device of flush hints"};
      platform_.dimms[at->second].flush_hints = hints.addresses;
    }
    platform_.capabilities = join_.capabilities;
    return std::move(platform_);
  }

 private:
  void number_interleaves() {
    std::map<std::uint16_t, const NfitLines*> by_index;
    for (const NfitLines& lines : join_.interleaves) by_index.emplace(lines.index, &lines);
    for (const auto& [index, lines] : by_index) {
      interleaves_.emplace(index, platform_.interleaves.size());
      platform_.interleaves.push_back({lines->line_size, lines->line_offsets});
    }
  }

  void number_dimms() {
    for (const NfitRegion& region : join_.regions)
      for (const NfitMapping& mapping : region.mappings) dimms_.emplace(mapping.handle, 0);
    for (const NfitMapping& mapping : join_.unmapped) dimms_.emplace(mapping.handle, 0);
    std::size_t number = 0;
    for (auto& [handle, dimm] : dimms_) dimm = number++;
    platform_.dimms.resize(number);
  }

  Status add_region(const NfitRegion& from) {
    PlatformRegion region{.range_index = from.range_index,
                          .flags = static_cast<std::uint16_t>(from.flags & ~location_cookie_valid),
                          .proximity_domain = from.proximity_domain,
                          .type = from.type,
                          .base = from.base,
                          .size = from.size,
                          .memory_attributes = from.memory_attributes,
                          .location_cookie = from.location_cookie};
    for (const NfitMapping& share : from.mappings) {
      if (share.ways != from.mappings.size())
        return Error{Errc::damaged, {}, "number of devices in an interleave set"};
      NDMEDIC_CHECK(learn_dimm(share));
      PlatformMapping mapping{.dimm = dimms_.at(share.handle),
                              .dpa = share.dpa_base,
                              .size = share.region_size,
                              .region_offset = share.region_offset,
                              .region_id = share.region_id,
                              .state_flags = share.state_flags};
      if (share.interleave_index != 0) mapping.interleave = interleaves_.at(share.interleave_index);
      region.mappings.push_back(mapping);
    }
    platform_.regions.push_back(std::move(region));
    return {};
  }

  /// What a mapping says about its DIMM: of several control regions the first counts, and the size
  /// is at least what the mapping needs.
  Status learn_dimm(const NfitMapping& mapping) {
    PlatformDimm& dimm = platform_.dimms[dimms_.at(mapping.handle)];
    if (dimm.control_index == 0) {
      dimm.handle = mapping.handle;
      dimm.physical_id = mapping.physical_id;
      dimm.control_index = mapping.control_region_index;
      dimm.identity = *mapping.identity;
    }
    if (!same_device(dimm.identity, *mapping.identity))
      return Error{Errc::damaged, {}, "identity of a device"};
    const auto end = (Checked(mapping.dpa_base) + mapping.region_size).get();
    if (!end) return Error{Errc::damaged, {}, "share of a device"};
    dimm.size = std::max(dimm.size, *end);
    return {};
  }

  const NfitJoin& join_;
  Platform platform_;
  std::map<std::uint32_t, std::size_t> dimms_;        // by handle
  std::map<std::uint16_t, std::size_t> interleaves_;  // by index
};

}  // namespace

std::vector<std::byte> write_nfit(const Platform& platform, NfitForm form) {
  return Writer(platform).run(form);
}

Result<Platform> read_platform(std::span<const std::byte> bytes, NfitForm form) {
  if (form == NfitForm::table) {
    const NfitHeaderViolations header = validate_nfit_header(bytes);
    if (!header.trusted() || header.has<"5.7-checksum">())
      return Error{Errc::damaged, {}, "NFIT header"};
  }
  const NfitJoin join = join_nfit(bytes, form);
  if (!join.remarks.empty())
    return Error{Errc::damaged, {join.remarks.front().offset, 0}, "NFIT structure"};
  NDMEDIC_TRY(Platform platform, Reader(join).run());
  if (form == NfitForm::table) {
    const auto header = decode<NfitHeader>(bytes);
    platform.oem = {header.oem_id, header.oem_table_id, header.oem_revision.value()};
  }
  return platform;
}

}  // namespace ndmedic
