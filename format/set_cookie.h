// SPDX-License-Identifier: BSD-3-Clause
// Interleave set cookies: the checksum of the identity and order of the devices of a set, which
// every label carries so that re-cabled devices are noticed (labels.md 5.2 to 5.6).
#pragma once

#include <cstdint>
#include <span>

namespace ndmedic {

/// What the NFIT says about one mapping of a set and the DIMM behind it. Values are the fields of
/// the NFIT read as little-endian numbers (labels.md 5.1).
struct MappingIdentity {
  std::uint64_t region_offset = 0;
  std::uint32_t serial = 0;
  std::uint16_t vendor_id = 0;
  std::uint16_t manufacturing_date = 0;
  std::uint8_t manufacturing_location = 0;
};

/// The cookies of a set. A cookie of 0 means "no cookie" to readers (labels.md 5.4).
struct SetCookies {
  std::uint64_t cookie1 = 0;    ///< in labels of index version 1.1
  std::uint64_t cookie2 = 0;    ///< in labels of index version 1.2, UEFI's SetCookie
  std::uint64_t altcookie = 0;  ///< cookie1 as kernels before 4.11 sorted; accepted when reading
  friend bool operator==(const SetCookies&, const SetCookies&) = default;
};

/// The cookies of the set that `mappings` describe, in any order; none of them gives 0. Sorts
/// `mappings` by region offset, so that a set of any size needs no memory. Mappings with one and
/// the same region offset (an NFIT that is wrong) are taken in the order of their serials.
SetCookies set_cookies(std::span<MappingIdentity> mappings);

/// The cookie of local labels: cookie2 of one mapping with region offset 0 (labels.md 5.3, UEFI).
std::uint64_t local_set_cookie(const MappingIdentity& mapping);

/// What identifies one mapping of a CXL region.
struct CxlMappingIdentity {
  std::uint64_t dpa = 0;  ///< start of the mapping on the device
  std::uint64_t serial = 0;
};

/// The cookie that Linux stores in 1.1 and 1.2 labels on CXL devices: over the mappings in their
/// own order, not sorted. There is no altcookie; labels of version 2.1 carry none (labels.md 5.6).
std::uint64_t cxl_set_cookie(std::span<const CxlMappingIdentity> mappings);

}  // namespace ndmedic
