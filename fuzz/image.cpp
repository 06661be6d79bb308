// SPDX-License-Identifier: BSD-3-Clause
// Whole images. Contract: any change of fields in any corpus image, and any bytes as an image, are
// opened, counted and located in bounded calls; findings have messages; both readers agree.
// choice + 256 * small: the recipe; flag 1: checksums stay as they are, else they are made right;
// flag 2: the body is the image itself, with `number` mod 1 MiB zeros behind it; else it is a list
// of overwrites {structure, row of its field table, length, value}, written as recipe lines.
#include <ndmedic/image/recipe.h>
#include <ndmedic/media/memory_media.h>

#include <algorithm>
#include <string>

#include "agreement/subjects.h"
#include "fuzz/bases.h"
#include "fuzz/harness.h"

using namespace ndmedic;

namespace {

std::string hex_of(fuzz::Bytes bytes) {
  static constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  for (const std::byte b : bytes) {
    text += digits[std::to_integer<unsigned>(b) >> 4];
    text += digits[std::to_integer<unsigned>(b) & 15];
  }
  return text;
}

std::string number_of(fuzz::Bytes bytes) { return std::to_string(fuzz::Taker(bytes).number(8)); }

/// A line that overwrites one field, or the first bytes of what has no table.
std::string line_of(const agreement::FoundStructure& found, std::size_t row, fuzz::Bytes value) {
  std::string place = to_string(found.place);
  if (found.name == "flog") {
    static constexpr std::string_view fields[] = {"lba", "old_map", "new_map", "seq"};
    place += (row & 4) != 0 ? ".B." : ".A.";
    return "set " + (place += fields[row & 3]) + " = " +
           number_of(value.first(std::min<std::size_t>(value.size(), 4))) + "\n";
  }
  if (found.table == nullptr || value.empty())
    return value.empty() ? "" : "bytes " + place + " = " + hex_of(value) + "\n";
  const Field& field = found.table->fields[row % found.table->fields.size()];
  place += "." + std::string(field.name);
  if (field.size > 8)
    return "bytes " + place + " = " +
           hex_of(value.first(std::min<std::size_t>(value.size(), field.size))) + "\n";
  return "set " + place + " = " +
         number_of(value.first(std::min<std::size_t>(value.size(), field.size))) + "\n";
}

agreement::Sample changed_sample(const fuzz::Input& input) {
  const fuzz::ImageBase& base =
      fuzz::image_base(input.head.choice + std::size_t{256} * input.head.small);
  std::string text = base.recipe;
  fuzz::Taker taker(input.body.first(std::min<std::size_t>(input.body.size(), 512)));
  while (!taker.done() && !base.structures.empty()) {
    const std::size_t which = taker.number(1) % base.structures.size();
    const std::size_t row = taker.number(1);
    const std::size_t length = taker.number(1) % 17;
    text += line_of(base.structures[which], row, taker.bytes(length));
  }
  if (input.head.flag(1)) text += "unsealed\n";
  return agreement::recipe_sample(base.name, std::move(text));
}

agreement::Sample raw_sample(const fuzz::Input& input) {
  agreement::Sample sample{"raw"};
  const std::size_t size = input.body.size() + input.head.number % (1U << 20);
  auto media = std::make_shared<SparseMedia>(size);
  fuzz::require(bool(media->write(0, input.body)), "the body is written");
  sample.devices.push_back(media.get());
  sample.owned = std::move(media);
  return sample;
}

void locate_all(const ImageTree& tree) {
  for (const agreement::FoundStructure& found : agreement::structures_of(tree, 4)) {
    const std::uint64_t size = found.media->size();
    fuzz::require(found.range.offset <= size && found.range.size <= size - found.range.offset,
                  "a structure lies within its medium");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const fuzz::Input input = fuzz::split(data, size);
  const agreement::Sample sample = input.head.flag(2) ? raw_sample(input) : changed_sample(input);
  if (sample.devices.empty()) return 0;  // a line that its structure does not take
  fuzz::CheckedSink sink;
  agreement::Effort effort;
  auto tree = agreement::open_sample(sample, sink, &effort);
  if (!tree) return 0;
  std::uint64_t steps = 0;
  const Status counted = count_maps(
      *tree, [&](std::uint64_t, std::uint64_t) { return ++steps < 64; }, sink);
  fuzz::require(bool(counted), "maps in memory are counted");
  fuzz::require(effort.calls <= agreement::calls_allowed(sample), "calls are bounded");
  locate_all(*tree);
  fuzz::require_agreement(agreement::compare_tree(*tree));
  return 0;
}
