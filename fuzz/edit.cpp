// SPDX-License-Identifier: BSD-3-Clause
// PLACE=value lines and the editing of places. Contract: a value that is read has the size of its
// place; an edit gives the place that value; what it changes lies in the structures that it tells
// of; and no checksum that was right is wrong behind it, unless the edit is raw (a first line
// "raw"). The input is the text.
#include <ndmedic/format/byte_runs.h>
#include <ndmedic/image/place_edit.h>

#include <algorithm>

#include <ndmedic/image/recipe.h>
#include <ndmedic/image/structure_seal.h>
#include <ndmedic/media/plan.h>
#include <ndmedic/media/view.h>

#include "fuzz/harness.h"

using namespace ndmedic;

namespace {

constexpr std::size_t lines_max = 8;

struct Line {
  Place place;
  PlaceBytes value;
};

const RecipeMedia& base() {
  static const Result<RecipeMedia> made = make_media(
      "dimm 48M\nnamespace sector 512 size 20M nfree 4\nnamespace fsdax size 16M\n"
      "pool 17M nfree 4\nnfit\n");
  fuzz::require(bool(made), "the recipe of this harness builds");
  return *made;
}

struct Opened {
  Plan plan;
  ImageTree tree;
};

std::unique_ptr<Opened> open_base() {
  auto opened = std::make_unique<Opened>();
  std::vector<ImageInput> inputs;
  for (const auto& device : base().devices) {
    Media& overlay = opened->plan.add(*device);
    auto view = View::slice(overlay, 0, overlay.size());
    inputs.push_back({"image", std::move(*view), nullptr});
  }
  OpenOptions options;
  options.probe_content = false;
  Findings ignored(0);
  auto tree = open_images(std::move(inputs), options, ignored);
  fuzz::require(bool(tree), "the base opens");
  opened->tree = std::move(*tree);
  return opened;
}

/// Places are found in the tree of the unchanged base, which is opened once.
const PlaceMap& places() {
  static const std::unique_ptr<Opened> opened = open_base();
  static const PlaceMap map = place_map(opened->tree);
  return map;
}

std::vector<Line> lines_of(std::string_view text) {
  std::vector<Line> lines;
  while (!text.empty() && lines.size() < lines_max) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    const std::size_t equals = line.find('=');
    if (equals == std::string_view::npos) continue;
    auto place = parse_place(line.substr(0, equals));
    if (!place) continue;
    const auto target = locate(places(), *place);
    if (!target) continue;
    auto value = parse_value(line.substr(equals + 1), *target, place->kind);
    if (!value) continue;
    fuzz::require(value->size() == target->range.size, "a value has the size of its place");
    lines.push_back({std::move(*place), std::move(*value)});
  }
  return lines;
}

PlaceBytes bytes_at(const Target& target) {
  PlaceBytes bytes(static_cast<std::size_t>(target.range.size));
  fuzz::require(bool(target.media->read(target.range.offset, bytes)), "a place can be read");
  return bytes;
}

void check_edited(const std::vector<EditedPlace>& edited, bool raw) {
  for (const EditedPlace& one : edited) {
    fuzz::require(bytes_at(one.target) == one.after, "what is told is what is there");
    if (raw || one.target.structure == nullptr || one.target.field != nullptr) continue;
    fuzz::require(is_blank(one.after) || checksum_is_right(*one.target.structure, one.after),
                  "an edited structure has its checksum");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = fuzz::text_of(data, std::min<std::size_t>(size, 4096));
  const bool raw = text.starts_with("raw\n");
  const std::vector<Line> lines = lines_of(text);
  if (lines.empty()) return 0;
  const auto opened = open_base();
  PlaceEdit edit(opened->tree, raw ? EditMode::raw : EditMode::careful);
  const Line* last = nullptr;
  for (const Line& line : lines)
    if (edit.change(line.place, line.value)) last = &line;
  fuzz::require(bool(edit.write()), "an edit can be written");
  // Ranges may overlap structures that change as well, and are then not what they were.
  const bool ranges = std::ranges::any_of(
      lines, [](const Line& line) { return line.place.kind == PlaceKind::range; });
  if (!ranges) check_edited(edit.edited(), raw);
  if (last != nullptr && lines.size() == 1) {
    const auto target = locate(edit.places(), last->place);
    fuzz::require(target && bytes_at(*target) == last->value, "a place has its new value");
  }
  std::uint64_t changed = 0;
  for (const EditedPlace& one : edit.edited()) changed += one.target.range.size;
  std::uint64_t written = 0;
  fuzz::require(bool(opened->plan.recording().for_each_step([&](const Step& step) {
                  written += step.after.size();
                  return true;
                })),
                "the plan can be read");
  fuzz::require(written <= changed + 64 * edit.edited().size(),
                "no more than the places is written");
  return 0;
}
