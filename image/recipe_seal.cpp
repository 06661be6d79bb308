// SPDX-License-Identifier: BSD-3-Clause
// The statement `seal`: the checksum of every structure that the places of a recipe name. What is
// all 0x00 or all 0xFF is no structure and stays as it is.
#include <cstddef>

#include <ndmedic/image/recipe_state.h>
#include <ndmedic/image/structure_seal.h>

namespace ndmedic {
namespace {

Status seal_place(RecipeState& state, const Place& place) {
  const Result<Target> target = locate(state.places(), place);
  if (!target || target->structure == nullptr) return {};
  return seal_structure(*state.writable(target->media), *target);
}

Place place_of(PlaceKind kind, std::size_t device_or_ns, std::uint64_t number) {
  Place place;
  place.kind = kind;
  if (kind == PlaceKind::index || kind == PlaceKind::slot || kind == PlaceKind::pool_header)
    place.device = static_cast<std::uint32_t>(device_or_ns);
  else
    place.ns = static_cast<std::uint32_t>(device_or_ns);
  if (kind == PlaceKind::info || kind == PlaceKind::backup)
    place.arena = static_cast<std::uint32_t>(number);
  else
    place.first = place.last = number;
  return place;
}

/// Slots in holes are skipped by the run, as an area can have a million of them.
Status seal_slots(RecipeState& state, std::size_t number, const DevicePlaces& device) {
  const LabelGeometry& geometry = device.geometry;
  for (std::uint32_t slot = 0; slot < geometry.nslot; ++slot) {
    const std::uint64_t at = geometry.slot_off(slot);
    if (at + geometry.slot_size > device.labels->size()) break;
    NDMEDIC_TRY(const ExtentRun run, device.labels->run_at(at, device.labels->size()));
    if (run.kind == ExtentKind::zero && run.range.size >= geometry.slot_size) {
      slot += static_cast<std::uint32_t>(run.range.size / geometry.slot_size - 1);
      continue;
    }
    NDMEDIC_CHECK(seal_place(state, place_of(PlaceKind::slot, number, slot)));
  }
  return {};
}

Status seal_device(RecipeState& state, std::size_t number, const DevicePlaces& device) {
  if (device.pool) NDMEDIC_CHECK(seal_place(state, place_of(PlaceKind::pool_header, number, 0)));
  if (device.nfit != nullptr && device.nfit_header)
    NDMEDIC_CHECK(seal_nfit(*state.writable(device.nfit)));
  if (device.labels == nullptr) return {};
  for (unsigned block = 0; block < 2; ++block)
    NDMEDIC_CHECK(seal_place(state, place_of(PlaceKind::index, number, block)));
  return seal_slots(state, number, device);
}

Status seal_namespace(RecipeState& state, std::size_t number, const NamespacePlaces& ns) {
  if (ns.arenas.empty()) return seal_place(state, place_of(PlaceKind::ns_info, number, 0));
  for (std::size_t arena = 0; arena < ns.arenas.size(); ++arena) {
    NDMEDIC_CHECK(seal_place(state, place_of(PlaceKind::info, number, arena)));
    NDMEDIC_CHECK(seal_place(state, place_of(PlaceKind::backup, number, arena)));
  }
  return {};
}

}  // namespace

Status seal(RecipeState& state) {
  const PlaceMap& places = state.places();
  for (std::size_t i = 0; i < places.devices.size(); ++i)
    NDMEDIC_CHECK(seal_device(state, i, places.devices[i]));
  for (std::size_t i = 0; i < places.namespaces.size(); ++i)
    NDMEDIC_CHECK(seal_namespace(state, i, places.namespaces[i]));
  return {};
}

}  // namespace ndmedic
