// SPDX-License-Identifier: BSD-3-Clause
// What show --json says of the images that other systems wrote, against their facts.json.
#include <doctest/doctest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "workbench.h"

namespace ndmedic::cli::test {
namespace {

using nlohmann::json;

json facts_of(const std::string& name) {
  return json::parse(text_of(NDMEDIC_SOURCE_DIR "/corpora/real/" + name + "/facts.json"));
}

json shown(const std::string& name) {
  std::vector<std::string> arguments = {"show", "--json"};
  if (name != "two-arenas-512g") arguments.push_back("--count");
  const auto images = arguments_for(name);
  arguments.insert(arguments.end(), images.begin(), images.end());
  lay_out(images.front());
  const Outcome outcome = run(arguments);
  INFO(name, ": ", outcome.err);
  CHECK(outcome.exit == 0);
  CHECK(outcome.err.empty());
  return json::parse(outcome.out);
}

/// The seqs, versions, checksums, slots in use and labels of one area.
void check_area(const json& area, const json& fact) {
  CHECK(area["size"] == fact["size"]);
  CHECK(area["slot_size"] == fact["slot_size"]);
  CHECK(area["index_size"] == fact["index_size"]);
  CHECK(area["nslot"] == fact["nslot"]);
  CHECK(area["current"] == fact["current"]);
  for (std::size_t i = 0; i < 2; ++i) {
    const json& header = area["index"][i]["header"];
    CHECK(area["index"][i]["state"] == "valid");
    for (const char* key : {"seq", "major", "minor", "checksum"})
      CHECK(header[key] == fact["index"][i][key]);
  }
  std::vector<json> used;
  std::vector<json> slots;
  for (const json& slot : area["slots"]) {
    if (slot["in_use"]) used.push_back(slot["slot"]);
    json label = slot["label"];
    label["slot"] = slot["slot"];
    label["active"] = slot["in_use"];
    slots.push_back(label);
  }
  CHECK(json(used) == fact["index"][fact["current"].get<std::size_t>()]["used"]);
  REQUIRE(slots.size() == fact["slots"].size());
  for (std::size_t i = 0; i < slots.size(); ++i)
    for (const auto& [key, value] : fact["slots"][i].items()) {
      CAPTURE(key);
      CHECK(slots[i][key] == value);
    }
}

std::vector<json> lanes_in(const json& flog, const char* key, const json& value) {
  std::vector<json> lanes;
  for (const json& lane : flog["list"])
    if (lane[key] == value) lanes.push_back(lane["lane"]);
  return lanes;
}

void check_arena(const json& arena, const json& fact, std::uint64_t offset) {
  CHECK(arena["offset"] == fact["offset"]);
  CHECK(offset <= fact["offset"].get<std::uint64_t>());
  const json& info = arena["primary"]["info"];
  for (const char* key :
       {"uuid", "parent_uuid", "flags", "major", "minor", "external_lbasize", "external_nlba",
        "internal_lbasize", "internal_nlba", "nfree", "nextoff", "dataoff", "mapoff"})
    CHECK(info[key] == fact[key]);
  CHECK(info["logoff"] == fact["flogoff"]);
  CHECK(info["info2off"] == fact["infooff"]);
  CHECK(arena["difference"] == "equal");
  const json& flog = arena["flog"];
  CHECK(flog["layout"] == fact["flog_layout"]);
  CHECK(flog["lanes"] == fact["nfree"]);
  CHECK(flog["free_blocks"] == fact["nfree"]);
  CHECK(json(lanes_in(flog, "state", "interrupted")) == fact["lanes_interrupted"]);
  CHECK(json(lanes_in(flog, "torn", true)) == fact["lanes_half_overwritten"]);
  const std::uint64_t pristine = flog["counts"]["pristine"];
  CHECK(fact["nfree"].get<std::uint64_t>() - pristine == fact["lanes_written"].size());
  if (!fact.contains("map") || !arena.contains("map")) return;
  for (const auto& [key, value] : fact["map"].items()) CHECK(arena["map"][key] == value);
}

std::string mode_of(const json& ns) {
  const std::string personality = ns["personality"];
  const bool sector = personality.starts_with("btt") || personality == "pool";
  return sector ? "sector" : personality;
}

void check_namespace(const json& ns, const json& fact) {
  if (!fact["uuid"].is_null()) CHECK(ns["uuid"] == fact["uuid"]);
  CHECK(ns["name"] == fact["name"]);
  CHECK(ns["size"] == fact["size"]);
  CHECK(mode_of(ns) == fact["mode"]);
  CHECK(ns["data"] == "reachable");
  if (fact.contains("arenas")) {
    const json& btt = ns["btt"];
    CHECK(btt["offset"] == fact["info_offset"]);
    REQUIRE(btt["arenas"].size() == fact["arenas"].size());
    for (std::size_t i = 0; i < fact["arenas"].size(); ++i)
      check_arena(btt["arenas"][i], fact["arenas"][i], fact["info_offset"]);
    if (fact.contains("ndctl_size"))
      CHECK(btt["external_nlba"].get<std::uint64_t>() *
                btt["arenas"][0]["sector_size"].get<std::uint64_t>() ==
            fact["ndctl_size"]);
  }
  if (!fact.contains("info")) return;
  CHECK(ns["pfn"]["offset"] == fact["info_offset"]);
  CHECK(ns["pfn"]["data_size"] == fact["ndctl_size"]);
  for (const auto& [key, value] : fact["info"].items()) {
    CAPTURE(key);
    CHECK(ns["pfn"]["info"][key] == value);
  }
}

const json* find_namespace(const json& list, const json& fact) {
  for (const json& ns : list)
    if (fact["uuid"].is_null() || ns["uuid"] == fact["uuid"]) return &ns;
  return nullptr;
}

void check_files(const json& said, const json& facts) {
  std::vector<json> areas;
  for (const json& device : said["devices"])
    if (device.contains("label_area")) areas.push_back(device["label_area"]);
  std::size_t next = 0;
  for (const json& file : facts["files"]) {
    if (!file.contains("label_area")) continue;
    REQUIRE(next < areas.size());
    check_area(areas[next++], file["label_area"]);
  }
  CHECK(next == areas.size());
}

TEST_CASE("show agrees with what other systems say of the images they wrote") {
  const auto names = real_cases();
  REQUIRE(names.size() >= 19);
  for (const std::string& name : names) {
    CAPTURE(name);
    const json facts = facts_of(name);
    const json said = shown(name);
    check_files(said, facts);
    CHECK(said["namespaces"].size() == facts["namespaces"].size());
    for (const json& fact : facts["namespaces"]) {
      const json* const ns = find_namespace(said["namespaces"], fact);
      REQUIRE(ns != nullptr);
      check_namespace(*ns, fact);
    }
  }
}

TEST_CASE("an image that a healthy system wrote has no finding worse than an interrupted write") {
  for (const std::string& name : real_cases()) {
    CAPTURE(name);
    const json said = shown(name);
    for (const json& finding : said["findings"]) {
      CAPTURE(finding.dump());
      CHECK((finding["severity"] == "note" || finding["severity"] == "needs recovery"));
    }
    CHECK(said["summary"]["exit_code"] == 0);
  }
}

}  // namespace
}  // namespace ndmedic::cli::test
