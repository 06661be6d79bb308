// SPDX-License-Identifier: BSD-3-Clause
// locate(): every kind of PLACE onto bytes. Geometry comes from media, so all arithmetic is
// checked and every answer lies within the media it names.
#include <ndmedic/image/place_map.h>

#include <algorithm>
#include <cstddef>
#include <string_view>
#include <vector>

#include <ndmedic/format/checked.h>
#include <ndmedic/format/cxl_label.h>
#include <ndmedic/format/label.h>
#include <ndmedic/format/label_format.h>
#include <ndmedic/format/label_index.h>
#include <ndmedic/format/nfit_read.h>
#include <ndmedic/format/pool_header.h>

namespace ndmedic {
namespace {

Error not_found(std::string_view what) { return {Errc::not_found, {}, what}; }

/// `count` items of `unit` bytes, from item `first`, at `base` in `media`.
Result<Target> bytes_at(const Media& media, Checked base, std::uint64_t first, std::uint64_t unit,
                        std::uint64_t count, const Structure* structure, std::string_view what) {
  const Checked begin = base + Checked(first) * unit;
  const Checked size = Checked(count) * unit;
  if (!(begin + size).ok()) return Error{Errc::out_of_range, {}, what};
  const Extent range{*begin.get(), *size.get()};
  if (!lies_within(range.offset, range.size, media.size()))
    return Error{Errc::out_of_range, range, what};
  return Target{&media, range, structure, range.offset, nullptr};
}

Result<Target> one_at(const Media& media, Checked at, const Structure& structure,
                      std::string_view what) {
  return bytes_at(media, at, 0, structure.size, 1, &structure, what);
}

bool has_device(const PlaceMap& map, std::uint32_t number) {
  return number < map.devices.size() && map.devices[number].whole != nullptr;
}

Result<const DevicePlaces*> choose_device(const PlaceMap& map, const Place& place) {
  if (place.device) {
    if (!has_device(map, *place.device)) return not_found("device");
    return &map.devices[*place.device];
  }
  if (map.devices.empty()) return not_found("device");
  if (map.devices.size() > 1) return not_found("device not unique");
  return &map.devices.front();
}

Result<const NamespacePlaces*> choose_namespace(const PlaceMap& map, const Place& place) {
  if (place.device && !has_device(map, *place.device)) return not_found("device");
  const NamespacePlaces* chosen = nullptr;
  if (const auto* index = std::get_if<std::uint32_t>(&place.ns)) {
    if (*index < map.namespaces.size()) chosen = &map.namespaces[*index];
  } else {
    const Guid& uuid = std::get<Guid>(place.ns);
    for (const NamespacePlaces& ns : map.namespaces) {
      if (ns.uuid != uuid) continue;
      if (chosen != nullptr) return not_found("namespace not unique");
      chosen = &ns;
    }
  }
  if (chosen == nullptr || chosen->media == nullptr) return not_found("namespace");
  return chosen;
}

/// EFI labels by slot size, CXL labels by the type uuid that heads them (labels.md 2.7).
Result<const Structure*> slot_structure(const DevicePlaces& device, std::uint64_t at) {
  if (device.geometry.slot_size == sizeof(Label128)) return &label128_structure;
  if (device.geometry.slot_size != sizeof(Label256)) return static_cast<const Structure*>(nullptr);
  if (device.label_major != 2) return &label256_structure;
  NDMEDIC_TRY(const Guid type, read_structure<Guid>(*device.labels, at));
  return &structure_of(cxl_label_format(type));
}

Result<Target> locate_slots(const DevicePlaces& device, const Place& place) {
  const LabelGeometry& geometry = device.geometry;
  if (place.first >= geometry.nslot) return not_found("slot");
  if (place.last < place.first || place.last >= geometry.nslot)
    return Error{Errc::out_of_range, {}, "slot"};
  const Checked label_off = Checked(geometry.index_size) * 2;
  NDMEDIC_TRY(Target target, bytes_at(*device.labels, label_off, place.first, geometry.slot_size,
                                      place.last - place.first + 1, nullptr, "slot"));
  if (place.first != place.last) return target;
  NDMEDIC_TRY(target.structure, slot_structure(device, target.range.offset));
  return target;
}

Result<Target> locate_label_area(const PlaceMap& map, const Place& place) {
  NDMEDIC_TRY(const DevicePlaces* device, choose_device(map, place));
  if (device->labels == nullptr || device->geometry.index_size == 0) return not_found("label area");
  if (place.kind == PlaceKind::slot) return locate_slots(*device, place);
  if (place.first > 1) return not_found("index block");
  return bytes_at(*device->labels, 0, place.first, device->geometry.index_size, 1,
                  &index_block_structure, "index block");
}

Result<Target> locate_in_arena(const NamespacePlaces& ns, const ArenaPlaces& arena,
                               const Place& place) {
  const Media& media = *ns.media;
  const ArenaGeometry& geometry = arena.geometry;
  const Checked start(arena.offset);
  const std::uint64_t count = place.last - place.first + 1;
  const bool info = place.kind == PlaceKind::info || place.kind == PlaceKind::backup;
  if (!arena.known && !info) return not_found("usable info block of the arena");
  switch (place.kind) {
    case PlaceKind::info:
      return one_at(media, start, info_block_structure, "info block");
    case PlaceKind::backup:
      return one_at(media, start + geometry.infooff, info_block_structure, "backup info block");
    case PlaceKind::flog:
    case PlaceKind::flog_entry: {
      if (place.first >= geometry.nfree) return not_found("lane");
      const Checked flog = start + geometry.flogoff;
      if (place.kind == PlaceKind::flog)
        return bytes_at(media, flog, place.first, flog_group_size, 1, nullptr, "flog");
      const std::uint64_t slot =
          slot_index(arena.layout, place.entry_b ? FlogSlot::b : FlogSlot::a);
      return one_at(media, flog + Checked(place.first) * flog_group_size + slot * sizeof(FlogEntry),
                    flog_entry_structure, "flog");
    }
    case PlaceKind::map:
      if (place.last < place.first || place.last >= geometry.external_nlba)
        return Error{Errc::out_of_range, {}, "map"};
      return bytes_at(media, start + geometry.mapoff, place.first, map_entry_size, count, nullptr,
                      "map");
    default:
      if (place.last < place.first || place.last >= geometry.internal_nlba)
        return Error{Errc::out_of_range, {}, "block"};
      return bytes_at(media, start + geometry.dataoff, place.first, geometry.internal_lbasize,
                      count, nullptr, "block");
  }
}

Result<Target> locate_namespace(const PlaceMap& map, const Place& place) {
  NDMEDIC_TRY(const NamespacePlaces* ns, choose_namespace(map, place));
  if (place.kind == PlaceKind::ns_info) {
    if (ns->info == nullptr) return not_found("info block");
    return one_at(*ns->media, ns->info_offset, *ns->info, "info block");
  }
  if (place.kind == PlaceKind::ns_backup) {
    if (ns->arenas.empty()) return not_found("backup info block");
    Place backup = place;
    backup.kind = PlaceKind::backup;
    return locate_in_arena(*ns, ns->arenas.back(), backup);
  }
  if (place.arena >= ns->arenas.size()) return not_found("arena");
  return locate_in_arena(*ns, ns->arenas[place.arena], place);
}

Result<Target> locate_pool(const PlaceMap& map, const Place& place) {
  NDMEDIC_TRY(const DevicePlaces* device, choose_device(map, place));
  if (!device->pool || device->whole == nullptr) return not_found("pool");
  if (place.kind == PlaceKind::pool_header)
    return one_at(*device->whole, 0, pool_header_structure, "pool header");
  return one_at(*device->whole, pool_header_structure.size, blk_descriptor_structure,
                "pool descriptor");
}

/// A table cannot be walked backwards or by index, so it is read whole, up to this size.
constexpr std::uint64_t nfit_bytes_max = std::uint64_t{1} << 24;

Result<Target> locate_nfit_structure(const Media& media, NfitForm form, std::uint64_t number) {
  std::vector<std::byte> table(
      static_cast<std::size_t>(std::min<std::uint64_t>(media.size(), nfit_bytes_max)));
  NDMEDIC_CHECK(media.read(0, table));
  NfitWalk walk(table, form);
  while (const auto item = walk.next()) {
    if (item->number != number) continue;
    return bytes_at(media, item->offset, 0, item->length, 1,
                    &nfit_structure(item->type, item->length), "NFIT structure");
  }
  return not_found("NFIT structure");
}

Result<Target> locate_nfit(const PlaceMap& map, const Place& place) {
  NDMEDIC_TRY(const DevicePlaces* device, choose_device(map, place));
  if (device->nfit == nullptr) return not_found("NFIT");
  if (!place.nfit_header)
    return locate_nfit_structure(
        *device->nfit, device->nfit_header ? NfitForm::table : NfitForm::fit_buffer, place.first);
  if (!device->nfit_header) return not_found("NFIT header");
  return one_at(*device->nfit, 0, nfit_header_structure, "NFIT header");
}

Result<Target> locate_range(const PlaceMap& map, const Place& place) {
  NDMEDIC_TRY(const DevicePlaces* device, choose_device(map, place));
  if (device->whole == nullptr) return not_found("device");
  return bytes_at(*device->whole, place.first, 0, place.last, 1, nullptr, "range");
}

Result<Target> locate_structure(const PlaceMap& map, const Place& place) {
  switch (place.kind) {
    case PlaceKind::range:
      return locate_range(map, place);
    case PlaceKind::index:
    case PlaceKind::slot:
      return locate_label_area(map, place);
    case PlaceKind::ns_info:
    case PlaceKind::ns_backup:
    case PlaceKind::info:
    case PlaceKind::backup:
    case PlaceKind::flog:
    case PlaceKind::flog_entry:
    case PlaceKind::map:
    case PlaceKind::block:
      return locate_namespace(map, place);
    case PlaceKind::pool_header:
    case PlaceKind::pool_desc:
      return locate_pool(map, place);
    case PlaceKind::nfit:
      return locate_nfit(map, place);
    case PlaceKind::device:
    case PlaceKind::labels:
    case PlaceKind::ns:
    case PlaceKind::arena:
      break;
  }
  return Error{Errc::wrong_kind, {}, "place names no bytes"};
}

}  // namespace

Result<Target> locate(const PlaceMap& map, const Place& place) {
  NDMEDIC_TRY(Target target, locate_structure(map, place));
  if (place.field.empty()) return target;
  if (target.structure == nullptr) return not_found("field");
  target.field = find_field(target.structure->fields, place.field);
  if (target.field == nullptr) return not_found("field");
  const Extent field{target.field->offset, target.field->size};
  if (!lies_within(field.offset, field.size, target.range.size)) return not_found("field");
  target.range = {target.structure_offset + field.offset, field.size};
  return target;
}

}  // namespace ndmedic
