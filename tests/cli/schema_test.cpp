// SPDX-License-Identifier: BSD-3-Clause
// docs/schema/show.schema.json: its structure parts come from the field tables, and the JSON of
// every real image and recipe keeps to it. NDMEDIC_UPDATE=1 rewrites the structure parts, and
// fails.
#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>

#include <ndmedic/cli/json_fields.h>
#include <ndmedic/format/structures.h>

#include "json_schema.h"
#include "workbench.h"

namespace ndmedic::cli::test {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

const fs::path schema_path = NDMEDIC_SOURCE_DIR "/docs/schema/show.schema.json";

std::vector<std::string> recipe_folders() {
  std::vector<std::string> folders;
  const fs::path source = NDMEDIC_SOURCE_DIR;
  for (const auto& entry : fs::recursive_directory_iterator(source / "corpora"))
    if (entry.path().filename() == "recipe")
      folders.push_back(fs::relative(entry.path().parent_path(), source));
  std::sort(folders.begin(), folders.end());
  return folders;
}

json shown(const std::vector<std::string>& images) {
  std::vector<std::string> arguments = {"show", "--json", "--verbose", "--count"};
  arguments.insert(arguments.end(), images.begin(), images.end());
  const Outcome outcome = run(arguments);
  REQUIRE_MESSAGE(!outcome.out.empty(), outcome.err);
  return json::parse(outcome.out);
}

TEST_CASE("the structure parts of the schema are those of the field tables") {
  const std::string text = text_of(schema_path);
  Json schema = Json::parse(text);
  Json& definitions = schema["definitions"];
  bool changed = false;
  for (const Structure* structure : all_structures()) {
    const std::string name(structure->name);
    if (text.find("\"#/definitions/" + name + "\"") == std::string::npos) continue;
    const Json expected = structure_schema(*structure);
    if (definitions.contains(name) && definitions[name] == expected) continue;
    CAPTURE(name);
    FAIL_CHECK("differs from the field table");
    definitions[name] = expected;
    changed = true;
  }
  if (changed && updating()) write_text(schema_path, schema.dump(1) + "\n");
}

TEST_CASE("the JSON of every real image keeps to the schema") {
  const JsonSchema schema("show");
  for (const std::string& name : real_cases()) {
    CAPTURE(name);
    const auto images = arguments_for(name);
    lay_out(images.front());
    if (name == "two-arenas-512g") continue;  // its map of 512 MiB is counted by no test
    CHECK(schema.complaints(shown(images).dump()) == "");
  }
}

TEST_CASE("the JSON of every recipe keeps to the schema, whatever is damaged") {
  const JsonSchema schema("show");
  for (const std::string& folder : recipe_folders()) {
    CAPTURE(folder);
    const auto recipe = text_of(fs::path(NDMEDIC_SOURCE_DIR) / folder / "recipe");
    CHECK(schema.complaints(shown(lay_out_recipe(recipe, folder)).dump()) == "");
  }
}

TEST_CASE("every line of --all --json is a finding, the last one the tree") {
  lay_out("crash-pending/dimm.img");
  const Outcome outcome = run({"show", "--json", "--all", "crash-pending/dimm.img"});
  const JsonSchema finding("show", "finding");
  const JsonSchema whole("show");
  std::istringstream lines(outcome.out);
  std::vector<json> parsed;
  for (std::string line; std::getline(lines, line);) parsed.push_back(json::parse(line));
  REQUIRE(parsed.size() >= 2);
  CHECK(whole.complaints(parsed.back().dump()) == "");
  parsed.pop_back();
  for (const json& line : parsed) CHECK(finding.complaints(line.dump()) == "");
}

TEST_CASE("the schema refuses what is not of its form") {
  const JsonSchema schema("show");
  lay_out("crash-pending/dimm.img");
  const json good = shown({"crash-pending/dimm.img"});
  json unknown = good;
  unknown["colour"] = 1;
  CHECK(schema.complaints(unknown.dump()) != "");
  json cut = good;
  cut["devices"][0].erase("kind");
  CHECK(schema.complaints(cut.dump()) != "");
  json wrong = good;
  wrong["namespaces"][0]["btt"]["arenas"][0]["primary"]["info"]["uuid"] = "not one";
  CHECK(schema.complaints(wrong.dump()) != "");
}

}  // namespace
}  // namespace ndmedic::cli::test
