// SPDX-License-Identifier: BSD-3-Clause
// Every number of every structure at the borders of 32 and 64 bits, with right checksums: images
// are opened in bounded calls of the media and with bounded memory.
#include <doctest/doctest.h>

#include <array>
#include <iostream>
#include <string>

#include "agreement/images.h"
#include "agreement/structures.h"
#include "memory_use.h"

namespace bad_input {
namespace {

using namespace ndmedic;
using agreement::FoundStructure;

/// Bytes beyond the image itself. The largest tables are 65,536 slots (LabelAreaOptions) of some
/// 520 bytes, held twice while they are put in order, and 65,536 lanes.
constexpr std::size_t memory_allowed = std::size_t{128} << 20;

constexpr std::array<std::uint64_t, 14> extremes = {
    0,
    1,
    0x7FFF,
    0xFFFF,
    0x7FFFFFFF,
    0x80000000,
    0xFFFFF000,
    0xFFFFFFFF,
    0x100000000,
    0x100001000,
    0x7FFFFFFFFFFFFFFF,
    0x8000000000000000,
    0xFFFFFFFFFFFFF000,
    0xFFFFFFFFFFFFFFFF,
};

const std::array<std::string, 7> bases = {
    "dimm 48M\nnamespace sector 512 size 20M nfree 4\nnamespace fsdax size 16M\n",
    "dimm 32M version 1.1\nnamespace sector 4096 size 20M nfree 4\n",
    "dimm 32M ways 2\nnamespace raw size 32M\nnfit\n",
    "lsa 128K version 2.1\nregion size 1G\nnamespace size 256M\n",
    "arena 16M sector 512 nfree 4\n",
    "arena 16388K sector 4096 nfree 4 version 1.1\n",
    "pool 17M nfree 4\n",
};

bool is_number(const Field& field) {
  const bool number = field.kind == FieldKind::number || field.kind == FieldKind::hex ||
                      field.kind == FieldKind::flags;
  return number && field.size >= 2 && field.size <= 8;
}

struct Worst {
  std::uint64_t calls = 0;
  std::size_t memory = 0;
  std::size_t opened = 0;
};

void open_bounded(const std::string& recipe, Worst& worst) {
  INFO(recipe);
  const agreement::Sample sample = agreement::recipe_sample("hostile", recipe);
  REQUIRE(!sample.devices.empty());
  agreement::Effort effort;
  Findings findings;
  forget_peak();
  auto tree = agreement::open_sample(sample, findings, &effort);
  std::uint64_t steps = 0;
  if (tree)
    CHECK(count_maps(
        *tree, [&](std::uint64_t, std::uint64_t) { return ++steps < 64; }, findings));
  CHECK(effort.calls <= agreement::calls_allowed(sample));
  CHECK(effort.largest_read <= std::uint64_t{16} << 20);
  CHECK(peak_bytes() <= memory_allowed);
  worst.calls = std::max(worst.calls, effort.calls);
  worst.memory = std::max(worst.memory, peak_bytes());
  ++worst.opened;
}

std::string set_line(const Place& place, const Field& field, std::uint64_t value) {
  return "set " + to_string(place) + "." + std::string(field.name) + " = " + std::to_string(value) +
         "\n";
}

/// The line for the field in one structure, and in its other copy as well where there is one.
std::string lines_of(const FoundStructure& found, const Field& field, std::uint64_t value) {
  std::string lines = set_line(found.place, field, value);
  Place copy = found.place;
  if (found.place.kind == PlaceKind::info) {
    copy.kind = PlaceKind::backup;
    lines += set_line(copy, field, value);
  }
  if (found.place.kind == PlaceKind::index && found.place.first == 0) {
    copy.first = copy.last = 1;
    lines += set_line(copy, field, value);
  }
  return lines;
}

std::vector<FoundStructure> structures_of(const std::string& recipe) {
  const agreement::Sample sample = agreement::recipe_sample("base", recipe);
  REQUIRE(!sample.devices.empty());
  Findings findings;
  const auto tree = agreement::open_sample(sample, findings);
  REQUIRE(tree);
  return agreement::structures_of(*tree, 2);
}

TEST_CASE("no number of a structure makes opening an image long or large") {
  Worst worst;
  for (const std::string& base : bases)
    for (const FoundStructure& found : structures_of(base)) {
      if (found.table == nullptr || found.place.kind == PlaceKind::backup) continue;
      for (const Field& field : found.table->fields) {
        if (!is_number(field)) continue;
        for (const std::uint64_t value : extremes) {
          if (field.size < 8 && value >> (8 * field.size) != 0) continue;
          open_bounded(base + lines_of(found, field, value), worst);
        }
      }
    }
  std::cout << worst.opened << " images; at most " << worst.calls << " calls, "
            << worst.memory / 1024 << " KiB\n";
  CHECK(worst.opened > 1000);
}

TEST_CASE("no number of an NFIT structure makes opening it long or large") {
  const std::string base = "dimm 32M ways 2\nnamespace raw size 32M\nnfit\n";
  Worst worst;
  const agreement::Sample sample = agreement::recipe_sample("base", base);
  Findings findings;
  const auto tree = agreement::open_sample(sample, findings);
  REQUIRE(tree);
  const PlaceMap map = place_map(*tree);
  for (std::uint32_t number = 0;; ++number) {
    Place place;
    place.kind = PlaceKind::nfit;
    place.device = static_cast<std::uint32_t>(sample.devices.size() - 1);
    place.first = place.last = number;
    const auto target = locate(map, place);
    if (!target) break;
    for (const Field& field : target->structure->fields)
      for (const std::uint64_t value : extremes)
        if (is_number(field) && (field.size == 8 || value >> (8 * field.size) == 0))
          open_bounded(base + set_line(place, field, value), worst);
  }
  std::cout << worst.opened << " tables; at most " << worst.calls << " calls\n";
  CHECK(worst.opened > 100);
}

TEST_CASE("a flog of a hundred thousand lanes is read in bounded calls and memory") {
  // All offsets and counts agree, so that nothing but the number of lanes is unusual.
  std::string recipe = "arena 1G sector 4096 nfree 4\n";
  for (const char* block : {"info", "backup"})
    for (const char* line : {"nfree = 100000", "external_nlba = 1000", "internal_nlba = 101000",
                             "mapoff = 0x20000000", "flogoff = 0x20001000"})
      recipe += "set ns/0/arena0/" + std::string(block) + "." + line + "\n";
  const agreement::Sample sample = agreement::recipe_sample("lanes", recipe);
  REQUIRE(!sample.devices.empty());
  Findings findings;
  const auto tree = agreement::open_sample(sample, findings);
  REQUIRE(tree);
  REQUIRE(tree->namespaces.at(0).btt->arenas.size() == 1);
  CHECK(tree->namespaces[0].btt->arenas[0].lanes.lanes.size() == lanes_detailed_max);
  Worst worst;
  open_bounded(recipe, worst);
  std::cout << worst.calls << " calls, " << worst.memory / 1024 << " KiB\n";
}

}  // namespace
}  // namespace bad_input
