// SPDX-License-Identifier: BSD-3-Clause
// The PlaceMap of an opened image.
#include <ndmedic/image/image.h>

namespace ndmedic {
namespace {

DevicePlaces places_of(const DeviceImage& device) {
  DevicePlaces places;
  places.whole = device.whole.get();
  places.pool = device.kind == DeviceKind::pool;
  if (places.pool && device.data) places.whole = device.data.get();
  if (device.kind == DeviceKind::nfit) places.nfit = device.whole.get();
  if (device.nfit) places.nfit_header = device.nfit->with_header;
  if (device.labels && device.area) {
    const LabelLayout& layout = device.area->layout;
    places.labels = device.labels.get();
    places.geometry = {device.labels->size(), layout.slot_size, layout.index_size, layout.nslot};
    places.label_major = device.area->major;
  }
  return places;
}

const Structure* info_structure(const NamespaceImage& ns) {
  if (ns.btt) return &info_block_structure;
  if (ns.pfn) return &pfn_info_structure;
  return nullptr;
}

/// An arena that was lost keeps its number; its info blocks are where the container's size puts
/// them (GE-1).
ArenaPlaces places_of(const ArenaPlace& place) {
  if (place.arena) return {place.start.value, place.arena->geometry, {}, true};
  ArenaPlaces lost{place.start.value, {}, {}, false};
  lost.geometry.infooff = place.backup.place.value - place.start.value;
  return lost;
}

NamespacePlaces places_of(const NamespaceImage& ns) {
  NamespacePlaces places;
  places.uuid = ns.uuid;
  places.media = ns.media.get();
  places.info = info_structure(ns);
  if (ns.pfn) places.info_offset = ns.pfn->offset;
  if (!ns.btt) return places;
  places.info_offset = ns.btt->chain.initial_offset.value;
  for (const ArenaPlace& place : ns.btt->chain.places) places.arenas.push_back(places_of(place));
  for (const ArenaImage& image : ns.btt->arenas)
    places.arenas[image.place].layout = image.lanes.layout.layout.value_or(FlogLayout::slots_0_1);
  return places;
}

}  // namespace

PlaceMap place_map(const ImageTree& tree) {
  PlaceMap map;
  for (const DeviceImage& device : tree.devices) {
    map.devices.resize(device.index + std::size_t{1});
    map.devices.back() = places_of(device);
  }
  for (const NamespaceImage& ns : tree.namespaces) map.namespaces.push_back(places_of(ns));
  return map;
}

}  // namespace ndmedic
