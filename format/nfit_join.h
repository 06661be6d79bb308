// SPDX-License-Identifier: BSD-3-Clause
// An NFIT joined: each SPA range with the devices that make it up, in table order, which is the
// mapping order of Linux (labels.md 5.7, last paragraph).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include <ndmedic/format/guid.h>
#include <ndmedic/format/nfit_interleave.h>
#include <ndmedic/format/nfit_read.h>

namespace ndmedic {

/// What the control region of a device says, by its values as found in the table (labels.md 5.1).
struct NfitIdentity {
  std::uint16_t vendor = 0;
  std::uint16_t device = 0;
  std::uint16_t revision = 0;
  std::uint16_t subsystem_vendor = 0;
  std::uint16_t subsystem_device = 0;
  std::uint16_t subsystem_revision = 0;
  std::uint16_t interface_code = 0;
  std::uint16_t date = 0;
  std::uint8_t location = 0;
  bool date_valid = false;  ///< location and date; Linux uses them even when not (5.3)
  std::uint32_t serial = 0;
  friend bool operator==(const NfitIdentity&, const NfitIdentity&) = default;
};

/// One device's share of a range. Sizes and offsets in bytes.
struct NfitMapping {
  std::uint32_t number = 0;  ///< K of nfit/K
  std::uint32_t handle = 0;  ///< equal handles are one device
  std::uint16_t physical_id = 0;
  std::uint16_t region_id = 0;
  std::uint16_t control_region_index = 0;
  std::uint64_t region_size = 0;
  std::uint64_t region_offset = 0;  ///< start of the share in the range
  std::uint64_t dpa_base = 0;
  std::uint16_t ways = 0;
  std::uint16_t interleave_index = 0;  ///< 0: linear
  std::uint16_t state_flags = 0;
  std::optional<NfitIdentity> identity{};  ///< none when the control region is missing
};

struct NfitRegion {
  std::uint32_t number = 0;  ///< K of nfit/K
  std::uint16_t range_index = 0;
  std::uint16_t flags = 0;
  std::uint32_t proximity_domain = 0;
  Guid type{};  ///< EFI byte order
  std::uint64_t base = 0;
  std::uint64_t size = 0;
  std::uint64_t memory_attributes = 0;
  std::optional<std::uint64_t> location_cookie{};
  std::vector<NfitMapping> mappings{};
};

/// A type 2 structure; `spread` lacks what the mapping adds.
struct NfitLines {
  std::uint16_t index = 0;
  std::uint32_t line_size = 0;
  std::vector<std::uint32_t> line_offsets{};
};

/// A type 6 structure.
struct NfitHints {
  std::uint32_t handle = 0;
  std::vector<std::uint64_t> addresses{};
};

/// What does not fit together.
enum class NfitTrouble : std::uint8_t {
  cut,                       ///< the structure runs out of the table
  too_short,                 ///< the structure is shorter than its type needs
  zero_length,               ///< a structure of length 0 ended the walk
  bad_length,                ///< a length of 1 to 3 ended the walk
  duplicate_range,           ///< `value`: index that an earlier SPA range has
  duplicate_control_region,  ///< the same of control regions
  duplicate_interleave,      ///< the same of interleaves
  unknown_range,             ///< `value`: SPA range index of a mapping
  unknown_control_region,    ///< `value`: control region index of a mapping
  unknown_interleave,        ///< `value`: interleave index of a mapping
};

struct NfitRemark {
  NfitTrouble trouble{};
  std::uint32_t number = 0;  ///< K of nfit/K, or of the structure that could not be read
  std::uint64_t offset = 0;  ///< of that structure
  std::uint32_t value = 0;
  friend bool operator==(const NfitRemark&, const NfitRemark&) = default;
};

/// Memory is in proportion to the table's size, whatever it holds.
struct NfitJoin {
  std::uint32_t structures = 0;
  std::vector<NfitRegion> regions{};    ///< every SPA range, in table order
  std::vector<NfitMapping> unmapped{};  ///< mappings with range index 0 or an unknown one
  std::vector<NfitLines> interleaves{};
  std::vector<NfitHints> flush_hints{};
  std::optional<std::uint32_t> capabilities{};  ///< of type 7
  std::vector<NfitRemark> remarks{};

  /// The interleave with that index, or nullptr.
  const NfitLines* find_interleave(std::uint16_t index) const;
};

/// Joins the structures of `bytes`. Of several with one index the first counts. Structures that
/// are cut or too short take no part.
NfitJoin join_nfit(std::span<const std::byte> bytes, NfitForm form);

/// The address arithmetic of a mapping: linear for index 0 (one line of the share's size), else by
/// its interleave. None when that is missing or no one-to-one arrangement, and for a set of several
/// devices with index 0: the table then does not say how they share the range.
std::optional<NfitInterleave> interleave_of(const NfitJoin& join, const NfitMapping& mapping);

}  // namespace ndmedic
