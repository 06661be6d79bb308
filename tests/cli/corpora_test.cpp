// SPDX-License-Identifier: BSD-3-Clause
// Every recipe of corpora/ shown and checked, as text and as JSON, compared byte for byte with
// show.out, show.json, check.out and check.json beside it; and every problem of the catalogue
// produced by some recipe, or by the test that is named here. NDMEDIC_UPDATE=1 rewrites what is
// expected, and fails.
#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include <ndmedic/format/problems.h>

#include "workbench.h"

namespace ndmedic::cli::test {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

const fs::path corpora = NDMEDIC_SOURCE_DIR "/corpora";

std::vector<fs::path> recipe_folders() {
  std::vector<fs::path> folders;
  for (const auto& entry : fs::recursive_directory_iterator(corpora))
    if (entry.path().filename() == "recipe") folders.push_back(entry.path().parent_path());
  std::sort(folders.begin(), folders.end());
  return folders;
}

/// The verb with the devices of the recipe.
std::vector<std::string> arguments_of(const std::string& verb, const fs::path& folder,
                                      bool as_json) {
  std::vector<std::string> arguments = {verb};
  if (as_json) arguments.push_back("--json");
  const std::string name = "corpora/" + fs::relative(folder, corpora).string();
  for (std::string& image : lay_out_recipe(text_of(folder / "recipe"), name))
    arguments.push_back(std::move(image));
  return arguments;
}

void compare_runs(const std::string& verb, const fs::path& folder) {
  const Outcome text = run(arguments_of(verb, folder, false));
  const Outcome as_json = run(arguments_of(verb, folder, true));
  CHECK(text.err.empty());
  CHECK(text.exit == as_json.exit);
  compare(folder / (verb + ".out"), text.out);
  compare(folder / (verb + ".json"), as_json.out);
  CHECK(json::parse(as_json.out).at("summary").at("exit_code") == text.exit);
}

/// Problems that no recipe can make, and the test that produces each.
const std::map<std::string, std::string>& produced_elsewhere() {
  static const std::map<std::string, std::string> tests = {
#include "produced_elsewhere.inc"
  };
  return tests;
}

TEST_CASE("every recipe is shown as it is written down") {
  const auto folders = recipe_folders();
  REQUIRE(folders.size() > 100);
  for (const fs::path& folder : folders) {
    CAPTURE(folder.string());
    compare_runs("show", folder);
  }
}

TEST_CASE("every recipe is checked as it is written down") {
  for (const fs::path& folder : recipe_folders()) {
    CAPTURE(folder.string());
    compare_runs("check", folder);
  }
}

TEST_CASE("every problem of the catalogue is produced by a recipe, or elsewhere for a reason") {
  std::set<std::string> produced;
  for (const fs::path& folder : recipe_folders()) {
    if (!fs::exists(folder / "check.json")) continue;
    const json shown = json::parse(text_of(folder / "check.json"));
    for (const json& finding : shown.at("findings"))
      produced.insert(finding.at("name").get<std::string>());
  }
  for (const Problem& problem : problems()) {
    const std::string name(problem.name);
    CAPTURE(name);
    CHECK(produced.contains(name) != produced_elsewhere().contains(name));
  }
}

}  // namespace
}  // namespace ndmedic::cli::test
