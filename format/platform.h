// SPDX-License-Identifier: BSD-3-Clause
// A machine's persistent memory as its firmware describes it: DIMMs, regions, and who lies where in
// them. It comes from an NFIT (platform_nfit.h), from QEMU's habits, or from a description.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include <ndmedic/format/guid.h>
#include <ndmedic/format/nfit_join.h>
#include <ndmedic/format/set_cookie.h>

namespace ndmedic {

/// A device with persistent memory.
struct PlatformDimm {
  std::uint32_t handle = 0;  ///< identity in the table; not 0 in QEMU
  std::uint16_t physical_id = 0;
  std::uint16_t control_index = 0;  ///< of its control region, not 0
  std::uint64_t size = 0;           ///< bytes of DPA space: the label area is no part of it
  std::uint64_t label_size = 0;     ///< bytes; 0: none, or not told (no NFIT tells it)
  NfitIdentity identity{};
  std::vector<std::uint64_t> flush_hints{};  ///< addresses
  friend bool operator==(const PlatformDimm&, const PlatformDimm&) = default;
};

/// One DIMM's share of a region. Sizes and offsets in bytes.
struct PlatformMapping {
  std::size_t dimm = 0;  ///< of Platform::dimms
  std::uint64_t dpa = 0;
  std::uint64_t size = 0;
  std::uint64_t region_offset = 0;
  std::optional<std::size_t> interleave{};  ///< of Platform::interleaves; none: no lines are told
  std::uint16_t region_id = 0;
  std::uint16_t state_flags = 0;
  friend bool operator==(const PlatformMapping&, const PlatformMapping&) = default;
};

/// Turns of lines (labels.md 5.7, type 2): where line k of a turn lies, counted in lines.
struct PlatformInterleave {
  std::uint32_t line_size = 0;  ///< bytes
  std::vector<std::uint32_t> line_offsets = {0};
  friend bool operator==(const PlatformInterleave&, const PlatformInterleave&) = default;
};

/// A range of addresses and the DIMMs behind it.
struct PlatformRegion {
  std::uint16_t range_index = 0;  ///< not 0
  std::uint16_t flags = 0;        ///< of the SPA range; bit 2 follows from location_cookie
  std::uint32_t proximity_domain = 0;
  Guid type = guids::pm;  ///< EFI byte order
  std::uint64_t base = 0;
  std::uint64_t size = 0;                    ///< bytes
  std::uint64_t memory_attributes = 0x8008;  ///< EFI_MEMORY_WB and NV
  std::optional<std::uint64_t> location_cookie{};
  std::vector<PlatformMapping> mappings{};  ///< the n-th has position n in labels
  friend bool operator==(const PlatformRegion&, const PlatformRegion&) = default;
};

/// Who made the table: what its header says. QEMU's unless told.
struct PlatformOem {
  std::array<std::uint8_t, 6> id = {'B', 'O', 'C', 'H', 'S', ' '};
  std::array<std::uint8_t, 8> table_id = {'B', 'X', 'P', 'C', ' ', ' ', ' ', ' '};
  std::uint32_t revision = 1;
  friend bool operator==(const PlatformOem&, const PlatformOem&) = default;
};

/// A value; may name nonsense until find_fault() finds none.
struct Platform {
  PlatformOem oem{};
  std::vector<PlatformDimm> dimms{};
  std::vector<PlatformInterleave> interleaves{};
  std::vector<PlatformRegion> regions{};
  std::optional<std::uint32_t> capabilities{};  ///< labels.md 5.7, type 7
  friend bool operator==(const Platform&, const Platform&) = default;
};

/// Why a platform cannot be. What `item`, `mapping` and `value` of the fault say is in brackets.
enum class PlatformFault : std::uint8_t {
  no_dimms,
  too_many,            ///< DIMMs, regions, interleaves or mappings of a region [value: the limit]
  handle_twice,        ///< [item: DIMM]
  control_index,       ///< 0, or another DIMM has it [item: DIMM]
  dimm_too_large,      ///< size and label area beyond 2^64 [item: DIMM]
  hints_too_many,      ///< more flush hints than a structure holds [item: DIMM, value: limit]
  interleave_form,     ///< no line, two in one place, or more than a structure holds [item]
  range_index,         ///< 0, or another region has it [item: region]
  region_empty,        ///< size 0 [item: region]
  region_wraps,        ///< base and size beyond 2^64 [item: region]
  region_size,         ///< not the sum of its mappings [item: region, value: the sum]
  regions_overlap,     ///< [item: region, value: the other region]
  mapping_dimm,        ///< no such DIMM, or one that the region has already [item, mapping]
  mapping_beyond,      ///< empty, or beyond the DIMM's size [item, mapping, value: the size]
  mappings_overlap,    ///< shares of one DIMM overlap [item, mapping, value: the other region]
  offset_beyond,       ///< region_offset lies behind the region [item, mapping]
  offset_twice,        ///< another mapping has it; cookies need an order [item, mapping]
  mapping_interleave,  ///< no such interleave [item, mapping]
  interleaves_differ,  ///< within a region: other lines, or none [item, mapping]
  lines_uneven,        ///< shares differ in size, or are no whole turns [item, mapping, value]
  lines_beyond,        ///< a line lies outside its turn [item, mapping]
  lines_collide,       ///< two shares of a region have lines in one place [item: region]
};

/// The first fault of a platform. Numbers are those of its vectors.
struct PlatformFinding {
  PlatformFault fault{};
  std::size_t item = 0;
  std::size_t mapping = 0;
  std::uint64_t value = 0;
  friend bool operator==(const PlatformFinding&, const PlatformFinding&) = default;
};

inline constexpr std::size_t platform_items_max = 4096;  ///< of each kind

/// What is wrong with `platform`, or none: then it can be written as a table, has cookies, and each
/// byte of a region with lines belongs to one DIMM.
std::optional<PlatformFinding> find_fault(const Platform& platform);

/// What the mappings of a region contribute to its cookies (labels.md 5.1), in their order. The
/// region's DIMMs must exist.
std::vector<MappingIdentity> identities_of(const Platform& platform, const PlatformRegion& region);

/// The cookies that labels in the region carry.
SetCookies cookies_of(const Platform& platform, const PlatformRegion& region);

inline constexpr std::uint32_t qemu_slots = 256;  ///< slots 0 to 255
inline constexpr std::uint64_t qemu_first_address = std::uint64_t{1} << 32;

/// What QEMU says about the NVDIMM in a slot (labels.md 5.5).
NfitIdentity qemu_identity(std::uint32_t slot);

/// DIMMs of one size in neighbouring QEMU slots, made into one region. QEMU itself makes regions of
/// one DIMM only; those of several, with lines of one size in turn, are for tests and recipes.
struct QemuRegion {
  std::uint32_t slot = 0;  ///< of the first DIMM; below qemu_slots
  std::uint64_t size = 0;  ///< bytes of each DIMM, without its label area
  std::uint64_t label_size = 0;
  std::uint32_t ways = 1;
  std::uint32_t line_size = 4096;  ///< for ways > 1
};

/// The platform of a guest with these DIMMs, in the order of the command line: regions lie back to
/// back. The first address depends on the guest's memory, and no cookie on it.
Platform qemu_platform(std::span<const QemuRegion> regions,
                       std::uint64_t first_address = qemu_first_address);

}  // namespace ndmedic
