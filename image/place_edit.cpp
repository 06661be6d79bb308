// SPDX-License-Identifier: BSD-3-Clause
#include <ndmedic/image/place_edit.h>

#include <algorithm>
#include <optional>
#include <span>
#include <string>

#include <ndmedic/format/byte_runs.h>
#include <ndmedic/format/nfit.h>
#include <ndmedic/image/structure_seal.h>

namespace ndmedic {
namespace {

/// The info block that ns/SEL/info and ns/SEL/backup mean, by its arena.
Place by_arena(Place place, const PlaceMap& map) {
  const auto* const number = std::get_if<std::uint32_t>(&place.ns);
  const NamespacePlaces* ns = nullptr;
  for (std::size_t i = 0; i < map.namespaces.size(); ++i)
    if (number != nullptr ? i == *number : map.namespaces[i].uuid == std::get<Guid>(place.ns))
      ns = &map.namespaces[i];
  if (ns == nullptr || ns->arenas.empty()) return place;
  if (place.kind == PlaceKind::ns_info) {
    place.kind = PlaceKind::info;
    place.arena = 0;
  } else if (place.kind == PlaceKind::ns_backup) {
    place.kind = PlaceKind::backup;
    place.arena = static_cast<std::uint32_t>(ns->arenas.size() - 1);
  }
  return place;
}

/// Where the same info block stands a second time (btt.md 2.3), or none.
std::optional<Place> copy_of(Place place) {
  if (place.kind != PlaceKind::info && place.kind != PlaceKind::backup) return std::nullopt;
  place.kind = place.kind == PlaceKind::info ? PlaceKind::backup : PlaceKind::info;
  return place;
}

void put(EditedPlace& edited, const Target& part, const PlaceBytes& value) {
  const auto at = static_cast<std::ptrdiff_t>(part.range.offset - edited.target.range.offset);
  std::ranges::copy(value, edited.after.begin() + at);
}

/// The next run of units that differ, from byte `from` on, as a part of the range that begins at
/// `start`: units are the aligned 8 bytes that media write whole (PM-2). Of no bytes when there is
/// none.
Extent next_difference(std::uint64_t start, const PlaceBytes& now, const PlaceBytes& after,
                       std::size_t from) {
  constexpr std::uint64_t unit = 8;
  const std::size_t size = after.size();
  const auto unit_end = [&](std::size_t at) {
    return std::min<std::size_t>(size, at + unit - (start + at) % unit);
  };
  const auto differs = [&](std::size_t at) {
    const std::size_t length = unit_end(at) - at;
    return !std::ranges::equal(std::span(now).subspan(at, length),
                               std::span(after).subspan(at, length));
  };
  while (from < size && !differs(from)) from = unit_end(from);
  std::size_t end = from;
  while (end < size && differs(end)) end = unit_end(end);
  return {from, end - from};
}

bool overlap(const Extent& a, const Extent& b) {
  return a.offset < b.offset + b.size && b.offset < a.offset + a.size;
}

}  // namespace

Media* writable_media(const ImageTree& tree, const Media* media) {
  for (const DeviceImage& device : tree.devices)
    for (Media* const one : {device.whole.get(), device.labels.get(), device.data.get()})
      if (one == media) return one;
  for (const NamespaceImage& ns : tree.namespaces)
    if (ns.media.get() == media) return ns.media.get();
  return nullptr;
}

PlaceEdit::PlaceEdit(ImageTree& tree, EditMode mode)
    : tree_(tree), mode_(mode), places_(place_map(tree)) {}

Result<EditedPlace*> PlaceEdit::open(const Place& whole) {
  NDMEDIC_TRY(const Target target, locate(places_, whole));
  for (EditedPlace& edited : edited_)
    if (edited.target.media == target.media && overlap(edited.target.range, target.range))
      return edited.target.range == target.range ? Result<EditedPlace*>(&edited)
                                                 : Error{Errc::invalid, target.range, "overlap"};
  EditedPlace edited{whole, target, PlaceBytes(static_cast<std::size_t>(target.range.size)), {}};
  NDMEDIC_CHECK(target.media->read(target.range.offset, edited.before));
  edited.after = edited.before;
  const bool sealed =
      target.structure == nullptr || checksum_is_right(*target.structure, edited.before);
  if (!sealed && mode_ == EditMode::careful) return Error{Errc::damaged, target.range, "checksum"};
  edited_.push_back(std::move(edited));
  return &edited_.back();
}

Status PlaceEdit::change(const Place& place, const PlaceBytes& value) {
  Place whole = by_arena(place, places_);
  NDMEDIC_TRY(const Target target, locate(places_, whole));
  if (value.size() != target.range.size) return Error{Errc::invalid, {}, "size of the value"};
  const bool checksum = target.field != nullptr && target.field->kind == FieldKind::checksum;
  if (checksum && mode_ != EditMode::raw) return Error{Errc::invalid, {}, "checksum"};
  // A raw change is of its own bytes alone; so may the rest of the structure be unreadable.
  if (mode_ == EditMode::raw) {
    NDMEDIC_TRY(EditedPlace* const edited, open(place));
    put(*edited, target, value);
    return {};
  }
  whole.field.clear();
  NDMEDIC_TRY(EditedPlace* const edited, open(whole));
  put(*edited, target, value);
  return change_copy(whole, target, value);
}

Status PlaceEdit::change_copy(const Place& whole, const Target& target, const PlaceBytes& value) {
  const auto place = copy_of(whole);
  if (!place) return {};
  if (std::ranges::find(left_alone_, *place) != left_alone_.end()) return {};
  const auto copy = locate(places_, *place);
  PlaceBytes bytes(copy ? static_cast<std::size_t>(copy->range.size) : 0);
  if (!copy || !copy->media->read(copy->range.offset, bytes) ||
      !checksum_is_right(*copy->structure, bytes)) {
    left_alone_.push_back(*place);
    return {};
  }
  NDMEDIC_TRY(EditedPlace* const edited, open(*place));
  Target same = target;
  same.range.offset = edited->target.range.offset + target.range.offset - target.structure_offset;
  put(*edited, same, value);
  return {};
}

Status PlaceEdit::write(const std::function<void(std::string_view)>& stage) {
  for (EditedPlace& edited : edited_) {
    if (stage) stage(to_string(edited.place));
    NDMEDIC_CHECK(write_one(edited));
  }
  return mode_ == EditMode::raw ? Status() : write_nfit_headers();
}

Status PlaceEdit::write_one(EditedPlace& edited) {
  if (mode_ != EditMode::raw && edited.target.structure != nullptr && !is_blank(edited.after))
    set_checksum(*edited.target.structure, edited.after);
  Media* const media = writable_media(tree_, edited.target.media);
  if (media == nullptr) return Error{Errc::read_only, edited.target.range, {}};
  // Against what stands there now: another change can have been to the same bytes of a device.
  const std::uint64_t start = edited.target.range.offset;
  PlaceBytes now(edited.after.size());
  NDMEDIC_CHECK(media->read(start, now));
  Extent part = next_difference(start, now, edited.after, 0);
  for (; part.size > 0; part = next_difference(start, now, edited.after, part.offset + part.size)) {
    const Extent range{start + part.offset, part.size};
    NDMEDIC_CHECK(
        media->write(range.offset, std::span(edited.after).subspan(part.offset, part.size)));
    NDMEDIC_CHECK(media->flush(range));
  }
  return media->fence();
}

/// The header holds the sum over the whole table.
Status PlaceEdit::write_nfit_headers() {
  for (std::size_t i = 0; i < places_.devices.size(); ++i) {
    const DevicePlaces& device = places_.devices[i];
    const auto of_table = [&](const EditedPlace& edited) {
      return edited.target.media == device.nfit && edited.place.kind == PlaceKind::nfit;
    };
    if (!device.nfit_header || std::ranges::none_of(edited_, of_table)) continue;
    Place header;
    header.kind = PlaceKind::nfit;
    header.nfit_header = true;
    header.device = static_cast<std::uint32_t>(i);
    NDMEDIC_TRY(EditedPlace* const edited, open(header));
    NDMEDIC_CHECK(seal_nfit(*writable_media(tree_, device.nfit)));
    NDMEDIC_CHECK(device.nfit->read(edited->target.range.offset, edited->after));
    NDMEDIC_CHECK(writable_media(tree_, device.nfit)->flush(edited->target.range));
    NDMEDIC_CHECK(writable_media(tree_, device.nfit)->fence());
  }
  return {};
}

}  // namespace ndmedic
