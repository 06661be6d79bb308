// SPDX-License-Identifier: BSD-3-Clause
// docs/schema/show.schema.json: its structure parts come from the field tables, and the JSON of
// every real image and recipe keeps to it. NDMEDIC_UPDATE=1 rewrites the structure parts, and
// fails.
#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validator.hpp>

#include <ndmedic/cli/json_fields.h>
#include <ndmedic/format/structures.h>

#include "workbench.h"

namespace ndmedic::cli::test {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

const fs::path schema_path = NDMEDIC_SOURCE_DIR "/docs/schema/show.schema.json";

json schema_json() { return json::parse(text_of(schema_path)); }

/// What does not hold, one line each; empty when `document` keeps to the schema.
std::string complaints(const valijson::Schema& schema, const json& document) {
  valijson::Validator validator(valijson::Validator::kStrongTypes);
  valijson::ValidationResults results;
  const valijson::adapters::NlohmannJsonAdapter adapter(document);
  if (validator.validate(schema, adapter, &results)) return {};
  std::string text;
  for (const auto& error : results) {
    for (const std::string& part : error.context) text += part;
    text += ": " + error.description + "\n";
  }
  return text;
}

/// The schema with `root` as what a document must be: a definition, or the whole.
void load(valijson::Schema& schema, const std::string& definition = {}) {
  static std::vector<json> kept;
  json root = schema_json();
  if (!definition.empty())
    root = {{"$ref", "#/definitions/" + definition}, {"definitions", root["definitions"]}};
  kept.push_back(std::move(root));
  valijson::SchemaParser parser(valijson::SchemaParser::kDraft7);
  const valijson::adapters::NlohmannJsonAdapter adapter(kept.back());
  parser.populateSchema(adapter, schema);
}

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
  valijson::Schema schema;
  load(schema);
  for (const std::string& name : real_cases()) {
    CAPTURE(name);
    const auto images = arguments_for(name);
    lay_out(images.front());
    if (name == "two-arenas-512g") continue;  // its map of 512 MiB is counted by no test
    CHECK(complaints(schema, shown(images)) == "");
  }
}

TEST_CASE("the JSON of every recipe keeps to the schema, whatever is damaged") {
  valijson::Schema schema;
  load(schema);
  for (const std::string& folder : recipe_folders()) {
    CAPTURE(folder);
    const auto recipe = text_of(fs::path(NDMEDIC_SOURCE_DIR) / folder / "recipe");
    CHECK(complaints(schema, shown(lay_out_recipe(recipe, folder))) == "");
  }
}

TEST_CASE("every line of --all --json is a finding, the last one the tree") {
  lay_out("crash-pending/dimm.img");
  const Outcome outcome = run({"show", "--json", "--all", "crash-pending/dimm.img"});
  valijson::Schema finding;
  load(finding, "finding");
  valijson::Schema whole;
  load(whole);
  std::istringstream lines(outcome.out);
  std::vector<json> parsed;
  for (std::string line; std::getline(lines, line);) parsed.push_back(json::parse(line));
  REQUIRE(parsed.size() >= 2);
  CHECK(complaints(whole, parsed.back()) == "");
  parsed.pop_back();
  for (const json& line : parsed) CHECK(complaints(finding, line) == "");
}

TEST_CASE("the schema refuses what is not of its form") {
  valijson::Schema schema;
  load(schema);
  lay_out("crash-pending/dimm.img");
  const json good = shown({"crash-pending/dimm.img"});
  json unknown = good;
  unknown["colour"] = 1;
  CHECK(complaints(schema, unknown) != "");
  json cut = good;
  cut["devices"][0].erase("kind");
  CHECK(complaints(schema, cut) != "");
  json wrong = good;
  wrong["namespaces"][0]["btt"]["arenas"][0]["primary"]["info"]["uuid"] = "not one";
  CHECK(complaints(schema, wrong) != "");
}

}  // namespace
}  // namespace ndmedic::cli::test
