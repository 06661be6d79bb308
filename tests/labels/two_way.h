// SPDX-License-Identifier: BSD-3-Clause
// A two-way interleave set for tests, with the identities and cookies of labels.md 5.4.
#pragma once

#include <optional>
#include <vector>

#include <ndmedic/labels/label_set.h>

#include "area_builder.h"

namespace ndmedic::tests {

inline constexpr std::uint32_t qemu_serial = 0x123456;
inline constexpr std::uint64_t two_way_cookie1 = 0xaaaaeaaa33334333;
inline constexpr std::uint64_t two_way_cookie2 = 0x9edaae7463564587;
/// The same two DIMMs, the one with serial 0x22222222 first; computed by hand from 5.3.
inline constexpr std::uint64_t two_way_exchanged_cookie2 = 0x6ba77b4063564587;

/// Region of devices 0 and 1, 64 MiB of each, offsets 0 and 0x1000.
RegionDescription two_way();
/// The three mappings of 5.4, whose offsets sort differently as bytes; 64 MiB of devices 0 to 2.
RegionDescription three_way();
inline constexpr std::uint64_t three_way_cookie2 = 0x1f8e129fae9beae4;
inline constexpr std::uint64_t three_way_altcookie = 0x222a262066676766;
/// One-DIMM region of device 0 as QEMU makes it, 64 MiB.
RegionDescription one_way(std::uint32_t serial);

/// Values of one label of a set on two_way(): nlabel 2 and the right cookie unless given.
LabelValues half(LabelValues values);

struct Assembled {
  LabelSet set;
  Findings findings;
};
/// `count` six-way regions with 1 MiB each of one DIMM, and as many labels whose cookies fit none
/// of them in any order. `count` is at most 256 and a multiple of 8.
Assembled wrong_cookies_in_regions(std::uint32_t count);
/// Device n is areas[n].
Assembled assemble(const std::vector<AreaBuilder>& areas,
                   const std::vector<RegionDescription>& regions,
                   std::optional<std::uint64_t> capacity = {});

}  // namespace ndmedic::tests
