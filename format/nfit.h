// SPDX-License-Identifier: BSD-3-Clause
// ACPI NFIT: which field table describes which structure. Two types exist in a short and a long
// form (labels.md 5.7): SPA ranges of 56 and 64 bytes, control regions of 32 and 80.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include <ndmedic/format/nfit_structures.h>

namespace ndmedic {

/// `fields` and then `tail`, as one table.
template <std::size_t N, std::size_t M>
constexpr std::array<Field, N + M> joined(const std::array<Field, N>& fields,
                                          const std::array<Field, M>& tail) {
  std::array<Field, N + M> all{};
  for (std::size_t i = 0; i < N; ++i) all[i] = fields[i];
  for (std::size_t i = 0; i < M; ++i) all[N + i] = tail[i];
  return all;
}

inline constexpr std::uint32_t nfit_spa_range_cookie_size = 64;
inline constexpr auto nfit_spa_range_cookie_fields = joined(
    nfit_spa_range_fields, std::array{Field{"spa_location_cookie", "spa_location_cookie",
                                            FieldKind::hex, 56, 8, "identity of the place"}});
static_assert(tiles(nfit_spa_range_cookie_fields, nfit_spa_range_cookie_size));

inline constexpr std::uint32_t nfit_control_region_long_size = 80;
inline constexpr auto nfit_control_region_long_fields =
    joined(nfit_control_region_fields,
           std::array{
               Field{"window_size", "window_size", FieldKind::hex, 32, 8, "bytes of a window"},
               Field{"command_offset", "command_offset", FieldKind::hex, 40, 8, "in the window"},
               Field{"command_size", "command_size", FieldKind::hex, 48, 8, "bytes"},
               Field{"status_offset", "status_offset", FieldKind::hex, 56, 8, "in the window"},
               Field{"status_size", "status_size", FieldKind::hex, 64, 8, "bytes"},
               Field{"flags", "flags", FieldKind::hex, 72, 2, "bit 0: windows are buffered"},
               Field{"reserved2", "reserved2", FieldKind::reserved, 74, 6, "zero"},
           });
static_assert(tiles(nfit_control_region_long_fields, nfit_control_region_long_size));

inline constexpr Structure nfit_header_structure = {"nfit_header", "NFIT header", "labels.md 5.7",
                                                    sizeof(NfitHeader), nfit_header_fields};
inline constexpr Structure nfit_unknown_structure = {
    "nfit_unknown", "NFIT structure of unknown type", "labels.md 5.7", sizeof(NfitStructureHead),
    nfit_structure_head_fields};
inline constexpr Structure nfit_spa_range_structure = {"nfit_spa_range", "NFIT SPA range",
                                                       "labels.md 5.7", sizeof(NfitSpaRange),
                                                       nfit_spa_range_fields};
inline constexpr Structure nfit_spa_range_cookie_structure = {
    "nfit_spa_range_cookie", "NFIT SPA range with location cookie", "labels.md 5.7",
    nfit_spa_range_cookie_size, nfit_spa_range_cookie_fields};
inline constexpr Structure nfit_mapping_structure = {"nfit_mapping", "NFIT region mapping",
                                                     "labels.md 5.7", sizeof(NfitMappingStructure),
                                                     nfit_mapping_fields};
inline constexpr Structure nfit_interleave_structure = {
    "nfit_interleave", "NFIT interleave", "labels.md 5.7", sizeof(NfitInterleaveStructure),
    nfit_interleave_fields};
inline constexpr Structure nfit_smbios_structure = {
    "nfit_smbios", "NFIT SMBIOS data", "labels.md 5.7", sizeof(NfitSmbios), nfit_smbios_fields};
inline constexpr Structure nfit_control_region_structure = {
    "nfit_control_region", "NFIT control region without windows", "labels.md 5.7",
    sizeof(NfitControlRegion), nfit_control_region_fields};
inline constexpr Structure nfit_control_region_long_structure = {
    "nfit_control_region_long", "NFIT control region", "labels.md 5.7",
    nfit_control_region_long_size, nfit_control_region_long_fields};
inline constexpr Structure nfit_data_window_structure = {
    "nfit_data_window", "NFIT block data window", "labels.md 5.7", sizeof(NfitDataWindow),
    nfit_data_window_fields};
inline constexpr Structure nfit_flush_hints_structure = {"nfit_flush_hints", "NFIT flush hints",
                                                         "labels.md 5.7", sizeof(NfitFlushHints),
                                                         nfit_flush_hints_fields};
inline constexpr Structure nfit_capabilities_structure = {
    "nfit_capabilities", "NFIT platform capabilities", "labels.md 5.7", sizeof(NfitCapabilities),
    nfit_capabilities_fields};

/// The table for a structure by its type and length: the longest form that fits in `length`;
/// nfit_unknown for unknown types and for structures that are too short for their type.
constexpr const Structure& nfit_structure(std::uint16_t type, std::uint16_t length) {
  const Structure* form = &nfit_unknown_structure;
  switch (static_cast<NfitType>(type)) {
    case NfitType::spa_range:
      form = length >= nfit_spa_range_cookie_size ? &nfit_spa_range_cookie_structure
                                                  : &nfit_spa_range_structure;
      break;
    case NfitType::mapping:
      form = &nfit_mapping_structure;
      break;
    case NfitType::interleave:
      form = &nfit_interleave_structure;
      break;
    case NfitType::smbios:
      form = &nfit_smbios_structure;
      break;
    case NfitType::control_region:
      form = length >= nfit_control_region_long_size ? &nfit_control_region_long_structure
                                                     : &nfit_control_region_structure;
      break;
    case NfitType::data_window:
      form = &nfit_data_window_structure;
      break;
    case NfitType::flush_hints:
      form = &nfit_flush_hints_structure;
      break;
    case NfitType::capabilities:
      form = &nfit_capabilities_structure;
      break;
  }
  return form->size <= length ? *form : nfit_unknown_structure;
}
inline const Structure* nfit_structure(const NfitStructureHead& head) {
  return &nfit_structure(head.type.value(), head.length.value());
}

}  // namespace ndmedic
