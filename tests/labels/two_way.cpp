// SPDX-License-Identifier: BSD-3-Clause
#include "two_way.h"

#include <algorithm>
#include <array>

namespace ndmedic::tests {

RegionDescription two_way() {
  RegionDescription region{.ways = 2, .spa_base = 0x100000000, .spa_length = 128 * mib};
  for (std::uint32_t i = 0; i < 2; ++i)
    region.mappings.push_back({.device = i,
                               .size = 64 * mib,
                               .region_offset = i * 0x1000u,
                               .serial = i == 0 ? 0x11111111u : 0x22222222u,
                               .vendor = 0x8089,
                               .manufacturing_date = 0x1811,
                               .manufacturing_location = 0xa1});
  return region;
}

RegionDescription three_way() {
  RegionDescription region{.ways = 3};
  const std::array<std::uint64_t, 3> offsets = {0, 0x100, 0x10000};
  const std::array<std::uint32_t, 3> serials = {0x11111111, 0x22222222, 0x33333333};
  for (std::uint32_t i = 0; i < 3; ++i)
    region.mappings.push_back({.device = i,
                               .size = 64 * mib,
                               .region_offset = offsets[i],
                               .serial = serials[i],
                               .vendor = 0x8089,
                               .manufacturing_date = 0x1811,
                               .manufacturing_location = 0xa1});
  return region;
}

RegionDescription one_way(std::uint32_t serial) {
  RegionDescription region{.spa_base = 0x100000000, .spa_length = 64 * mib};
  region.mappings.push_back({.device = 0, .size = 64 * mib, .serial = serial, .vendor = 0x8086});
  return region;
}

Assembled wrong_cookies_in_regions(std::uint32_t count) {
  AreaBuilder area;
  std::vector<RegionDescription> regions;
  for (std::uint32_t n = 0; n < count; ++n) {
    LabelValues values{.nlabel = 6, .isetcookie = 0x1234, .dpa = n * mib, .rawsize = mib};
    values.uuid.bytes[3] = static_cast<std::uint8_t>(n);
    area.put(n, make_label(values));
    RegionDescription region{.ways = 6};
    for (std::uint32_t m = 0; m < 6; ++m)
      region.mappings.push_back({.device = m == 0 ? std::optional(0u) : std::nullopt,
                                 .dpa_start = n * mib,
                                 .size = mib,
                                 .region_offset = m * 0x1000u,
                                 .serial = 1 + m});
    regions.push_back(std::move(region));
  }
  area.block(0, 2, {}).block(1, 1, {});
  std::fill_n(&area.block_byte(0, 72), count / 8, std::byte{0});
  return assemble({area.seal(0)}, regions);
}

LabelValues half(LabelValues values) {
  if (values.nlabel == 1) values.nlabel = 2;
  if (values.isetcookie == qemu_cookie2_slot0) values.isetcookie = two_way_cookie2;
  return values;
}

Assembled assemble(const std::vector<AreaBuilder>& areas,
                   const std::vector<RegionDescription>& regions,
                   std::optional<std::uint64_t> capacity) {
  std::vector<LabelArea> read;
  for (const AreaBuilder& area : areas) read.push_back(area.read());
  std::vector<LabelDevice> devices;
  for (const LabelArea& area : read)
    devices.push_back({.device = static_cast<std::uint32_t>(devices.size()),
                       .area = &area,
                       .dpa_size = capacity});
  Assembled assembled;
  assembled.set = assemble_labels(devices, regions, assembled.findings);
  return assembled;
}

}  // namespace ndmedic::tests
