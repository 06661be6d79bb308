// SPDX-License-Identifier: BSD-3-Clause
#include "fuzz/bases.h"

#include <array>
#include <filesystem>
#include <map>

#include <ndmedic/image/image.h>
#include <ndmedic/image/recipe.h>

#include "fuzz/harness.h"

namespace fuzz {

using namespace ndmedic;

namespace {

struct BttRecipe {
  const char* text;
  std::uint64_t initial_offset;
};
constexpr std::array btt_recipes = {
    BttRecipe{"arena 16M sector 512 nfree 4\nwrite 5 lane 1 fill 0x55\n", 0},
    BttRecipe{"arena 17M sector 4096 nfree 256\nwrite 7 lane 3 fill 1\nwrite 7 lane 3 fill 2\n", 0},
    BttRecipe{"arena 16388K sector 520 nfree 8 version 1.1\nwrite 1 lane 0 pending\n", 4096},
    BttRecipe{"arena 525312M sector 4096 nfree 4\n", 0},
};

BttBase made(const BttRecipe& recipe) {
  BttBase base{agreement::recipe_sample("btt base", recipe.text)};
  require(base.sample.devices.size() == 1, "the recipe of a base builds");
  base.media = base.sample.devices.front();
  base.initial_offset = recipe.initial_offset;
  Findings findings;
  const auto tree = agreement::open_sample(base.sample, findings);
  require(tree && tree->namespaces.size() == 1, "a base is one namespace");
  base.arenas = place_map(*tree).namespaces.front().arenas;
  require(!base.arenas.empty(), "a base has arenas");
  // Up to 3,300 overwrites store pages that the base has as holes; each of three passes may ask for
  // a run and a read of each, and lanes name a map word each.
  base.calls_allowed = agreement::calls_allowed(base.sample) + 24000;
  return base;
}

std::vector<std::pair<std::string, std::string>> recipes() {
  std::vector<std::pair<std::string, std::string>> found;
  for (agreement::Sample& sample : agreement::recipe_samples(NDMEDIC_SOURCE_DIR "/corpora"))
    found.emplace_back(std::move(sample.name), std::move(sample.recipe));
  return found;
}

const std::vector<std::pair<std::string, std::string>>& all_recipes() {
  static const auto all = recipes();
  return all;
}

}  // namespace

const BttBase& btt_base(std::size_t choice) {
  static std::array<std::optional<BttBase>, btt_recipes.size()> bases;
  auto& base = bases[choice % bases.size()];
  if (!base) base = made(btt_recipes[choice % bases.size()]);
  return *base;
}

std::size_t image_base_count() { return all_recipes().size(); }

const ImageBase& image_base(std::size_t choice) {
  static std::map<std::size_t, ImageBase> bases;
  choice %= image_base_count();
  const auto known = bases.find(choice);
  if (known != bases.end()) return known->second;
  const auto& [name, text] = all_recipes()[choice];
  ImageBase base{name, text, {}};
  if (!base.recipe.ends_with('\n')) base.recipe += '\n';
  const agreement::Sample sample = agreement::recipe_sample(name, text);
  Findings findings;
  if (const auto tree = agreement::open_sample(sample, findings))
    base.structures = agreement::structures_of(*tree, 4);
  for (agreement::FoundStructure& found : base.structures) found.media = nullptr;  // not kept
  return bases.emplace(choice, std::move(base)).first->second;
}

}  // namespace fuzz
