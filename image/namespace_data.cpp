// SPDX-License-Identifier: BSD-3-Clause
#include <ndmedic/image/namespace_data.h>

#include <algorithm>
#include <vector>

#include <ndmedic/format/checked.h>
#include <ndmedic/media/view.h>

namespace ndmedic {
namespace {

const DeviceImage* find_device(std::span<const DeviceImage> devices, std::uint32_t index) {
  for (const DeviceImage& device : devices)
    if (device.index == index) return &device;
  return nullptr;
}

NamespaceData unreachable(Unreachable why) { return {nullptr, why}; }

NamespaceData from_view(Result<std::unique_ptr<View>> view) {
  if (!view) return unreachable(Unreachable::outside);
  return {std::move(*view), Unreachable::reachable};
}

/// The pieces of all extents, in the order of the label set.
struct Pieces {
  std::vector<Piece> list;
  Unreachable unreachable = Unreachable::reachable;
};

Pieces pieces_of(const LabelNamespace& ns, std::span<const DeviceImage> devices) {
  Pieces pieces;
  for (const NamespaceExtent& extent : ns.extents) {
    const DeviceImage* device = find_device(devices, extent.device);
    if (device == nullptr || !device->data) return {{}, Unreachable::no_data};
    if (extent.rawsize == 0 || !lies_within(extent.dpa, extent.rawsize, device->data->size()))
      return {{}, Unreachable::outside};
    pieces.list.push_back(Piece::of(*device->data, extent.dpa, extent.rawsize));
  }
  return pieces;
}

/// The data of the devices in order of the arguments, seen as addresses from the lowest SPA base.
NamespaceData spa_linear(const LabelNamespace& ns, std::span<const DeviceImage> devices,
                         const LabelSet& set) {
  std::uint64_t lowest = ns.spa;
  for (const RegionState& region : set.regions)
    if (!region.inferred) lowest = std::min(lowest, region.description.spa_base);
  std::vector<Piece> all;
  std::uint32_t expected = 0;
  for (const DeviceImage& device : devices) {
    if (device.index != expected++) return unreachable(Unreachable::interleave_unknown);
    if (device.data) all.push_back(Piece::whole(*device.data));
  }
  auto memory = View::concatenation(all);
  if (!memory || !ns.region || ns.spa == 0 ||
      !lies_within(ns.spa - lowest, ns.size, (*memory)->size()))
    return unreachable(Unreachable::outside);
  // The concatenation is flattened into the slice, so it need not live on.
  return from_view(View::slice(**memory, ns.spa - lowest, ns.size));
}

/// Devices of a set by NFIT: lines of the interleave structures of its mappings, from the start of
/// the extent on. A label's dpa counts from the device, a mapping's lines from its DPA start.
NamespaceData by_nfit(const LabelNamespace& ns, std::span<const DeviceImage> devices,
                      const NfitReading* nfit) {
  if (nfit == nullptr || !ns.region || *ns.region >= nfit->interleaves.size())
    return unreachable(Unreachable::interleave_unknown);
  const RegionInterleave& interleave = nfit->interleaves[*ns.region];
  if (interleave.line_size == 0) return unreachable(Unreachable::interleave_unknown);
  std::vector<SharePiece> shares;
  for (const RegionShare& share : interleave.shares) {
    const DeviceImage* device = find_device(devices, share.device.value_or(~0U));
    Piece piece = Piece::missing(share.size);
    if (device != nullptr && device->data) {
      if (!lies_within(share.dpa_start, share.size, device->data->size()))
        return unreachable(Unreachable::outside);
      piece = Piece::of(*device->data, share.dpa_start, share.size);
    }
    shares.push_back({piece, {share.region_offset, share.line_offsets}});
  }
  auto region = View::interleaved(interleave.line_size, interleave.ways, shares);
  if (!region || ns.spa < interleave.spa_base) return unreachable(Unreachable::interleave_unknown);
  return from_view(View::slice(**region, ns.spa - interleave.spa_base, ns.size));
}

}  // namespace

NamespaceData namespace_data(const LabelNamespace& ns, std::span<const DeviceImage> devices,
                             const LabelSet& set, const NfitReading* nfit,
                             const SetInterleave& interleave) {
  if (!ns.complete() || ns.extents.empty()) return unreachable(Unreachable::incomplete);
  Pieces pieces = pieces_of(ns, devices);
  if (interleave.kind == SetInterleave::Kind::spa_linear && ns.spa != 0)
    return spa_linear(ns, devices, set);
  if (pieces.unreachable != Unreachable::reachable) return unreachable(pieces.unreachable);
  if (pieces.list.size() == 1 || ns.local) return from_view(View::concatenation(pieces.list));
  if (interleave.kind == SetInterleave::Kind::lines)
    return from_view(View::round_robin(interleave.line_size, pieces.list));
  return by_nfit(ns, devices, nfit);
}

}  // namespace ndmedic
