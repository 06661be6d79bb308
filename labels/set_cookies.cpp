// SPDX-License-Identifier: BSD-3-Clause
// Cookies of regions: computing them, and saying what a label's cookie is (labels.md 5, ST05).
#include <algorithm>
#include <array>
#include <utility>

#include <ndmedic/format/platform.h>
#include <ndmedic/format/set_cookie.h>
#include <ndmedic/labels/set_parts.h>

namespace ndmedic {
namespace {

/// 6! orders are 720 sums; sets of more ways have too many.
constexpr std::size_t permuted_mappings_max = 6;

MappingIdentity identity_of(const RegionMapping& mapping) {
  return {.region_offset = mapping.region_offset,
          .serial = static_cast<std::uint32_t>(mapping.serial),
          .vendor_id = mapping.vendor,
          .manufacturing_date = mapping.manufacturing_date,
          .manufacturing_location = mapping.manufacturing_location};
}

using QemuTable = std::vector<std::pair<std::uint64_t, std::uint32_t>>;

QemuTable make_qemu_table() {
  QemuTable table;
  for (std::uint32_t slot = 0; slot < qemu_slots; ++slot) {
    const NfitIdentity dimm = qemu_identity(slot);
    std::array identity = {MappingIdentity{.serial = dimm.serial, .vendor_id = dimm.vendor}};
    const SetCookies cookies = set_cookies(identity);
    table.emplace_back(cookies.cookie1, slot);
    table.emplace_back(cookies.cookie2, slot);
  }
  std::ranges::sort(table);
  return table;
}

}  // namespace

RegionCookies region_cookies(const RegionDescription& region) {
  if (region.cxl) {
    std::vector<CxlMappingIdentity> identities;
    for (const RegionMapping& mapping : region.mappings)
      identities.push_back({.dpa = mapping.dpa_start, .serial = mapping.serial});
    const std::uint64_t cookie = cxl_set_cookie(identities);
    return {.cookie1 = cookie, .cookie2 = cookie, .altcookie = 0};
  }
  std::vector<MappingIdentity> identities;
  for (const RegionMapping& mapping : region.mappings) identities.push_back(identity_of(mapping));
  const SetCookies cookies = set_cookies(identities);
  return {cookies.cookie1, cookies.cookie2, cookies.altcookie};
}

std::optional<std::uint32_t> qemu_slot_of(std::uint64_t cookie) {
  static const QemuTable table = make_qemu_table();
  const auto at = std::ranges::lower_bound(table, cookie, {}, &QemuTable::value_type::first);
  if (at == table.end() || at->first != cookie) return std::nullopt;
  return at->second;
}

namespace label_sets {

/// The DIMMs change places: identities are permuted over the offsets of the region.
void CookieJudge::compute_other_orders() {
  const auto& mappings = region_.description.mappings;
  other_orders_.emplace();
  std::vector<std::size_t> order(mappings.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  do {
    RegionDescription permuted = region_.description;
    for (std::size_t i = 0; i < order.size(); ++i) {
      permuted.mappings[i] = mappings[order[i]];
      permuted.mappings[i].region_offset = mappings[i].region_offset;
      permuted.mappings[i].dpa_start = mappings[i].dpa_start;
    }
    const RegionCookies cookies = region_cookies(permuted);
    for (const std::uint64_t value : {cookies.cookie1, cookies.cookie2, cookies.altcookie})
      other_orders_->push_back(value);
  } while (std::ranges::next_permutation(order).found);
  std::ranges::sort(*other_orders_);
}

bool CookieJudge::fits_other_order(std::uint64_t cookie) {
  const std::size_t ways = region_.description.mappings.size();
  if (region_.inferred || ways < 2 || ways > permuted_mappings_max || cookie == 0) return false;
  if (!other_orders_) {
    std::uint64_t orders = 1;
    for (std::size_t i = 2; i <= ways; ++i) orders *= i;
    if (orders > budget_.orders) {
      ++budget_.sets_not_checked;
      return false;
    }
    budget_.orders -= orders;
    compute_other_orders();
  }
  return std::ranges::binary_search(*other_orders_, cookie);
}

CookieAnswer CookieJudge::judge(std::uint64_t cookie, bool version_1_1) {
  const RegionCookies& cookies = region_.cookies;
  const std::optional<std::uint32_t> slot = qemu_slot_of(cookie);
  if (!region_.cookies_known) return {.verdict = CookieVerdict::not_checkable, .slot = slot};
  if (cookie == (version_1_1 ? cookies.cookie1 : cookies.cookie2))
    return {.verdict = CookieVerdict::matches, .slot = slot};
  if (cookie == cookies.cookie1 || cookie == cookies.cookie2)
    return {.verdict = CookieVerdict::matches_other_version, .slot = slot};
  if (cookie == cookies.altcookie) return {.verdict = CookieVerdict::matches_alt, .slot = slot};
  if (slot) return {.verdict = CookieVerdict::other_slot, .slot = slot};
  if (fits_other_order(cookie))
    return {.verdict = CookieVerdict::other_slot, .slot = {}, .other_order = true};
  return {.verdict = CookieVerdict::wrong};
}

}  // namespace label_sets
}  // namespace ndmedic
