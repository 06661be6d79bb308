// SPDX-License-Identifier: BSD-3-Clause
// ACPI NFIT: header and the eight structure types as they stand in the table (labels.md 5.7). Each
// structure begins with its type and length; of those with a tail of variable length this is the
// fixed part.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include <ndmedic/format/endian.h>
#include <ndmedic/format/field_table.h>
#include <ndmedic/format/guid.h>

namespace ndmedic {

/// The ACPI header of 36 bytes and 4 reserved ones. A _FIT buffer does not have it.
struct NfitHeader {
  std::array<std::uint8_t, 4> sig;
  Le32 length;
  Byte revision;
  Byte checksum;
  std::array<std::uint8_t, 6> oem_id;
  std::array<std::uint8_t, 8> oem_table_id;
  Le32 oem_revision;
  std::array<std::uint8_t, 4> creator_id;
  Le32 creator_revision;
  Le32 reserved;
};
inline constexpr std::uint64_t nfit_header_size = 40;
static_assert(sizeof(NfitHeader) == nfit_header_size && alignof(NfitHeader) == 1);

inline constexpr std::array<std::uint8_t, 4> nfit_signature = {'N', 'F', 'I', 'T'};

inline constexpr std::array nfit_header_fields = {
    NDMEDIC_FIELD_KEY(NfitHeader, sig, "signature", text, "\"NFIT\""),
    NDMEDIC_FIELD(NfitHeader, length, number, "bytes of the table, header included"),
    NDMEDIC_FIELD(NfitHeader, revision, number, "1"),
    NDMEDIC_FIELD(NfitHeader, checksum, hex, "makes the byte sum of the table 0"),
    NDMEDIC_FIELD(NfitHeader, oem_id, text, "firmware vendor"),
    NDMEDIC_FIELD(NfitHeader, oem_table_id, text, "firmware table"),
    NDMEDIC_FIELD(NfitHeader, oem_revision, hex, "firmware table's revision"),
    NDMEDIC_FIELD(NfitHeader, creator_id, text, "compiler of the table"),
    NDMEDIC_FIELD(NfitHeader, creator_revision, hex, "compiler's revision"),
    NDMEDIC_FIELD(NfitHeader, reserved, reserved, "zero"),
};
static_assert(tiles(nfit_header_fields, sizeof(NfitHeader)));

/// What all structures begin with.
struct NfitStructureHead {
  Le16 type;
  Le16 length;
};
static_assert(sizeof(NfitStructureHead) == 4 && alignof(NfitStructureHead) == 1);

inline constexpr std::array nfit_structure_head_fields = {
    NDMEDIC_FIELD(NfitStructureHead, type, number, "type of the structure"),
    NDMEDIC_FIELD(NfitStructureHead, length, number, "bytes of the structure"),
};
static_assert(tiles(nfit_structure_head_fields, sizeof(NfitStructureHead)));

enum class NfitType : std::uint16_t {
  spa_range,
  mapping,
  interleave,
  smbios,
  control_region,
  data_window,
  flush_hints,
  capabilities,
};

inline constexpr std::array nfit_spa_flag_names = {NamedValue{0x1, "HOT_ADD_CONTROL"},
                                                   NamedValue{0x2, "PROXIMITY_VALID"},
                                                   NamedValue{0x4, "LOCATION_COOKIE_VALID"}};

/// Type 0, 56 bytes; with flag LOCATION_COOKIE_VALID a cookie of 8 bytes follows.
struct NfitSpaRange {
  Le16 type;
  Le16 length;
  Le16 range_index;
  Le16 flags;
  Le32 reserved;
  Le32 proximity_domain;
  Guid range_type_guid;
  Le64 base;
  Le64 size;
  Le64 memory_attributes;
};
static_assert(sizeof(NfitSpaRange) == 56 && alignof(NfitSpaRange) == 1);

inline constexpr std::array nfit_spa_range_fields = {
    NDMEDIC_FIELD(NfitSpaRange, type, number, "0"),
    NDMEDIC_FIELD(NfitSpaRange, length, number, "56, or 64 with the cookie"),
    NDMEDIC_FIELD(NfitSpaRange, range_index, number, "number of the range, not 0"),
    NDMEDIC_FIELD(NfitSpaRange, flags, flags, "what is valid", nfit_spa_flag_names),
    NDMEDIC_FIELD(NfitSpaRange, reserved, reserved, "zero"),
    NDMEDIC_FIELD(NfitSpaRange, proximity_domain, number, "NUMA node of the firmware"),
    NDMEDIC_FIELD(NfitSpaRange, range_type_guid, guid, "what the range is"),
    NDMEDIC_FIELD(NfitSpaRange, base, hex, "system physical address"),
    NDMEDIC_FIELD(NfitSpaRange, size, hex, "bytes"),
    NDMEDIC_FIELD(NfitSpaRange, memory_attributes, hex, "EFI_MEMORY_*: WB 0x8, NV 0x8000"),
};
static_assert(tiles(nfit_spa_range_fields, sizeof(NfitSpaRange)));

inline constexpr std::array nfit_mapping_flag_names = {
    NamedValue{0x01, "SAVE_FAILED"},  NamedValue{0x02, "RESTORE_FAILED"},
    NamedValue{0x04, "FLUSH_FAILED"}, NamedValue{0x08, "NOT_ARMED"},
    NamedValue{0x10, "HEALTH_EVENT"}, NamedValue{0x20, "HEALTH_EVENTS_ENABLED"},
    NamedValue{0x40, "NOT_MAPPED"}};

/// Type 1: one device's share of an SPA range.
struct NfitMappingStructure {
  Le16 type;
  Le16 length;
  Le32 device_handle;
  Le16 physical_id;
  Le16 region_id;
  Le16 spa_range_index;
  Le16 control_region_index;
  Le64 region_size;
  Le64 region_offset;
  Le64 dpa_base;
  Le16 interleave_index;
  Le16 interleave_ways;
  Le16 state_flags;
  Le16 reserved;
};
static_assert(sizeof(NfitMappingStructure) == 48 && alignof(NfitMappingStructure) == 1);

inline constexpr std::array nfit_mapping_fields = {
    NDMEDIC_FIELD(NfitMappingStructure, type, number, "1"),
    NDMEDIC_FIELD(NfitMappingStructure, length, number, "48"),
    NDMEDIC_FIELD(NfitMappingStructure, device_handle, hex,
                  "node, socket, controller, channel, DIMM"),
    NDMEDIC_FIELD(NfitMappingStructure, physical_id, hex, "SMBIOS handle"),
    NDMEDIC_FIELD(NfitMappingStructure, region_id, number, "number of the region on the device"),
    NDMEDIC_FIELD(NfitMappingStructure, spa_range_index, number, "range, 0: not mapped"),
    NDMEDIC_FIELD(NfitMappingStructure, control_region_index, number, "identity of the device"),
    NDMEDIC_FIELD(NfitMappingStructure, region_size, hex, "bytes of this device's share"),
    NDMEDIC_FIELD(NfitMappingStructure, region_offset, hex, "start of the share in the range"),
    NDMEDIC_FIELD(NfitMappingStructure, dpa_base, hex, "start of the share on the device"),
    NDMEDIC_FIELD(NfitMappingStructure, interleave_index, number, "interleave, 0: linear"),
    NDMEDIC_FIELD(NfitMappingStructure, interleave_ways, number, "devices in the set"),
    NDMEDIC_FIELD(NfitMappingStructure, state_flags, flags, "health at boot",
                  nfit_mapping_flag_names),
    NDMEDIC_FIELD(NfitMappingStructure, reserved, reserved, "zero"),
};
static_assert(tiles(nfit_mapping_fields, sizeof(NfitMappingStructure)));

/// Type 2; number_of_lines u32 follow, in units of line_size.
struct NfitInterleaveStructure {
  Le16 type;
  Le16 length;
  Le16 index;
  Le16 reserved;
  Le32 number_of_lines;
  Le32 line_size;
};
static_assert(sizeof(NfitInterleaveStructure) == 16 && alignof(NfitInterleaveStructure) == 1);

inline constexpr std::array nfit_interleave_fields = {
    NDMEDIC_FIELD(NfitInterleaveStructure, type, number, "2"),
    NDMEDIC_FIELD(NfitInterleaveStructure, length, number, "16 + 4 for each line"),
    NDMEDIC_FIELD(NfitInterleaveStructure, index, number, "number of the interleave, not 0"),
    NDMEDIC_FIELD(NfitInterleaveStructure, reserved, reserved, "zero"),
    NDMEDIC_FIELD(NfitInterleaveStructure, number_of_lines, number, "lines in one turn"),
    NDMEDIC_FIELD(NfitInterleaveStructure, line_size, number, "bytes"),
};
static_assert(tiles(nfit_interleave_fields, sizeof(NfitInterleaveStructure)));

/// Type 3; SMBIOS data follow.
struct NfitSmbios {
  Le16 type;
  Le16 length;
  Le32 reserved;
};
static_assert(sizeof(NfitSmbios) == 8 && alignof(NfitSmbios) == 1);

inline constexpr std::array nfit_smbios_fields = {
    NDMEDIC_FIELD(NfitSmbios, type, number, "3"),
    NDMEDIC_FIELD(NfitSmbios, length, number, "8 + bytes of the data"),
    NDMEDIC_FIELD(NfitSmbios, reserved, reserved, "zero"),
};
static_assert(tiles(nfit_smbios_fields, sizeof(NfitSmbios)));

inline constexpr std::array nfit_valid_field_names = {NamedValue{0x1, "LOCATION_AND_DATE"}};

/// Type 4 up to the block windows: all that a structure without windows need have.
struct NfitControlRegion {
  Le16 type;
  Le16 length;
  Le16 control_region_index;
  Le16 vendor_id;
  Le16 device_id;
  Le16 revision;
  Le16 subsystem_vendor;
  Le16 subsystem_device;
  Le16 subsystem_revision;
  Byte valid_fields;
  Byte manufacturing_location;
  Le16 manufacturing_date;
  Le16 reserved;
  Le32 serial_number;
  Le16 format_interface_code;
  Le16 windows;
};
static_assert(sizeof(NfitControlRegion) == 32 && alignof(NfitControlRegion) == 1);

inline constexpr std::array nfit_control_region_fields = {
    NDMEDIC_FIELD(NfitControlRegion, type, number, "4"),
    NDMEDIC_FIELD(NfitControlRegion, length, number, "80, or 32 and more without windows"),
    NDMEDIC_FIELD(NfitControlRegion, control_region_index, number, "number, not 0"),
    NDMEDIC_FIELD(NfitControlRegion, vendor_id, hex, "SPD bytes of the vendor"),
    NDMEDIC_FIELD(NfitControlRegion, device_id, hex, "SPD bytes of the device"),
    NDMEDIC_FIELD(NfitControlRegion, revision, hex, "SPD byte"),
    NDMEDIC_FIELD(NfitControlRegion, subsystem_vendor, hex, "SPD bytes of the controller's vendor"),
    NDMEDIC_FIELD(NfitControlRegion, subsystem_device, hex, "SPD bytes of the controller"),
    NDMEDIC_FIELD(NfitControlRegion, subsystem_revision, hex, "SPD byte"),
    NDMEDIC_FIELD(NfitControlRegion, valid_fields, flags, "what is valid", nfit_valid_field_names),
    NDMEDIC_FIELD(NfitControlRegion, manufacturing_location, hex, "SPD byte"),
    NDMEDIC_FIELD(NfitControlRegion, manufacturing_date, hex, "SPD bytes"),
    NDMEDIC_FIELD(NfitControlRegion, reserved, reserved, "zero"),
    NDMEDIC_FIELD(NfitControlRegion, serial_number, hex, "SPD bytes"),
    NDMEDIC_FIELD(NfitControlRegion, format_interface_code, hex, "how software talks to it"),
    NDMEDIC_FIELD(NfitControlRegion, windows, number, "block control windows"),
};
static_assert(tiles(nfit_control_region_fields, sizeof(NfitControlRegion)));

/// Type 5.
struct NfitDataWindow {
  Le16 type;
  Le16 length;
  Le16 control_region_index;
  Le16 windows;
  Le64 start_offset;
  Le64 window_size;
  Le64 capacity;
  Le64 dpa_start;
};
static_assert(sizeof(NfitDataWindow) == 40 && alignof(NfitDataWindow) == 1);

inline constexpr std::array nfit_data_window_fields = {
    NDMEDIC_FIELD(NfitDataWindow, type, number, "5"),
    NDMEDIC_FIELD(NfitDataWindow, length, number, "40"),
    NDMEDIC_FIELD(NfitDataWindow, control_region_index, number, "control region"),
    NDMEDIC_FIELD(NfitDataWindow, windows, number, "block data windows"),
    NDMEDIC_FIELD(NfitDataWindow, start_offset, hex, "first window in its range"),
    NDMEDIC_FIELD(NfitDataWindow, window_size, hex, "bytes of a window"),
    NDMEDIC_FIELD(NfitDataWindow, capacity, hex, "bytes reached through the windows"),
    NDMEDIC_FIELD(NfitDataWindow, dpa_start, hex, "start on the device"),
};
static_assert(tiles(nfit_data_window_fields, sizeof(NfitDataWindow)));

/// Type 6; count addresses u64 follow.
struct NfitFlushHints {
  Le16 type;
  Le16 length;
  Le32 device_handle;
  Le16 count;
  std::array<std::uint8_t, 6> reserved;
};
static_assert(sizeof(NfitFlushHints) == 16 && alignof(NfitFlushHints) == 1);

inline constexpr std::array nfit_flush_hints_fields = {
    NDMEDIC_FIELD(NfitFlushHints, type, number, "6"),
    NDMEDIC_FIELD(NfitFlushHints, length, number, "16 + 8 for each address"),
    NDMEDIC_FIELD(NfitFlushHints, device_handle, hex, "device"),
    NDMEDIC_FIELD(NfitFlushHints, count, number, "addresses"),
    NDMEDIC_FIELD(NfitFlushHints, reserved, reserved, "zero"),
};
static_assert(tiles(nfit_flush_hints_fields, sizeof(NfitFlushHints)));

inline constexpr std::array nfit_capability_names = {NamedValue{0x1, "CPU_CACHE_FLUSH"},
                                                     NamedValue{0x2, "MEMORY_CONTROLLER_FLUSH"},
                                                     NamedValue{0x4, "MIRRORING"}};

/// Type 7.
struct NfitCapabilities {
  Le16 type;
  Le16 length;
  Byte highest_valid_bit;
  std::array<std::uint8_t, 3> reserved;
  Le32 capabilities;
  Le32 reserved2;
};
static_assert(sizeof(NfitCapabilities) == 16 && alignof(NfitCapabilities) == 1);

inline constexpr std::array nfit_capabilities_fields = {
    NDMEDIC_FIELD(NfitCapabilities, type, number, "7"),
    NDMEDIC_FIELD(NfitCapabilities, length, number, "16"),
    NDMEDIC_FIELD(NfitCapabilities, highest_valid_bit, number, "last bit that counts"),
    NDMEDIC_FIELD(NfitCapabilities, reserved, reserved, "zero"),
    NDMEDIC_FIELD(NfitCapabilities, capabilities, flags, "what is flushed on power loss",
                  nfit_capability_names),
    NDMEDIC_FIELD(NfitCapabilities, reserved2, reserved, "zero"),
};
static_assert(tiles(nfit_capabilities_fields, sizeof(NfitCapabilities)));

}  // namespace ndmedic
