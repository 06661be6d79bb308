// SPDX-License-Identifier: BSD-3-Clause
// Namespace labels of 128 bytes (index version 1.1) and 256 bytes (1.2, EFI_NVDIMM_LABEL):
// labels.md 2.4, 2.5, 2.9.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include <ndmedic/format/endian.h>
#include <ndmedic/format/field_table.h>
#include <ndmedic/format/guid.h>
#include <ndmedic/format/numbers.h>
#include <ndmedic/format/violation.h>

namespace ndmedic {

namespace label_flags {
inline constexpr std::uint32_t rolabel = 0x01;
inline constexpr std::uint32_t local = 0x02;
inline constexpr std::uint32_t updating = 0x08;
inline constexpr std::uint32_t spacookie_bound = 0x10;
inline constexpr std::uint32_t known = rolabel | local | updating | spacookie_bound;
}  // namespace label_flags

inline constexpr std::array label_flag_names = {
    NamedValue{0x01, "ROLABEL"}, NamedValue{0x02, "LOCAL"}, NamedValue{0x08, "UPDATING"},
    NamedValue{0x10, "SPACOOKIE_BOUND"}};

/// Bytes 0..123, common to both EFI label formats.
struct LabelHead {
  Guid uuid;
  std::array<std::uint8_t, 64> name;
  Le32 flags;
  Le16 nlabel;
  Le16 position;
  Le64 isetcookie;
  Le64 lbasize;
  Le64 dpa;
  Le64 rawsize;
  Le32 slot;
};
static_assert(sizeof(LabelHead) == 124 && alignof(LabelHead) == 1);

/// Label of index version 1.1.
struct Label128 : LabelHead {
  Le32 unused;
};
static_assert(sizeof(Label128) == 128 && alignof(Label128) == 1);

/// Label of index version 1.2.
struct Label256 : LabelHead {
  Byte alignment;
  std::array<std::uint8_t, 3> reserved;
  Guid type_guid;
  Guid abstraction_guid;
  Le64 spa_location_cookie;
  std::array<std::uint8_t, 80> reserved2;
  Le64 checksum;
};
static_assert(sizeof(Label256) == 256 && alignof(Label256) == 1);

#define NDMEDIC_LABEL_HEAD_FIELDS                                                  \
  NDMEDIC_FIELD(LabelHead, uuid, uuid, "namespace uuid"),                          \
      NDMEDIC_FIELD(LabelHead, name, text, "UTF-8, at most 63 bytes and a NUL"),   \
      NDMEDIC_FIELD(LabelHead, flags, flags, "see label flags", label_flag_names), \
      NDMEDIC_FIELD(LabelHead, nlabel, number, "labels in the set"),               \
      NDMEDIC_FIELD(LabelHead, position, number, "ordinal in the set"),            \
      NDMEDIC_FIELD(LabelHead, isetcookie, hex, "identity of the interleave set"), \
      NDMEDIC_FIELD(LabelHead, lbasize, number, "sector size, or 0"),              \
      NDMEDIC_FIELD(LabelHead, dpa, hex, "start of the extent on this DIMM"),      \
      NDMEDIC_FIELD(LabelHead, rawsize, hex, "length of the extent on this DIMM"), \
      NDMEDIC_FIELD(LabelHead, slot, number, "slot this label was written to")

inline constexpr std::array label128_fields = {
    NDMEDIC_LABEL_HEAD_FIELDS,
    Field{"unused", "unused", FieldKind::reserved, 124, 4, "zero"},
};
inline constexpr std::array label256_fields = {
    NDMEDIC_LABEL_HEAD_FIELDS,
    Field{"alignment", "alignment", FieldKind::number, 124, 1, "preferred alignment, a hint"},
    Field{"reserved", "reserved", FieldKind::reserved, 125, 3, "zero"},
    Field{"type_guid", "type_guid", FieldKind::guid, 128, 16, "type of the SPA range"},
    Field{"abstraction_guid", "abstraction_guid", FieldKind::guid, 144, 16, "personality"},
    Field{"spa_location_cookie", "spa_location_cookie", FieldKind::hex, 160, 8,
          "with flag SPACOOKIE_BOUND, else zero"},
    Field{"reserved2", "reserved2", FieldKind::reserved, 168, 80, "zero"},
    Field{"checksum", "checksum", FieldKind::checksum, 248, 8, "Fletcher64 of 256 bytes"},
};
static_assert(tiles(label128_fields, sizeof(Label128)));
static_assert(tiles(label256_fields, sizeof(Label256)));

inline constexpr Structure label128_structure = {"label_1_1", "Namespace label, version 1.1",
                                                 "labels.md 2.4", 128, label128_fields};
inline constexpr Structure label256_structure = {"label_1_2", "Namespace label, version 1.2",
                                                 "labels.md 2.5", 256, label256_fields};

/// 4.2 says which labels Linux takes (the required rules); 7.2 and 7.3 what a checker tells.
inline constexpr std::array label_rules = {
    Rule{"4.2.2", true, "slot is the number of the slot the label lies in"},
    Rule{"4.2.3", true, "checksum is the Fletcher64 of the label (256-byte labels)"},
    Rule{"SL02", false, "the slot is not all 0x00 or all 0xFF"},
    Rule{"LB05", false, "rawsize is not 0"},
    Rule{"LB06", false, "dpa + rawsize is at most 2^64"},
    Rule{"LB08", false, "uuid is not null"},
    Rule{"LB11", false, "name ends with a NUL"},
    Rule{"LB12", false, "name is UTF-8 with nothing behind the NUL"},
    Rule{"LB13", false, "lbasize is 0, 512 or 4096; with LOCAL also 520, 528, 4104, 4160, 4224"},
    Rule{"LB14", false, "reserved bytes and flag bits are zero"},
    Rule{"LB15", false, "type_guid is known: persistent memory, or null on CXL"},
    Rule{"LB16", false, "abstraction_guid is known, in EFI byte order"},
    Rule{"LB19", false, "flag ROLABEL is not set"},
};
using LabelViolations = Violations<label_rules>;

/// All rules that a label violates, taken to lie in slot `slot`.
LabelViolations validate(const Label128& label, SlotIndex slot);
LabelViolations validate(const Label256& label, SlotIndex slot);

/// The checksum that the label should carry.
std::uint64_t checksum_of(const Label256& label);

/// The bytes of a 64-byte name field up to the first NUL; untrusted text.
std::string_view label_name(const std::array<std::uint8_t, 64>& name);

}  // namespace ndmedic
