// SPDX-License-Identifier: BSD-3-Clause
// Interleave set cookies against the worked values of labels.md 5.4 to 5.6.
#include <ndmedic/format/set_cookie.h>

#include <algorithm>
#include <array>
#include <vector>

#include <doctest/doctest.h>

namespace ndmedic {
namespace {

MappingIdentity dimm(std::uint64_t region_offset, std::uint32_t serial) {
  return {region_offset, serial, 0x8089, 0x1811, 0xa1};
}

TEST_CASE("three mappings in any order have the three cookies of the specification") {
  std::array order = {0, 1, 2};
  do {
    const std::array set = {dimm(0, 0x11111111), dimm(0x100, 0x22222222),
                            dimm(0x10000, 0x33333333)};
    std::vector<MappingIdentity> mappings;
    for (const int i : order) mappings.push_back(set[std::size_t(i)]);
    const SetCookies cookies = set_cookies(mappings);
    CHECK(cookies.cookie1 == 0xdde1e5dc66676766);
    CHECK(cookies.cookie2 == 0x1f8e129fae9beae4);
    CHECK(cookies.altcookie == 0x222a262066676766);
  } while (std::ranges::next_permutation(order).found);
}

TEST_CASE("the altcookie is cookie1 where offsets differ in one byte position only") {
  std::array set = {dimm(0, 0x11111111), dimm(0x1000, 0x22222222)};
  const SetCookies cookies = set_cookies(set);
  CHECK(cookies.cookie1 == 0xaaaaeaaa33334333);
  CHECK(cookies.altcookie == 0xaaaaeaaa33334333);
  CHECK(cookies.cookie2 == 0x9edaae7463564587);
}

TEST_CASE("cookie2 depends on vendor, date and location, cookie1 does not") {
  std::array set = {MappingIdentity{0, 0x11111111}, MappingIdentity{0x1000, 0x22222222}};
  const SetCookies cookies = set_cookies(set);
  CHECK(cookies.cookie1 == 0xaaaaeaaa33334333);
  CHECK(cookies.cookie2 == 0xcccd8cca33334333);
}

TEST_CASE("the DIMMs of QEMU's slots have the cookies of the table") {
  auto cookies_of_slot = [](std::uint32_t slot) {
    std::array set = {MappingIdentity{0, 0x123456 + slot, 0x8086}};
    return set_cookies(set);
  };
  using Cookies = SetCookies;
  CHECK(cookies_of_slot(0) == Cookies{0x002468ac00123456, 0x00ba90120012b4dc, 0x002468ac00123456});
  CHECK(cookies_of_slot(1) == Cookies{0x002468ae00123457, 0x00ba901c0012b4dd, 0x002468ae00123457});
  CHECK(cookies_of_slot(2) == Cookies{0x002468b000123458, 0x00ba90260012b4de, 0x002468b000123458});
}

TEST_CASE("the cookie of local labels counts the region offset as 0") {
  CHECK(local_set_cookie({0x1234567800, 0x123456, 0x8086}) == 0x00ba90120012b4dc);
}

TEST_CASE("CXL regions sum the mappings in their own order") {
  const std::array one = {CxlMappingIdentity{0, 1}};
  const std::array other = {CxlMappingIdentity{0, 0x1000}};
  std::array two = {CxlMappingIdentity{0, 1}, CxlMappingIdentity{0x10000000, 2}};
  CHECK(cxl_set_cookie(one) == 0x0000000200000001);
  CHECK(cxl_set_cookie(other) == 0x0000200000001000);
  CHECK(cxl_set_cookie(two) == 0x4000000a10000003);
  std::ranges::reverse(two);
  CHECK(cxl_set_cookie(two) != 0x4000000a10000003);
}

TEST_CASE("no mappings give no cookie") {
  CHECK(set_cookies({}) == SetCookies{});
  CHECK(cxl_set_cookie({}) == 0);
}

TEST_CASE("mappings with one region offset give one cookie in any order") {
  std::array set = {dimm(0, 2), dimm(0, 1), dimm(0, 3)};
  std::array reversed = {dimm(0, 3), dimm(0, 1), dimm(0, 2)};
  CHECK(set_cookies(set) == set_cookies(reversed));
}

TEST_CASE("a set of 65,535 mappings is summed like any other") {
  std::vector<MappingIdentity> set(65535);
  for (std::size_t i = 0; i < set.size(); ++i) set[i].region_offset = (i * 7919) % 65535 * 4096;
  std::vector<MappingIdentity> reversed(set.rbegin(), set.rend());
  CHECK(set_cookies(set) == set_cookies(reversed));
}

}  // namespace
}  // namespace ndmedic
