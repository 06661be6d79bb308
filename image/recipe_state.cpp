// SPDX-License-Identifier: BSD-3-Clause
// Devices and views of a recipe. A cut or grown device is a new medium, since a medium's size is
// constant; the views that places refer to are then built anew over what is left.
#include <ndmedic/image/recipe_state.h>

#include <algorithm>
#include <array>
#include <utility>

namespace ndmedic {
namespace {

constexpr std::uint64_t device_size_max = std::uint64_t{1} << 56;
constexpr std::uint64_t copy_window = std::uint64_t{1} << 20;

Status copy_data(const Media& from, Media& to, std::uint64_t size) {
  std::vector<std::byte> window(static_cast<std::size_t>(std::min(size, copy_window)));
  Status copied;
  auto copy_run = [&](const ExtentRun& run) {
    if (run.kind == ExtentKind::zero) return true;
    for (std::uint64_t done = 0; copied && done < run.range.size;) {
      const std::uint64_t at = run.range.offset + done;
      const std::size_t part =
          static_cast<std::size_t>(std::min<std::uint64_t>(run.range.size - done, window.size()));
      const std::span bytes = std::span(window).first(part);
      copied = from.read(at, bytes);
      if (copied) copied = to.write(at, bytes);
      done += part;
    }
    return copied.has_value();
  };
  NDMEDIC_CHECK(for_each_run(from, {0, size}, copy_run));
  return copied;
}

}  // namespace

Result<std::uint32_t> RecipeState::add_device(std::uint64_t size) {
  if (made_.devices.size() >= recipe_devices_max)
    return Error{Errc::too_large, {}, "more devices than a recipe may have"};
  if (size > device_size_max) return Error{Errc::too_large, {}, "size of the device"};
  made_.devices.push_back(std::make_unique<SparseMedia>(size));
  DevicePlaces places;
  places.whole = made_.devices.back().get();
  made_.places.devices.push_back(places);
  return static_cast<std::uint32_t>(made_.devices.size() - 1);
}

Result<std::unique_ptr<View>> RecipeState::make_view(const PlannedView& plan) {
  std::vector<Piece> pieces;
  for (const RecipePiece& piece : plan.pieces)
    pieces.push_back(Piece::of(device(piece.device), piece.range.offset, piece.range.size));
  if (pieces.size() == 1) return View::concatenation(pieces);
  return View::round_robin(plan.turn, pieces);
}

Result<View*> RecipeState::add_view(std::vector<RecipePiece> pieces, std::uint32_t turn) {
  PlannedView plan{std::move(pieces), turn};
  NDMEDIC_TRY(std::unique_ptr<View> view, make_view(plan));
  made_.views.push_back(std::move(view));
  plans_.push_back(std::move(plan));
  return made_.views.back().get();
}

void RecipeState::add_namespace(NamespacePlaces places, BttContainer container) {
  made_.places.namespaces.push_back(std::move(places));
  containers_.push_back(container);
}

RecipeState::Uuids RecipeState::next_uuids() {
  ++uuids_made_;
  Guid uuid{};
  uuid.bytes[6] = 0x40;
  for (unsigned i = 0; i < 4; ++i)
    uuid.bytes[15 - i] = static_cast<std::uint8_t>(uuids_made_ >> 8 * i);
  Uuids uuids{uuid, uuid};
  uuids.identity.bytes[8] = 0x80;
  uuids.content.bytes[8] = 0x90;
  return uuids;
}

Media* RecipeState::writable(const Media* media) {
  for (const auto& device : made_.devices)
    if (device.get() == media) return device.get();
  for (const auto& view : made_.views)
    if (view.get() == media) return view.get();
  return nullptr;
}

Status RecipeState::resize(const Resize& resize) {
  auto& device = made_.devices[resize.device];
  if (resize.size > device_size_max) return Error{Errc::too_large, {}, "size of the device"};
  auto resized = std::make_unique<SparseMedia>(resize.size);
  NDMEDIC_CHECK(copy_data(*device, *resized, std::min(device->size(), resize.size)));
  DevicePlaces& places = made_.places.devices[resize.device];
  places.whole = resized.get();
  if (places.nfit != nullptr) places.nfit = resized.get();
  for (NamespacePlaces& ns : made_.places.namespaces)
    if (ns.media == device.get()) ns.media = resized.get();
  device = std::move(resized);
  return {};
}

Status RecipeState::rebuild_views() {
  for (std::size_t i = 0; i < made_.views.size(); ++i) {
    PlannedView plan = plans_[i];
    bool whole = true;
    for (RecipePiece& piece : plan.pieces) {
      const std::uint64_t end = device(piece.device).size();
      const std::uint64_t left = end - std::min(end, piece.range.offset);
      whole = whole && left >= piece.range.size;
      piece.range.size = std::min(piece.range.size, left);
    }
    const bool usable = whole || (plan.pieces.size() == 1 && plan.pieces.front().range.size > 0);
    std::unique_ptr<View> view;
    if (usable) {
      NDMEDIC_TRY(view, make_view(plan));
    }
    const Media* const old = made_.views[i].get();
    for (DevicePlaces& places : made_.places.devices)
      if (places.labels == old) places.labels = whole ? view.get() : nullptr;
    for (NamespacePlaces& ns : made_.places.namespaces)
      if (ns.media == old) ns.media = view.get();
    made_.views[i] = std::move(view);
  }
  std::erase(made_.views, nullptr);
  return {};
}

Result<RecipeMedia> RecipeState::finish() {
  for (const Resize& one : resizes_) NDMEDIC_CHECK(resize(one));
  if (!resizes_.empty()) NDMEDIC_CHECK(rebuild_views());
  return std::move(made_);
}

}  // namespace ndmedic
