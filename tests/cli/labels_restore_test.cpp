// SPDX-License-Identifier: BSD-3-Clause
// Label areas dumped and put back, bit by bit; documents that are refused, with the place, and not
// one byte written; docs/schema/labels.schema.json.
#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <functional>
#include <nlohmann/json.hpp>

#include <ndmedic/cli/json_fields.h>
#include <ndmedic/format/structures.h>

#include "json_schema.h"
#include "workbench.h"

namespace ndmedic::cli::test {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view plain =
    "dimm 32M\nnamespace raw size 16M name data\nnamespace fsdax size 16M name fs empty\n";
constexpr std::size_t area_size = 131072;

std::string make(std::string_view recipe = plain, const std::string& folder = "restore") {
  run({"--version"});  // makes the workbench the working directory
  clear(folder);
  return lay_out_recipe(recipe, folder).front();
}

Json dumped(const std::string& image) {
  return Json::parse(run({"labels", "dump", "--json", image}).out);
}

/// The label area at the end of an image.
std::string area_of(const std::string& image) {
  std::ifstream file(image, std::ios::binary);
  std::string bytes(area_size, '\0');
  file.seekg(-static_cast<std::streamoff>(area_size), std::ios::end);
  file.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  REQUIRE(file);
  return bytes;
}

/// Fills the label area of an image with `byte`, or with noise.
void spoil(const std::string& image, std::optional<char> byte) {
  std::fstream file(image, std::ios::binary | std::ios::in | std::ios::out);
  file.seekp(-static_cast<std::streamoff>(area_size), std::ios::end);
  for (std::size_t i = 0; i < area_size; ++i)
    file.put(byte.value_or(static_cast<char>(i * 7919 >> 3)));
  REQUIRE(file);
}

std::string load_complaints(const Json& document) {
  static const JsonSchema schema("labels");
  return schema.complaints(document.dump());
}

std::vector<fs::path> label_recipes() {
  std::vector<fs::path> folders;
  for (const auto& entry : fs::directory_iterator(NDMEDIC_SOURCE_DIR "/corpora/labels"))
    if (fs::exists(entry.path() / "recipe")) folders.push_back(entry.path());
  std::sort(folders.begin(), folders.end());
  return folders;
}

TEST_CASE("every label area of the corpora comes back bit by bit from JSON, and keeps the schema") {
  std::size_t compared = 0;
  for (const fs::path& folder : label_recipes()) {
    CAPTURE(folder.filename().string());
    const std::string image = make(text_of(folder / "recipe"));
    const std::string whole = area_of(image);
    run({"labels", "dump", "--json", "-o", "restore/labels.json", image});
    const Json document = Json::parse(text_of("restore/labels.json"), nullptr, false);
    if (document.is_discarded()) continue;  // nothing is recognised in a blank area
    CHECK(load_complaints(document) == "");
    if (document["areas"][0]["size"] != area_size) continue;
    spoil(image, 0);
    const Outcome outcome = run({"labels", "restore", "--force", "--label-size", "128K", "-i",
                                 "restore/labels.json", image});
    CHECK_MESSAGE(outcome.exit % 4 == 0, outcome.err);
    CHECK(area_of(image) == whole);
    ++compared;
  }
  CHECK(compared > 40);
}

TEST_CASE("bytes that no block and no slot holds come back too, and raw bytes as they are") {
  const std::string image = make();
  spoil(image, std::nullopt);
  const std::string noise = area_of(image);
  const std::vector<std::string> sized = {"--label-size", "128K", image};
  const auto with = [&](std::vector<std::string> arguments) {
    arguments.insert(arguments.end(), sized.begin(), sized.end());
    return run(arguments);
  };
  with({"labels", "dump", "--json", "-o", "restore/noise.json"});
  with({"labels", "dump", "--raw", "-o", "restore/noise.bin"});
  CHECK(text_of("restore/noise.bin") == noise);
  for (const char* const file : {"restore/noise.json", "restore/noise.bin"}) {
    spoil(image, 0);
    const std::string blank = area_of(image);
    const Outcome refused = with({"labels", "restore", "-i", file});
    CHECK(refused.exit == 4);
    CHECK(refused.err.find("no valid index block") != std::string::npos);
    CHECK(area_of(image) == blank);
    with({"labels", "restore", "--force", "-i", file});
    CHECK(area_of(image) == noise);
  }
}

/// What is wrong, and what the message must hold.
struct Refused {
  std::string text;
  std::string says;
};

Refused changed(const Json& good, const std::string& says,
                const std::function<void(Json&)>& change) {
  Json document = good;
  change(document);
  return {document.dump(), says};
}

std::vector<Refused> refused_documents(const Json& good) {
  const std::string text = good.dump(1);
  std::vector<Refused> list = {
      {"{", "line 1: the JSON ends too early"},
      {text.substr(0, text.size() / 2), "the JSON ends too early"},
      {"{\n\"a\": nonsense}", "line 2: no JSON"},
      {"{\"a\": 1e999}", "a number is beyond all range"},
      {"{\"a\":" + std::string(100, '[') + std::string(100, ']') + "}", "deeper than 16 levels"},
      {"{}", "/schema_version: missing"}};
  const auto add = [&](const std::string& says, const std::function<void(Json&)>& change) {
    list.push_back(changed(good, says, change));
  };
  add("/schema_version: only 1 is known", [](Json& d) { d["schema_version"] = 2; });
  add("/schema_version: an unsigned", [](Json& d) { d["schema_version"] = "1"; });
  add("/verb:", [](Json& d) { d["verb"] = "show"; });
  add("/areas: an array is wanted", [](Json& d) { d["areas"] = 1; });
  add("/areas: 2 areas for 1 images", [](Json& d) { d["areas"].push_back(d["areas"][0]); });
  add("/areas/0: an object is wanted", [](Json& d) { d["areas"][0] = 7; });
  add("/areas/0/size: 4096 bytes", [](Json& d) { d["areas"][0]["size"] = 4096; });
  add("/areas/0/size: an unsigned", [](Json& d) { d["areas"][0]["size"] = -1; });
  add("/areas/0/size: an unsigned", [](Json& d) { d["areas"][0]["size"] = 131072.0; });
  add("/areas/0/rest: missing", [](Json& d) { d["areas"][0].erase("rest"); });
  add("/areas/0/slots/0/offset: beyond",
      [](Json& d) { d["areas"][0]["slots"][0]["offset"] = 131072 - 255; });
  add("/areas/0/slots/0/offset: beyond",
      [](Json& d) { d["areas"][0]["slots"][0]["offset"] = 18446744073709551615ULL; });
  add("/areas/0/slots/1/bytes: half a byte",
      [](Json& d) { d["areas"][0]["slots"][1]["bytes"] = "abc"; });
  add("/areas/0/slots/1/bytes: no hex digit at character 2",
      [](Json& d) { d["areas"][0]["slots"][1]["bytes"] = "abXY"; });
  add("/areas/0/slots/1/bytes: a string", [](Json& d) { d["areas"][0]["slots"][1]["bytes"] = 12; });
  add("/areas/0/slots/1/fields/name: contradicts",
      [](Json& d) { d["areas"][0]["slots"][1]["fields"]["name"] = "other"; });
  add("/areas/0/index/0/fields/seq: contradicts",
      [](Json& d) { d["areas"][0]["index"][0]["fields"]["seq"] = 4294967296ULL; });
  add("/areas/0/colour: contradicts", [](Json& d) { d["areas"][0]["colour"] = 1; });
  add("/areas/0/version: contradicts", [](Json& d) { d["areas"][0]["version"] = "1.1"; });
  return list;
}

TEST_CASE("a document that is wrong is refused with the place, and not one byte is written") {
  const std::string image = make();
  const Json good = dumped(image);
  spoil(image, 0);
  const auto written = fs::last_write_time(image);
  for (const Refused& refused : refused_documents(good)) {
    CAPTURE(refused.says);
    write_text("restore/wrong.json", refused.text);
    const Outcome outcome = run({"labels", "restore", "--force", "--label-size", "128K", "-i",
                                 "restore/wrong.json", image});
    CHECK(outcome.exit == 16);
    CHECK_MESSAGE(outcome.err.find(refused.says) != std::string::npos, outcome.err);
    CHECK(fs::last_write_time(image) == written);
  }
  CHECK(area_of(image) == std::string(area_size, '\0'));
}

TEST_CASE("labels that do not fit the image need --force") {
  const std::string larger = make("dimm 64M\nnamespace raw size 64M name data\n", "restore-large");
  run({"labels", "dump", "--raw", "-o", "restore-large/labels.bin", larger});
  const std::string old =
      make("dimm 32M version 1.1\nnamespace raw size 32M name old\n", "restore-old");
  const std::string image = make();
  const std::string before = area_of(image);
  const Outcome outside = run({"labels", "restore", "-i", "restore-large/labels.bin", image});
  CHECK(outside.exit == 4);
  CHECK(outside.err.find("LBL-") != std::string::npos);
  CHECK(area_of(image) == before);
  const std::string before_old = area_of(old);
  run({"labels", "dump", "--raw", "-o", "restore/labels.bin", image});
  const Outcome version = run({"labels", "restore", "-i", "restore/labels.bin", old});
  CHECK(version.exit == 4);
  CHECK(version.err.find("labels of version 1.1, the file those of 1.2") != std::string::npos);
  CHECK(area_of(old) == before_old);
  CHECK(run({"labels", "restore", "--force", "-i", "restore/labels.bin", old}).exit == 0);
  CHECK(area_of(old) == text_of("restore/labels.bin"));
}

TEST_CASE("a dry run shows the writes and makes none; what is the same is not written") {
  const std::string image = make();
  run({"labels", "dump", "--raw", "-o", "restore/labels.bin", image});
  CHECK(run({"labels", "restore", "-i", "restore/labels.bin", image}).out ==
        "the labels are the same already\n");
  spoil(image, 0);
  const std::string blank = area_of(image);
  const std::vector<std::string> words = {"--label-size", "128K", "-i", "restore/labels.bin",
                                          image};
  std::vector<std::string> arguments = {"labels", "restore", "--dry-run", "--json"};
  arguments.insert(arguments.end(), words.begin(), words.end());
  const Json plan = Json::parse(run(arguments).out);
  CHECK(plan["changed"] == true);
  CHECK(plan["namespaces"] == 2);
  REQUIRE(plan["plan"].size() >= 3);
  CHECK(plan["plan"].back()["what"] == "other index");
  CHECK(area_of(image) == blank);
}

TEST_CASE("the structure parts of the schema of labels are those of the field tables") {
  const Json schema = Json::parse(text_of(NDMEDIC_SOURCE_DIR "/docs/schema/labels.schema.json"));
  std::size_t compared = 0;
  for (const Structure* structure : all_structures()) {
    const std::string name(structure->name);
    if (!schema["definitions"].contains(name)) continue;
    CAPTURE(name);
    CHECK(schema["definitions"][name] == structure_schema(*structure));
    ++compared;
  }
  CHECK(compared == 6);
}

TEST_CASE("the schema of labels refuses what is not of its form") {
  const Json good = dumped(make());
  CHECK(load_complaints(good) == "");
  Json cut = good;
  cut["areas"][0].erase("slots");
  CHECK(load_complaints(cut) != "");
  Json wrong = good;
  wrong["areas"][0]["slots"][0]["bytes"] = "xyz";
  CHECK(load_complaints(wrong) != "");
}

}  // namespace
}  // namespace ndmedic::cli::test
