// SPDX-License-Identifier: BSD-3-Clause
// Label areas in memory that are written, and read again after each transaction.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include <ndmedic/labels/label_set.h>
#include <ndmedic/labels/namespace_writer.h>
#include <ndmedic/labels/set_recovery.h>
#include <ndmedic/media/memory_media.h>

#include "two_way.h"

namespace ndmedic::tests {

/// A region with the cookies that follow from its description.
RegionState region_of(const RegionDescription& description);

/// Empty as ndctl leaves it: the bits behind the last slot are set (2.2.2).
AreaBuilder ndctl_area(std::uint64_t size = 131072, std::uint32_t slot_size = 256);

class Dimms {
 public:
  /// `count` empty areas.
  explicit Dimms(std::size_t count, std::uint64_t size = 131072, std::uint32_t slot_size = 256);
  explicit Dimms(const std::vector<AreaBuilder>& areas);

  std::vector<LabelTarget> targets();
  LabelArea read(std::uint32_t device) const;
  std::vector<std::byte> bytes(std::uint32_t device) const;
  std::vector<std::vector<std::byte>> all_bytes() const;
  MemoryMedia& media(std::uint32_t device) { return media_[device]; }
  /// Gives DIMM `device` other content.
  void put(std::uint32_t device, std::vector<std::byte> bytes);

  Assembled assembled(const std::vector<RegionDescription>& regions) const;

  // Each must not fail as an operation on the media.
  NamespaceAnswer add(const RegionState& region, const NewNamespace& wanted);
  NamespaceAnswer change(const RegionState& region, const Guid& uuid,
                         const NamespaceChange& change);
  NamespaceAnswer remove(const RegionState& region, const Guid& uuid, bool force = false);
  std::vector<Recovery> recover(const std::vector<RegionState>& regions,
                                const RecoveryOptions& options = {});

 private:
  std::deque<MemoryMedia> media_{};
};

}  // namespace ndmedic::tests
