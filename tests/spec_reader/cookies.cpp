// SPDX-License-Identifier: BSD-3-Clause
//
// Interleave set cookies (labels.md 5.2, 5.3, 5.4, 5.6): records in a byte string, one sum.
#include <algorithm>

#include "spec_reader/fletcher.h"
#include "spec_reader/nfit.h"

namespace spec_reader {

namespace {

// The sums run in host order on little-endian hosts, so the records are little-endian (2.3).
void append_number(std::vector<std::uint8_t>& bytes, std::uint64_t value, unsigned size) {
  for (unsigned i = 0; i < size; ++i) {
    bytes.push_back(static_cast<std::uint8_t>(value >> (8 * i) & 0xFF));
  }
}

// 5.2 and 5.3: RegionOffset ascending, numerically.
void sort_by_number(std::vector<CookieInput>& mappings) {
  std::stable_sort(
      mappings.begin(), mappings.end(),
      [](const CookieInput& a, const CookieInput& b) { return a.region_offset < b.region_offset; });
}

// 5.4: the eight bytes compared in memory order, first byte first.
void sort_by_memory(std::vector<CookieInput>& mappings) {
  std::stable_sort(mappings.begin(), mappings.end(),
                   [](const CookieInput& a, const CookieInput& b) {
                     std::vector<std::uint8_t> left;
                     std::vector<std::uint8_t> right;
                     append_number(left, a.region_offset, 8);
                     append_number(right, b.region_offset, 8);
                     return left < right;
                   });
}

// 5.2: RegionOffset u64, SerialNumber u32, zero u32.
std::uint64_t sum_short_records(const std::vector<CookieInput>& mappings) {
  std::vector<std::uint8_t> bytes;
  for (const CookieInput& mapping : mappings) {
    append_number(bytes, mapping.region_offset, 8);
    append_number(bytes, mapping.serial, 4);
    append_number(bytes, 0, 4);
  }
  return fletcher64(bytes);
}

}  // namespace

std::uint64_t cookie1(std::vector<CookieInput> mappings) {
  // 5.2
  sort_by_number(mappings);
  return sum_short_records(mappings);
}

std::uint64_t altcookie(std::vector<CookieInput> mappings) {
  // 5.4: the records of cookie1, sorted as kernels before 4.11 did.
  sort_by_memory(mappings);
  return sum_short_records(mappings);
}

std::uint64_t cookie2(std::vector<CookieInput> mappings) {
  sort_by_number(mappings);
  // 5.3: RegionOffset u64, SerialNumber u32, VendorId u16, ManufacturingDate u16,
  // ManufacturingLocation u8, 31 zero bytes.
  std::vector<std::uint8_t> bytes;
  for (const CookieInput& mapping : mappings) {
    append_number(bytes, mapping.region_offset, 8);
    append_number(bytes, mapping.serial, 4);
    append_number(bytes, mapping.vendor, 2);
    append_number(bytes, mapping.date, 2);
    append_number(bytes, mapping.location, 1);
    bytes.insert(bytes.end(), 31, 0);
  }
  return fletcher64(bytes);
}

std::uint64_t cxl_cookie(const std::vector<CxlCookieInput>& mappings) {
  // 5.6: DPA start u64, device serial u64, in mapping order.
  std::vector<std::uint8_t> bytes;
  for (const CxlCookieInput& mapping : mappings) {
    append_number(bytes, mapping.dpa_start, 8);
    append_number(bytes, mapping.serial, 8);
  }
  return fletcher64(bytes);
}

}  // namespace spec_reader
