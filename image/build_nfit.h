// SPDX-License-Identifier: BSD-3-Clause
// Plain image maker for NFITs like QEMU's: for recipes, tests and fuzz.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <ndmedic/format/set_cookie.h>

namespace ndmedic {

/// One interleave set of DIMMs in neighbouring QEMU slots; QEMU itself makes sets of one only.
struct NfitSet {
  std::uint32_t ways = 1;
  std::uint64_t capacity = 0;       ///< bytes of each DIMM
  std::uint32_t interleave = 4096;  ///< bytes a turn, for ways > 1
  std::uint32_t slot = 0;           ///< of the first DIMM
};

/// What QEMU says about the DIMM in a slot (labels.md 5.5).
MappingIdentity qemu_identity(std::uint32_t slot, std::uint64_t region_offset);

/// The ACPI table for `sets`, one SPA range each, back to back from 4 GiB on; without its header
/// it is what a _FIT method returns. For sets of one it is byte by byte what QEMU 7.2 makes.
std::vector<std::byte> build_nfit(std::span<const NfitSet> sets, bool header);

}  // namespace ndmedic
