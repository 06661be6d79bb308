// SPDX-License-Identifier: BSD-3-Clause
// One slot of a label area, decoded: one shape for the EFI labels of versions 1.1 and 1.2 and the
// labels of CXL 2.1 (labels.md 2.4 to 2.7), with the state of the slot and the reason for it.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <ndmedic/format/guid.h>
#include <ndmedic/format/label_format.h>
#include <ndmedic/format/violation.h>

namespace ndmedic {

/// What a slot is. "In use" and "free" are the bit of the current index (4.1, 4.2).
enum class SlotState : std::uint8_t {
  live,          ///< in use, an intact label
  updating,      ///< in use, an intact label with flag UPDATING
  damaged,       ///< in use, not blank, and test 4.2.2 or 4.2.3 fails: Linux skips it
  blank_in_use,  ///< in use, all 0x00 or all 0xFF (SL02)
  foreign,       ///< in use, a vendor label of a CXL area: keep (CX08)
  not_checked,   ///< its bytes are absent or bad: never judged (RP4)
  twin,          ///< free, the UPDATING copy of a label that is in use (V15, RP2)
  freed,         ///< free, an intact label: history, or deleted (SL01, SL07)
  scrap,         ///< free, neither blank nor intact: a torn write, old bytes
  beyond,        ///< a slot behind the index's nslot that the area would have room for
  plausible,     ///< no index is valid; looks like a label by 7.5 step 1
  blank,         ///< free (or no index is valid), all 0x00 or all 0xFF
};
inline constexpr std::size_t slot_state_count = 12;

/// Why, where the state alone does not say it.
enum class SlotReason : std::uint8_t {
  none,
  slot_number_wrong,        ///< 4.2.2
  checksum_wrong,           ///< 4.2.3
  slot_and_checksum_wrong,  ///< 4.2.2 and 4.2.3
  all_zero,
  all_ones,
  type_unknown,  ///< CXL label type that 2.7 does not name
  absent,        ///< the bytes are not in the image
  bad,           ///< reading the bytes fails
};

/// A decoded slot. Numbers are in host order and are not trusted: extents may wrap, names are raw.
/// Fields that a format does not have are 0 or null.
struct LabelRecord {
  std::uint32_t slot = 0;      ///< where the label lies
  bool marked_in_use = false;  ///< by the current index; false where there is none
  LabelFormat format = LabelFormat::v1_2;
  SlotState state = SlotState::blank;
  SlotReason reason = SlotReason::none;
  /// twin: the slot in use that it is a copy of. damaged: the free slot that holds its twin, or
  /// what may be an older copy.
  std::optional<std::uint32_t> related_slot{};
  unsigned related_differs = 0;  ///< damaged: fields that contradict the copy; 0 or 1 for a twin

  Guid type{};  ///< CXL label type; null for EFI labels
  Guid uuid{};  ///< of the namespace, or of the region (cxl_region); text order
  std::array<std::uint8_t, 64> name_field{};
  std::uint32_t flags = 0;
  std::uint16_t nlabel = 0;  ///< cxl_namespace: nrange
  std::uint16_t position = 0;
  std::uint64_t isetcookie = 0;
  std::uint64_t lbasize = 0;
  std::uint64_t dpa = 0;      ///< bytes, of the DIMM
  std::uint64_t rawsize = 0;  ///< bytes on this DIMM
  std::uint32_t slot_field = 0;
  std::uint32_t alignment = 0;
  Guid type_guid{};               ///< EFI order; 1.2 only
  Guid abstraction{};             ///< always EFI order here, converted for CXL labels
  Guid region_uuid{};             ///< cxl_namespace
  std::uint64_t hpa = 0;          ///< cxl_region
  std::uint32_t granularity = 0;  ///< cxl_region: the field as stored (CX07)
  std::uint64_t checksum = 0;     ///< as stored; 0 for 1.1

  std::array<std::byte, 256> raw{};
  std::uint32_t raw_size = 0;  ///< 128, 256; 0 when the bytes could not be read
  std::vector<Violation> violations{};

  std::span<const std::byte> bytes() const { return std::span(raw).first(raw_size); }
  /// Bytes of the name up to the first NUL; untrusted.
  std::string_view name() const;
  /// In use and taken by Linux as a label: it reserves DPA (4.2).
  bool active() const { return state == SlotState::live || state == SlotState::updating; }
  /// Free or unindexed, and passing all tests that a label in use has to pass.
  bool intact() const {
    return active() || state == SlotState::twin || state == SlotState::freed ||
           state == SlotState::plausible || state == SlotState::beyond;
  }
  bool updating() const;  ///< flag UPDATING
  bool local() const;     ///< flag LOCAL, which CXL labels do not have
  bool is_region() const { return format == LabelFormat::cxl_region; }
  bool violates(std::string_view rule) const;
};

/// "v1.1", "v1.2", "cxl namespace", "cxl region", "cxl vendor".
std::string_view to_string(LabelFormat format);
std::string_view to_string(SlotState state);
std::string_view to_string(SlotReason reason);

/// What sits in a namespace by its label (labels.md glossary: claim class).
enum class ClaimClass : std::uint8_t { none, btt, btt2, pfn, dax, unknown };

/// Of an abstraction GUID in EFI order.
ClaimClass claim_class(const Guid& abstraction);
std::string_view to_string(ClaimClass value);

/// Decodes `bytes` (128 or 256 of them) as the content of slot `slot` of an area whose index says
/// `major`. State is left at blank or plausible or damaged, for the bitmap is not known here:
/// blank (all 0x00 or 0xFF), plausible (4.2 tests pass), damaged (they fail), foreign (vendor).
LabelRecord decode_slot(std::span<const std::byte> bytes, std::uint32_t slot, std::uint16_t major);

}  // namespace ndmedic
