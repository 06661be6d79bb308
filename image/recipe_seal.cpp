// SPDX-License-Identifier: BSD-3-Clause
// The statement `seal`: the checksum of every structure that the places of a recipe name. What is
// all 0x00 or all 0xFF is no structure and stays as it is.
#include <algorithm>
#include <cstddef>
#include <vector>

#include <ndmedic/format/byte_runs.h>
#include <ndmedic/format/codec.h>
#include <ndmedic/format/nfit_read.h>
#include <ndmedic/format/structure_checksum.h>
#include <ndmedic/image/recipe_state.h>

namespace ndmedic {
namespace {

bool is_blank(std::span<const std::byte> bytes) {
  return all_zero(bytes) || run_length(bytes, std::byte{0xFF}) == bytes.size();
}

void set_checksum(const Structure& structure, std::span<std::byte> bytes) {
  const auto sum = structure_checksum(structure, bytes);
  if (sum) encode(Le64(*sum), bytes.subspan(checksum_field(structure)->offset));
}

Status seal_place(RecipeState& state, const Place& place) {
  const Result<Target> target = locate(state.places(), place);
  if (!target || target->structure == nullptr) return {};
  std::vector<std::byte> bytes(static_cast<std::size_t>(target->range.size));
  NDMEDIC_CHECK(target->media->read(target->range.offset, bytes));
  if (is_blank(bytes)) return {};
  set_checksum(*target->structure, bytes);
  return state.writable(target->media)->write(target->range.offset, bytes);
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

Status seal_nfit(RecipeState& state, const DevicePlaces& device) {
  if (!device.nfit_header) return {};
  std::vector<std::byte> table(static_cast<std::size_t>(device.nfit->size()));
  NDMEDIC_CHECK(device.nfit->read(0, table));
  if (table.size() < sizeof(NfitHeader) || is_blank(table)) return {};
  auto header = decode<NfitHeader>(table);
  const std::size_t length = std::min<std::size_t>(header.length.value(), table.size());
  if (length < sizeof(NfitHeader)) return {};
  header.checksum = nfit_checksum(std::span(table).first(length));
  return state.writable(device.nfit)->write(0, bytes_of(header));
}

Status seal_device(RecipeState& state, std::size_t number, const DevicePlaces& device) {
  if (device.pool) NDMEDIC_CHECK(seal_place(state, place_of(PlaceKind::pool_header, number, 0)));
  if (device.nfit != nullptr) NDMEDIC_CHECK(seal_nfit(state, device));
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
