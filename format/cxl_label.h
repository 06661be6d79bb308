// SPDX-License-Identifier: BSD-3-Clause
// Labels of index version 2.1, 256 bytes each: a namespace or a region of a CXL device, or a record
// of a vendor's own (labels.md 2.6, 2.7, 7.6).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include <ndmedic/format/endian.h>
#include <ndmedic/format/field_table.h>
#include <ndmedic/format/guid.h>
#include <ndmedic/format/numbers.h>
#include <ndmedic/format/violation.h>

namespace ndmedic {

inline constexpr std::uint32_t cxl_label_flags_known = 0x08;  ///< all others are reserved (2.9)
inline constexpr std::array cxl_label_flag_names = {NamedValue{0x08, "UPDATING"}};

/// One discontiguous range of one device that belongs to a namespace.
struct CxlNamespaceLabel {
  Guid type;
  Guid uuid;
  std::array<std::uint8_t, 64> name;
  Le32 flags;
  Le16 nrange;
  Le16 position;
  Le64 dpa;
  Le64 rawsize;
  Le32 slot;
  Le32 alignment;
  Guid region_uuid;
  Guid abstraction_uuid;
  Le16 lbasize;
  std::array<std::uint8_t, 86> reserved;
  Le64 checksum;
};
static_assert(sizeof(CxlNamespaceLabel) == 256 && alignof(CxlNamespaceLabel) == 1);

/// One device's part of a region.
struct CxlRegionLabel {
  Guid type;
  Guid uuid;
  Le32 flags;
  Le16 nlabel;
  Le16 position;
  Le64 dpa;
  Le64 rawsize;
  Le64 hpa;
  Le32 slot;
  Le32 granularity;
  Le32 alignment;
  std::array<std::uint8_t, 172> reserved;
  Le64 checksum;
};
static_assert(sizeof(CxlRegionLabel) == 256 && alignof(CxlRegionLabel) == 1);

/// A record of any other type. Nothing but its type can be relied on, and it is never rewritten.
struct VendorLabel {
  Guid type;
  std::array<std::uint8_t, 240> content;
};
static_assert(sizeof(VendorLabel) == 256 && alignof(VendorLabel) == 1);

// Keys are those of the ndctl that prints these labels (labels.md 8.4, last paragraph).
inline constexpr std::array cxl_namespace_label_fields = {
    NDMEDIC_FIELD(CxlNamespaceLabel, type, uuid, "68bb2c0a-5a77-4937-9f85-3caf41a0f93c"),
    NDMEDIC_FIELD(CxlNamespaceLabel, uuid, uuid, "namespace uuid"),
    NDMEDIC_FIELD(CxlNamespaceLabel, name, text, "UTF-8, at most 63 bytes and a NUL"),
    NDMEDIC_FIELD(CxlNamespaceLabel, flags, flags, "see label flags", cxl_label_flag_names),
    NDMEDIC_FIELD(CxlNamespaceLabel, nrange, number, "ranges of this device in the namespace"),
    NDMEDIC_FIELD(CxlNamespaceLabel, position, number, "ordinal in the set"),
    NDMEDIC_FIELD(CxlNamespaceLabel, dpa, hex, "start of the range on this device"),
    NDMEDIC_FIELD(CxlNamespaceLabel, rawsize, hex, "length of the range on this device"),
    NDMEDIC_FIELD(CxlNamespaceLabel, slot, number, "slot this label was written to"),
    NDMEDIC_FIELD_KEY(CxlNamespaceLabel, alignment, "align", number, "units of 256 MiB, or 0"),
    NDMEDIC_FIELD(CxlNamespaceLabel, region_uuid, uuid, "uuid of the region that hosts it"),
    NDMEDIC_FIELD(CxlNamespaceLabel, abstraction_uuid, uuid, "personality, or null"),
    NDMEDIC_FIELD(CxlNamespaceLabel, lbasize, number, "sector size, or 0"),
    NDMEDIC_FIELD(CxlNamespaceLabel, reserved, reserved, "zero"),
    NDMEDIC_FIELD(CxlNamespaceLabel, checksum, checksum, "Fletcher64 of 256 bytes"),
};
inline constexpr std::array cxl_region_label_fields = {
    NDMEDIC_FIELD(CxlRegionLabel, type, uuid, "529d7c61-da07-47c4-a93f-ecdf2c06f444"),
    NDMEDIC_FIELD(CxlRegionLabel, uuid, uuid, "region uuid"),
    NDMEDIC_FIELD(CxlRegionLabel, flags, flags, "see label flags", cxl_label_flag_names),
    NDMEDIC_FIELD(CxlRegionLabel, nlabel, number, "interleave ways, one label a device"),
    NDMEDIC_FIELD(CxlRegionLabel, position, number, "ordinal of this device in the set"),
    NDMEDIC_FIELD(CxlRegionLabel, dpa, hex, "start of the region on this device"),
    NDMEDIC_FIELD(CxlRegionLabel, rawsize, hex, "length of the region on this device"),
    NDMEDIC_FIELD(CxlRegionLabel, hpa, hex, "host address the region must have, or 0"),
    NDMEDIC_FIELD(CxlRegionLabel, slot, number, "slot this label was written to"),
    NDMEDIC_FIELD_KEY(CxlRegionLabel, granularity, "interleave granularity", number,
                      "256 << value bytes; Linux stores the bytes themselves"),
    NDMEDIC_FIELD_KEY(CxlRegionLabel, alignment, "align", number, "units of 256 MiB, or 0"),
    NDMEDIC_FIELD(CxlRegionLabel, reserved, reserved, "zero"),
    NDMEDIC_FIELD(CxlRegionLabel, checksum, checksum, "Fletcher64 of 256 bytes"),
};
inline constexpr std::array vendor_label_fields = {
    NDMEDIC_FIELD(VendorLabel, type, uuid, "any type that is not a region's or a namespace's"),
    NDMEDIC_FIELD(VendorLabel, content, bytes, "defined by the vendor"),
};
static_assert(tiles(cxl_namespace_label_fields, sizeof(CxlNamespaceLabel)));
static_assert(tiles(cxl_region_label_fields, sizeof(CxlRegionLabel)));
static_assert(tiles(vendor_label_fields, sizeof(VendorLabel)));

inline constexpr Structure cxl_namespace_label_structure = {
    "cxl_namespace_label", "CXL namespace label, version 2.1", "labels.md 2.6", 256,
    cxl_namespace_label_fields};
inline constexpr Structure cxl_region_label_structure = {
    "cxl_region_label", "CXL region label, version 2.1", "labels.md 2.7", 256,
    cxl_region_label_fields};
inline constexpr Structure vendor_label_structure = {"vendor_label", "Vendor-specific label",
                                                     "labels.md 2.7", 256, vendor_label_fields};

/// As label_rules (label.h), where the format has the field; CX rules as far as one label shows.
inline constexpr std::array cxl_namespace_label_rules = {
    Rule{"CX08", true, "type is that of a namespace label"},
    Rule{"4.2.2", true, "slot is the number of the slot the label lies in"},
    Rule{"4.2.3", true, "checksum is the Fletcher64 of the label"},
    Rule{"SL02", false, "the slot is not all 0x00 or all 0xFF"},
    Rule{"LB05", false, "rawsize is not 0"},
    Rule{"LB06", false, "dpa + rawsize is at most 2^64"},
    Rule{"LB08", false, "uuid is not null"},
    Rule{"LB11", false, "name ends with a NUL"},
    Rule{"LB12", false, "name is UTF-8 with nothing behind the NUL"},
    Rule{"LB13", false, "lbasize is 0, 512 or 4096"},
    Rule{"LB14", false, "reserved bytes and flag bits are zero"},
    Rule{"LB16", false, "abstraction_uuid is known, in text byte order"},
    Rule{"CX01", false, "region_uuid is not null"},
    Rule{"CX10", false, "nrange is not 0"},
};
inline constexpr std::array cxl_region_label_rules = {
    Rule{"CX08", true, "type is that of a region label"},
    Rule{"4.2.2", true, "slot is the number of the slot the label lies in"},
    Rule{"4.2.3", true, "checksum is the Fletcher64 of the label"},
    Rule{"SL02", false, "the slot is not all 0x00 or all 0xFF"},
    Rule{"LB05", false, "rawsize is not 0"},
    Rule{"LB06", false, "dpa + rawsize is at most 2^64"},
    Rule{"LB08", false, "uuid is not null"},
    Rule{"LB14", false, "reserved bytes and flag bits are zero"},
    Rule{"CX04", false, "nlabel is not 0 and position is less than nlabel"},
    Rule{"CX06", false, "hpa is a multiple of nlabel times 256 MiB"},
    Rule{"CX07", false, "granularity is 0..6, or 256..16384 as Linux writes it"},
};
using CxlNamespaceLabelViolations = Violations<cxl_namespace_label_rules>;
using CxlRegionLabelViolations = Violations<cxl_region_label_rules>;

/// All rules that a label violates, taken to lie in slot `slot`.
CxlNamespaceLabelViolations validate(const CxlNamespaceLabel& label, SlotIndex slot);
CxlRegionLabelViolations validate(const CxlRegionLabel& label, SlotIndex slot);

/// The checksum that the label should carry.
std::uint64_t checksum_of(const CxlNamespaceLabel& label);
std::uint64_t checksum_of(const CxlRegionLabel& label);

/// How a region label's granularity field is meant (labels.md 2.7; the two do not overlap).
enum class GranularityEncoding : std::uint8_t {
  specification,  ///< 0..6: 256 << value bytes
  linux_series,   ///< 256..16384, a power of two: bytes
  illegal,
};

struct Granularity {
  GranularityEncoding encoding = GranularityEncoding::illegal;
  std::uint32_t bytes = 0;  ///< 0 when illegal
  friend bool operator==(const Granularity&, const Granularity&) = default;
};

Granularity decode_granularity(std::uint32_t field);

}  // namespace ndmedic
