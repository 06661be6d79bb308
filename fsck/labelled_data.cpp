// SPDX-License-Identifier: BSD-3-Clause
#include <ndmedic/fsck/labelled_data.h>

#include <algorithm>
#include <span>

#include <ndmedic/format/btt_info.h>
#include <ndmedic/format/pfn_info.h>

namespace ndmedic {
namespace {

template <class Block>
bool belongs_to(const Media& data, std::uint64_t offset, const Guid& uuid,
                std::span<const std::uint8_t, 16> signature) {
  const auto block = read_structure<Block>(data, offset);
  return block && std::ranges::equal(block->sig, signature) && block->parent_uuid == uuid;
}

/// An info block of the namespace begins here.
bool has_info(const Media& data, std::uint64_t offset, const Guid& uuid) {
  return belongs_to<InfoBlock>(data, offset, uuid, info_signature) ||
         belongs_to<PfnInfo>(data, offset, uuid, pfn_signature) ||
         belongs_to<PfnInfo>(data, offset, uuid, dax_signature);
}

}  // namespace

std::set<Guid> uuids_with_data(const ImageTree& tree) {
  constexpr std::uint64_t page = 4096;
  std::set<Guid> found;
  for (const DeviceImage& device : tree.devices) {
    if (!device.area || !device.data) continue;
    for (const LabelRecord& label : device.area->slots) {
      if (label.state != SlotState::updating || label.is_region()) continue;
      const std::uint64_t last = label.dpa + label.rawsize - page;
      for (const std::uint64_t offset : {label.dpa, label.dpa + page, last})
        if (has_info(*device.data, offset, label.uuid)) found.insert(label.uuid);
    }
  }
  return found;
}

}  // namespace ndmedic
