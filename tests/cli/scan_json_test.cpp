// SPDX-License-Identifier: BSD-3-Clause
// docs/schema/scan.schema.json: what `scan` tells programs keeps to it; and the commands that it
// tells are right.
#include <doctest/doctest.h>

#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "json_schema.h"
#include "workbench.h"

namespace ndmedic::cli::test {
namespace {

using nlohmann::json;

constexpr const char* lost_arena =
    "arena 32M sector 4096\nwrite 5\nzero ns/0/arena0/info\nzero ns/0/arena0/backup\n";

std::string told(const std::vector<std::string>& files) {
  std::vector<std::string> arguments = {"scan", "--seed", "1", "--json"};
  arguments.insert(arguments.end(), files.begin(), files.end());
  const Outcome outcome = run(arguments);
  REQUIRE_MESSAGE(outcome.exit == 0, outcome.err);
  return outcome.out;
}

/// The words of a command behind its first one, "ndmedic".
std::vector<std::string> arguments_of(const std::string& command) {
  std::istringstream stream(command);
  std::vector<std::string> words;
  for (std::string word; stream >> word;) words.push_back(word);
  REQUIRE(words.size() > 1);
  CHECK(words.front() == "ndmedic");
  words.erase(words.begin());
  return words;
}

TEST_CASE("the JSON of scan keeps to its schema, whatever is found") {
  clear("scan-json");
  const JsonSchema schema("scan");
  std::vector<std::string> files = lay_out_recipe(lost_arena, "scan-json/lost");
  for (const char* const recipe :
       {"dimm 64M\nnamespace sector 4096 size 32M dpa 16M\nnamespace fsdax size 16M dpa 48M\n",
        "pool 32M block 512\nwrite 5\n", "lsa 4K version 2.1\nregion size 1G\n", "bare 16M\n"})
    for (const std::string& file :
         lay_out_recipe(recipe, "scan-json/" + std::to_string(files.size())))
      files.push_back(file);
  const std::string document = told(files);
  CHECK(schema.complaints(document) == "");
  json wrong = json::parse(document);
  wrong["files"][0]["colour"] = 1;
  CHECK(schema.complaints(wrong.dump()) != "");
  wrong = json::parse(document);
  wrong["files"][0]["arenas"][0].erase("only");
  CHECK(schema.complaints(wrong.dump()) != "");
}

TEST_CASE("the edit that scan tells brings both info blocks back") {
  clear("scan-edit");
  const auto files = lay_out_recipe(lost_arena, "scan-edit");
  CHECK(run({"check", files.front()}).out.find("BTT") == std::string::npos);
  const json document = json::parse(told(files));
  const json& arenas = document["files"][0]["arenas"];
  REQUIRE(arenas.size() == 1);
  const Outcome edited = run(arguments_of(arenas[0]["next"]));
  CHECK_MESSAGE(edited.exit == 0, edited.err);
  const Outcome checked = run({"check", files.front()});
  CHECK(checked.exit == 0);
  const json shown = json::parse(run({"show", "--json", files.front()}).out);
  CHECK(shown["namespaces"][0]["personality"] == "btt-2.0");
  CHECK(json::parse(told(files))["files"][0]["arenas"].empty());
}

TEST_CASE("the check that scan tells opens what lies in the middle of a file") {
  clear("scan-inside");
  const auto files = lay_out_recipe(
      "dimm 64M\nnamespace sector 512 size 32M dpa 16M\nzero labels/index0\nzero labels/index1\n"
      "zero labels/slot/0\nzero labels/slot/1\n",
      "scan-inside");
  const json document = json::parse(told(files));
  const json& images = document["files"][0]["images"];
  REQUIRE(images.size() == 1);
  CHECK(images[0]["base"] == 16 << 20);
  CHECK(images[0]["length"] == 32 << 20);
  CHECK(images[0]["as_it_is"] == false);
  const Outcome checked = run(arguments_of(images[0]["next"]));
  CHECK(checked.exit == 0);
}

}  // namespace
}  // namespace ndmedic::cli::test
