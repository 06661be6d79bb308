// SPDX-License-Identifier: BSD-3-Clause
// Change lines of recipes: set, bytes, zero, mark, write, seal, unsealed, cut, grow.
#include <algorithm>
#include <array>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <ndmedic/format/codec.h>
#include <ndmedic/image/build_labels.h>
#include <ndmedic/image/place_value.h>
#include <ndmedic/image/recipe_state.h>

namespace ndmedic {
namespace {

Error invalid(std::string_view what) { return {Errc::invalid, {}, what}; }

Status store(RecipeState& state, const Target& target, std::span<const std::byte> bytes) {
  return state.writable(target.media)->write(target.range.offset, bytes);
}

using Bytes = PlaceBytes;

Result<Bytes> place_value(RecipeState& state, WordReader& words, std::size_t size) {
  NDMEDIC_TRY(const Place place, words.place());
  NDMEDIC_TRY(const Target source, locate(state.places(), place));
  if (source.range.size != size) return invalid("a place of the same size");
  Bytes bytes(size);
  NDMEDIC_CHECK(source.media->read(source.range.offset, bytes));
  return bytes;
}

Result<Bytes> uuid_value(WordReader& words, const Target& target) {
  const bool efi = target.field != nullptr && target.field->kind == FieldKind::guid;
  if (target.range.size != sizeof(Guid)) return invalid("a value other than a uuid");
  NDMEDIC_TRY(const Guid guid, words.uuid(efi ? GuidOrder::efi : GuidOrder::text));
  const auto bytes = bytes_of(guid);
  return Bytes(bytes.begin(), bytes.end());
}

Result<Bytes> set_value(RecipeState& state, WordReader& words, const Place& place,
                        const Target& target) {
  const auto size = static_cast<std::size_t>(target.range.size);
  if (words.peek_quoted()) {
    NDMEDIC_TRY(const std::string_view text, words.word("a value"));
    return text_value(text, size);
  }
  if (words.peek().find_first_of("/@") != std::string_view::npos)
    return place_value(state, words, size);
  if (words.peek().find('-') != std::string_view::npos) return uuid_value(words, target);
  NDMEDIC_TRY(const std::uint64_t number,
              words.number(0, UINT64_MAX, "a number, a text, a uuid or a place"));
  return place.kind == PlaceKind::map ? map_value(number, size) : number_value(number, size);
}

Status set(RecipeState& state, WordReader& words) {
  NDMEDIC_TRY(const Place place, words.place());
  NDMEDIC_TRY(const Target target, locate(state.places(), place));
  if (target.range.size > recipe_bytes_max) return Error{Errc::too_large, {}, "size of the place"};
  NDMEDIC_CHECK(words.equals_sign());
  NDMEDIC_TRY(const Bytes value, set_value(state, words, place, target));
  return store(state, target, value);
}

/// Like place(), but a range may lack its length: then it is 0, and any number of bytes fits.
Result<Place> open_place(WordReader& words) {
  const std::string_view text = words.peek();
  if (!text.contains('@') || text.contains('+')) return words.place();
  NDMEDIC_TRY(Place place, parse_place(std::string(text) + "+0"));
  NDMEDIC_TRY([[maybe_unused]] const auto taken, words.word("a place"));
  return place;
}

Result<Bytes> hex_words(WordReader& words) {
  Bytes bytes;
  while (!words.done()) {
    NDMEDIC_TRY(const std::string_view word, words.word("bytes"));
    NDMEDIC_TRY(const Bytes part, hex_value(word));
    bytes.insert(bytes.end(), part.begin(), part.end());
  }
  return bytes;
}

Status bytes(RecipeState& state, WordReader& words) {
  NDMEDIC_TRY(const Place place, open_place(words));
  NDMEDIC_TRY(const Target target, locate(state.places(), place));
  NDMEDIC_CHECK(words.equals_sign());
  NDMEDIC_TRY(const Bytes value, hex_words(words));
  if (target.range.size != 0 && value.size() > target.range.size)
    return invalid("no more bytes than the place has");
  return store(state, target, value);
}

Status zero(RecipeState& state, WordReader& words) {
  NDMEDIC_TRY(const Place place, words.place());
  NDMEDIC_TRY(const Target target, locate(state.places(), place));
  const std::array<std::byte, 4096> zeros{};
  const std::uint64_t end = target.range.offset + target.range.size;
  for (std::uint64_t at = target.range.offset; at < end;) {
    NDMEDIC_TRY(const ExtentRun run, target.media->run_at(at, end));
    const std::uint64_t run_end = run.range.offset + run.range.size;
    if (run.kind == ExtentKind::zero) {
      at = run_end;
      continue;
    }
    const auto part = static_cast<std::size_t>(std::min<std::uint64_t>(run_end - at, zeros.size()));
    NDMEDIC_CHECK(state.writable(target.media)->write(at, std::span(zeros).first(part)));
    at += part;
  }
  return {};
}

Status mark(RecipeState& state, WordReader& words) {
  NDMEDIC_TRY(const Place place, words.place());
  if (place.kind != PlaceKind::slot || !place.field.empty()) return invalid("labels/slot/K");
  NDMEDIC_TRY(const Target target, locate(state.places(), place));
  const bool free = words.accept("free");
  if (!free && !words.accept("used")) return invalid("used or free");
  const bool second = words.accept("index1");
  const bool first = !second && words.accept("index0");
  for (const DevicePlaces& device : state.places().devices) {
    if (device.labels != target.media) continue;
    Media& area = *state.writable(target.media);
    const SlotIndex slot{static_cast<std::uint32_t>(place.first)};
    if (!second) NDMEDIC_CHECK(mark_slot(area, device.geometry, 0, slot, free));
    if (!first) NDMEDIC_CHECK(mark_slot(area, device.geometry, 1, slot, free));
  }
  return {};
}

Status write(RecipeState& state, WordReader& words) {
  BuiltWrite request;
  std::uint32_t ns = 0;
  NDMEDIC_TRY(request.lba, words.number(0, UINT64_MAX, "an LBA"));
  while (!words.done()) {
    if (words.accept("ns")) {
      NDMEDIC_TRY(ns, words.number32(0, UINT32_MAX, "a namespace"));
    } else if (words.accept("lane")) {
      NDMEDIC_TRY(request.lane, words.number32(0, UINT32_MAX, "a lane"));
    } else if (words.accept("fill")) {
      NDMEDIC_TRY(const std::uint32_t fill, words.number32(0, 255, "a byte"));
      request.fill = static_cast<std::byte>(fill);
    } else if (words.accept("half")) {
      request.stop = WriteStop::half;
    } else if (words.accept("pending")) {
      request.stop = WriteStop::flog;
    } else {
      return words.unexpected();
    }
  }
  if (ns >= state.namespace_count()) return Error{Errc::not_found, {}, "namespace"};
  const NamespacePlaces& places = state.namespace_places(ns);
  for (const ArenaPlaces& arena : places.arenas)
    if (arena.geometry.external_lbasize > recipe_bytes_max)
      return Error{Errc::too_large, {}, "size of the sector"};
  return build_write(*state.writable(places.media), places.arenas, request, state.container_of(ns));
}

/// `cut` and `grow` are carried out at the end, when nothing else refers to the old medium.
Status resize(RecipeState& state, WordReader& words, bool cut) {
  std::uint32_t device = 0;
  if (words.peek().starts_with('d')) {
    const auto number = parse_quantity(words.peek().substr(1));
    if (!number || *number >= state.places().devices.size())
      return Error{Errc::not_found, {}, "device"};
    device = static_cast<std::uint32_t>(*number);
    NDMEDIC_TRY([[maybe_unused]] const auto taken, words.word("a device"));
  } else if (state.places().devices.size() != 1) {
    return Error{Errc::not_found, {}, "device not unique"};
  }
  NDMEDIC_TRY(const std::uint64_t size, words.number(0, UINT64_MAX, "a size"));
  const std::uint64_t old = state.device(device).size();
  if (cut ? size > old : size < old) return invalid(cut ? "a smaller size" : "a larger size");
  state.resize_later(device, size);
  return {};
}

}  // namespace

std::optional<Status> run_change_statement(RecipeState& state, WordReader& words) {
  if (words.accept("set")) return set(state, words);
  if (words.accept("bytes")) return bytes(state, words);
  if (words.accept("zero")) return zero(state, words);
  if (words.accept("mark")) return mark(state, words);
  if (words.accept("write")) return write(state, words);
  if (words.accept("seal")) return seal(state);
  if (words.accept("unsealed")) return state.leave_unsealed(), Status{};
  if (words.accept("cut")) return resize(state, words, true);
  if (words.accept("grow")) return resize(state, words, false);
  return std::nullopt;
}

}  // namespace ndmedic
