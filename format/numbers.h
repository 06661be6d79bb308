// SPDX-License-Identifier: BSD-3-Clause
// Numbers with one meaning each. Two of them do not mix; only `value` leaves the type.
// Terms: glossary of the BTT and label specifications (section 1 of both).
#pragma once

#include <compare>
#include <cstdint>

namespace ndmedic {

template <class Meaning, class Rep = std::uint32_t>
struct Number {
  Rep value{};
  friend constexpr auto operator<=>(Number, Number) = default;
};

using PremapLba = Number<struct PremapMeaning>;    ///< index into one arena's map
using PostmapLba = Number<struct PostmapMeaning>;  ///< block of one arena's data area
using ExternalLba = Number<struct ExternalMeaning, std::uint64_t>;  ///< block of a whole BTT
using Lane = Number<struct LaneMeaning>;                            ///< index of a flog group
using ArenaIndex = Number<struct ArenaMeaning>;        ///< ordinal of an arena in its namespace
using SlotIndex = Number<struct SlotMeaning>;          ///< position in a label area's slot array
using DeviceIndex = Number<struct DeviceMeaning>;      ///< ordinal of an image among the arguments
using Dpa = Number<struct DpaMeaning, std::uint64_t>;  ///< DIMM physical address, bytes

// Byte offsets by the thing they count from (pitfall PF-15: three zero points are in use).
using DeviceOffset = Number<struct DeviceOffsetMeaning, std::uint64_t>;
using NamespaceOffset = Number<struct NamespaceOffsetMeaning, std::uint64_t>;
using ArenaOffset = Number<struct ArenaOffsetMeaning, std::uint64_t>;

}  // namespace ndmedic
