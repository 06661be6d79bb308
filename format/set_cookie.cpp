// SPDX-License-Identifier: BSD-3-Clause
#include <ndmedic/format/set_cookie.h>

#include <algorithm>
#include <array>
#include <tuple>

#include <ndmedic/format/codec.h>
#include <ndmedic/format/endian.h>
#include <ndmedic/format/fletcher64.h>

namespace ndmedic {
namespace {

// The byte strings that the cookies are sums of: one record a mapping.
struct Cookie1Record {
  Le64 region_offset;
  Le32 serial;
  Le32 zero;
};
static_assert(sizeof(Cookie1Record) == 16 && OnMedia<Cookie1Record>);

struct Cookie2Record {
  Le64 region_offset;
  Le32 serial;
  Le16 vendor_id;
  Le16 manufacturing_date;
  Byte manufacturing_location;
  std::array<std::uint8_t, 31> zero;
};
static_assert(sizeof(Cookie2Record) == 48 && OnMedia<Cookie2Record>);

struct CxlRecord {
  Le64 dpa;
  Le64 serial;
};
static_assert(sizeof(CxlRecord) == 16 && OnMedia<CxlRecord>);

Cookie1Record cookie1_record(const MappingIdentity& mapping) {
  Cookie1Record record{};
  record.region_offset = mapping.region_offset;
  record.serial = mapping.serial;
  return record;
}

Cookie2Record cookie2_record(const MappingIdentity& mapping) {
  Cookie2Record record{};
  record.region_offset = mapping.region_offset;
  record.serial = mapping.serial;
  record.vendor_id = mapping.vendor_id;
  record.manufacturing_date = mapping.manufacturing_date;
  record.manufacturing_location = mapping.manufacturing_location;
  return record;
}

CxlRecord cxl_record(const CxlMappingIdentity& mapping) {
  CxlRecord record{};
  record.dpa = mapping.dpa;
  record.serial = mapping.serial;
  return record;
}

/// Fletcher64 of the records of all mappings, one behind the other, without laying them out: a
/// record of n words behind a sum (lo, hi) gives (lo + lo', hi + hi' + n * lo).
template <class Mapping, class Record>
std::uint64_t sum_of_records(std::span<const Mapping> mappings,
                             Record (*record_of)(const Mapping&)) {
  constexpr std::uint32_t words = sizeof(Record) / 4;
  std::uint32_t lo = 0;
  std::uint32_t hi = 0;
  for (const Mapping& mapping : mappings) {
    const std::uint64_t sum = fletcher64(bytes_of(record_of(mapping)));
    hi += static_cast<std::uint32_t>(sum >> 32) + words * lo;
    lo += static_cast<std::uint32_t>(sum);
  }
  return std::uint64_t{hi} << 32 | lo;
}

auto sort_key(const MappingIdentity& mapping) {
  return std::tie(mapping.region_offset, mapping.serial, mapping.vendor_id,
                  mapping.manufacturing_date, mapping.manufacturing_location);
}

/// The region offset as a number whose order is that of its bytes in memory (5.4).
std::uint64_t byte_order_key(const MappingIdentity& mapping) {
  return __builtin_bswap64(mapping.region_offset);
}

}  // namespace

SetCookies set_cookies(std::span<MappingIdentity> mappings) {
  SetCookies cookies;
  std::ranges::sort(mappings, [](const MappingIdentity& a, const MappingIdentity& b) {
    return std::tuple(byte_order_key(a), sort_key(a)) < std::tuple(byte_order_key(b), sort_key(b));
  });
  cookies.altcookie = sum_of_records<MappingIdentity>(mappings, cookie1_record);
  std::ranges::sort(mappings, {}, sort_key);
  cookies.cookie1 = sum_of_records<MappingIdentity>(mappings, cookie1_record);
  cookies.cookie2 = sum_of_records<MappingIdentity>(mappings, cookie2_record);
  return cookies;
}

std::uint64_t local_set_cookie(const MappingIdentity& mapping) {
  MappingIdentity local = mapping;
  local.region_offset = 0;
  return fletcher64(bytes_of(cookie2_record(local)));
}

std::uint64_t cxl_set_cookie(std::span<const CxlMappingIdentity> mappings) {
  return sum_of_records(mappings, cxl_record);
}

}  // namespace ndmedic
