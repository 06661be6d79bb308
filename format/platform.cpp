// SPDX-License-Identifier: BSD-3-Clause
// Cookies of described regions, and the platforms that QEMU makes (labels.md 5.1 to 5.5).
#include <ndmedic/format/platform.h>

namespace ndmedic {
namespace {

constexpr std::uint32_t qemu_first_serial = 0x123456;
constexpr std::uint16_t range_flags = 3;  // as QEMU sets them: hot add, proximity domain

std::uint16_t qemu_range_index(std::uint32_t slot) {
  return static_cast<std::uint16_t>(2 * (slot + 1));
}

PlatformDimm qemu_dimm(std::uint32_t slot, const QemuRegion& from) {
  return {.handle = slot + 1,
          .control_index = static_cast<std::uint16_t>(qemu_range_index(slot) + 1),
          .size = from.size,
          .label_size = from.label_size,
          .identity = qemu_identity(slot)};
}

}  // namespace

std::vector<MappingIdentity> identities_of(const Platform& platform, const PlatformRegion& region) {
  std::vector<MappingIdentity> identities;
  for (const PlatformMapping& mapping : region.mappings) {
    const NfitIdentity& identity = platform.dimms[mapping.dimm].identity;
    identities.push_back({.region_offset = mapping.region_offset,
                          .serial = identity.serial,
                          .vendor_id = identity.vendor,
                          .manufacturing_date = identity.date,
                          .manufacturing_location = identity.location});
  }
  return identities;
}

SetCookies cookies_of(const Platform& platform, const PlatformRegion& region) {
  std::vector<MappingIdentity> identities = identities_of(platform, region);
  return set_cookies(identities);
}

NfitIdentity qemu_identity(std::uint32_t slot) {
  return {.vendor = 0x8086,
          .device = 1,
          .revision = 1,
          .interface_code = 0x0301,
          .serial = qemu_first_serial + slot};
}

Platform qemu_platform(std::span<const QemuRegion> regions, std::uint64_t first_address) {
  Platform platform;
  std::uint64_t base = first_address;
  for (const QemuRegion& from : regions) {
    PlatformRegion region{.range_index = qemu_range_index(from.slot), .flags = range_flags};
    region.base = base;
    region.size = from.size * from.ways;
    base += region.size;
    std::optional<std::size_t> interleave;
    if (from.ways > 1) {
      interleave = platform.interleaves.size();
      platform.interleaves.push_back({.line_size = from.line_size});
    }
    for (std::uint32_t i = 0; i < from.ways; ++i) {
      region.mappings.push_back({.dimm = platform.dimms.size(),
                                 .size = from.size,
                                 .region_offset = std::uint64_t{i} * from.line_size,
                                 .interleave = interleave});
      platform.dimms.push_back(qemu_dimm(from.slot + i, from));
    }
    platform.regions.push_back(std::move(region));
  }
  return platform;
}

}  // namespace ndmedic
