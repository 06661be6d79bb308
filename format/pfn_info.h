// SPDX-License-Identifier: BSD-3-Clause
// Info block of a PFN (fsdax) or DAX (devdax) namespace, at namespace offset 4096 (btt.md 6).
// There is one copy only.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include <ndmedic/format/endian.h>
#include <ndmedic/format/field_table.h>
#include <ndmedic/format/guid.h>
#include <ndmedic/format/violation.h>

namespace ndmedic {

inline constexpr std::uint64_t pfn_info_offset = 4096;    ///< from the namespace's first byte
inline constexpr std::uint64_t pfn_reserved_head = 8192;  ///< before the page map, or mode 1 data

/// What a field means depends on `minor`: read the values that count from interpret().
struct PfnInfo {
  std::array<std::uint8_t, 16> sig;
  Guid uuid;
  Guid parent_uuid;
  Le32 flags;
  Le16 major;
  Le16 minor;
  Le64 dataoff;
  Le64 npfns;
  Le32 mode;
  Le32 start_pad;
  Le32 end_trunc;
  Le32 align;
  Le32 page_size;
  Le16 page_struct_size;
  std::array<std::uint8_t, 3994> padding;
  Le64 checksum;
};
static_assert(sizeof(PfnInfo) == 4096 && alignof(PfnInfo) == 1);

inline constexpr std::uint32_t pfn_mode_ram = 1;   ///< page map in memory
inline constexpr std::uint32_t pfn_mode_pmem = 2;  ///< page map on the device, 8192 .. dataoff
inline constexpr std::array pfn_mode_names = {
    NamedValue{0, "NONE"}, NamedValue{pfn_mode_ram, "RAM"}, NamedValue{pfn_mode_pmem, "PMEM"}};

inline constexpr std::array pfn_info_fields = {
    NDMEDIC_FIELD_KEY(PfnInfo, sig, "signature", text,
                      "\"NVDIMM_PFN_INFO\" or \"NVDIMM_DAX_INFO\""),
    NDMEDIC_FIELD(PfnInfo, uuid, uuid, "identity of this instance"),
    NDMEDIC_FIELD(PfnInfo, parent_uuid, uuid, "uuid of the namespace, null without labels"),
    NDMEDIC_FIELD(PfnInfo, flags, hex, "no bits defined; zero from minor 3 on"),
    NDMEDIC_FIELD(PfnInfo, major, number, "1; Linux does not look at it"),
    NDMEDIC_FIELD(PfnInfo, minor, number, "0 to 4: which fields count"),
    NDMEDIC_FIELD(PfnInfo, dataoff, hex, "start of user data, from the namespace + start_pad"),
    NDMEDIC_FIELD(PfnInfo, npfns, number, "pages mapped"),
    NDMEDIC_FIELD(PfnInfo, mode, number, "where the page map lies", pfn_mode_names),
    NDMEDIC_FIELD(PfnInfo, start_pad, hex, "bytes skipped at the start (minor 1)"),
    NDMEDIC_FIELD(PfnInfo, end_trunc, hex, "bytes unused at the end (minor 1)"),
    NDMEDIC_FIELD(PfnInfo, align, hex, "alignment of mappings, bytes (minor 2)"),
    NDMEDIC_FIELD(PfnInfo, page_size, hex, "page size of the creating kernel (minor 4)"),
    NDMEDIC_FIELD(PfnInfo, page_struct_size, hex, "bytes for each page's descriptor (minor 4)"),
    NDMEDIC_FIELD(PfnInfo, padding, reserved, "zero from minor 3 on"),
    NDMEDIC_FIELD(PfnInfo, checksum, checksum, "Fletcher64 of 4096 bytes"),
};
static_assert(tiles(pfn_info_fields, sizeof(PfnInfo)));

inline constexpr Structure pfn_info_structure = {"pfn_info", "PFN or DAX info block", "btt.md 6.1",
                                                 sizeof(PfnInfo), pfn_info_fields};

inline constexpr std::array<std::uint8_t, 16> pfn_signature = {
    'N', 'V', 'D', 'I', 'M', 'M', '_', 'P', 'F', 'N', '_', 'I', 'N', 'F', 'O', 0};
inline constexpr std::array<std::uint8_t, 16> dax_signature = {
    'N', 'V', 'D', 'I', 'M', 'M', '_', 'D', 'A', 'X', '_', 'I', 'N', 'F', 'O', 0};

enum class PfnKind : std::uint8_t { fsdax, devdax };

/// Which personality the signature names, or none.
std::optional<PfnKind> pfn_kind(const PfnInfo& info);

/// The values that count, by minor version (6.2). Sizes and offsets in bytes.
struct PfnMeaning {
  std::uint64_t start_pad = 0;             ///< 0 below minor 1 (PF-V1)
  std::uint64_t end_trunc = 0;             ///< 0 below minor 1 (PF-V1)
  std::uint64_t align = 0;                 ///< derived from dataoff where not stored (PF-V2, PF-V5)
  std::uint32_t page_struct_size = 0;      ///< 64 below minor 4 (PF-V4)
  std::optional<std::uint32_t> page_size;  ///< none below minor 4: that of the running kernel
  bool reserved_counts = false;            ///< from minor 3 on flags and padding are zero (PF-V3)
};
PfnMeaning interpret(const PfnInfo& info);

/// What Linux demands (6.3, by its number in that table), and what is worth telling.
inline constexpr std::array pfn_info_rules = {
    Rule{"6.3-2", true, "sig is that of the personality"},
    Rule{"6.3-3", true, "checksum is the Fletcher64 of the block"},
    Rule{"6.3-4", true, "parent_uuid is the namespace's uuid, null included"},
    Rule{"6.3-5", true, "mode is 1 or 2"},
    Rule{"6.3-9", true, "align is at most the namespace's size"},
    Rule{"6.3-10", true, "dataoff lies within the namespace"},
    Rule{"6.3-11", true, "dataoff is a multiple of 4096, and the data's address one of align"},
    Rule{"6.3-12", false, "start and end of the data are multiples of the platform's alignment"},
    Rule{"6.3-13", true, "dataoff lies within what start_pad and end_trunc leave"},
    Rule{"6.3-14", true, "dataoff is at least 8192 in mode 1"},
    Rule{"6.1", false, "version is 1.0 to 1.4"},
    Rule{"6.4", false, "start_pad is 0, which all readers place alike"},
    Rule{"6.7", false, "npfns is not 0"},
    Rule{"PF-V3", false, "from minor 3 on flags and padding are zero"},
};
using PfnViolations = Violations<pfn_info_rules>;

/// What an info block is judged against; parts that are not known are not tested.
struct PfnContext {
  std::uint64_t namespace_size = 0;  ///< bytes
  std::optional<Guid> parent_uuid{};
  std::optional<std::uint64_t> physical_base{};  ///< of the namespace (rules 11 and 12)
  std::optional<PfnKind> kind{};                 ///< when a label names the personality (rule 2)
  std::uint64_t compatible_align = std::uint64_t{2} << 20;  ///< of the platform (rule 12)
};

/// All rules that the block violates. Without physical_base rule 11 is tested by its half on
/// dataoff alone and rule 12 is not tested.
PfnViolations validate(const PfnInfo& info, const PfnContext& context);

/// The checksum that the block should carry.
std::uint64_t checksum_of(const PfnInfo& info);

/// Bytes of user data, or none when the block's values do not fit a namespace of that size.
std::optional<std::uint64_t> usable_size(const PfnInfo& info, std::uint64_t namespace_size);

}  // namespace ndmedic
