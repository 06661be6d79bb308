// SPDX-License-Identifier: BSD-3-Clause
#include "dimms.h"

#include <doctest/doctest.h>

#include <utility>

namespace ndmedic::tests {

RegionState region_of(const RegionDescription& description) {
  return {.description = description, .cookies = region_cookies(description)};
}

AreaBuilder ndctl_area(std::uint64_t size, std::uint32_t slot_size) {
  AreaBuilder area(size, slot_size);
  for (unsigned number = 0; number < 2; ++number) {
    area.block(number, 3 - number, {});
    for (std::uint32_t bit = area.geometry().nslot; bit % 64 != 0; ++bit)
      area.block_byte(number, 72 + bit / 8) |= static_cast<std::byte>(1u << bit % 8);
    area.seal(number);
  }
  return area;
}

Dimms::Dimms(std::size_t count, std::uint64_t size, std::uint32_t slot_size) {
  for (std::size_t i = 0; i < count; ++i)
    media_.emplace_back(AreaBuilder(size, slot_size).block(0, 3, {}).block(1, 2, {}).bytes());
}

Dimms::Dimms(const std::vector<AreaBuilder>& areas) {
  for (AreaBuilder area : areas) media_.emplace_back(std::move(area.bytes()));
}

std::vector<LabelTarget> Dimms::targets() {
  std::vector<LabelTarget> targets;
  for (MemoryMedia& media : media_)
    targets.push_back({static_cast<std::uint32_t>(targets.size()), &media});
  return targets;
}

LabelArea Dimms::read(std::uint32_t device) const { return read_label_area(media_[device]); }

std::vector<std::byte> Dimms::bytes(std::uint32_t device) const {
  const auto bytes = media_[device].bytes();
  return {bytes.begin(), bytes.end()};
}

std::vector<std::vector<std::byte>> Dimms::all_bytes() const {
  std::vector<std::vector<std::byte>> all;
  for (std::uint32_t device = 0; device < media_.size(); ++device) all.push_back(bytes(device));
  return all;
}

void Dimms::put(std::uint32_t device, std::vector<std::byte> bytes) {
  REQUIRE(media_[device].write(0, bytes));
}

Assembled Dimms::assembled(const std::vector<RegionDescription>& regions) const {
  std::vector<LabelArea> areas;
  std::vector<LabelDevice> devices;
  for (std::uint32_t device = 0; device < media_.size(); ++device) areas.push_back(read(device));
  for (const LabelArea& area : areas)
    devices.push_back({.device = static_cast<std::uint32_t>(devices.size()), .area = &area});
  Assembled assembled;
  assembled.set = assemble_labels(devices, regions, assembled.findings);
  return assembled;
}

NamespaceAnswer Dimms::add(const RegionState& region, const NewNamespace& wanted) {
  const auto answer = add_namespace(targets(), region, wanted);
  REQUIRE(answer);
  return *answer;
}

NamespaceAnswer Dimms::change(const RegionState& region, const Guid& uuid,
                              const NamespaceChange& change) {
  const auto answer = change_namespace(targets(), region, uuid, change);
  REQUIRE(answer);
  return *answer;
}

NamespaceAnswer Dimms::remove(const RegionState& region, const Guid& uuid, bool force) {
  const auto answer = remove_namespace(targets(), region, uuid, force);
  REQUIRE(answer);
  return *answer;
}

std::vector<Recovery> Dimms::recover(const std::vector<RegionState>& regions,
                                     const RecoveryOptions& options) {
  const auto recovered = recover_namespaces(targets(), regions, options);
  REQUIRE(recovered);
  return *recovered;
}

}  // namespace ndmedic::tests
