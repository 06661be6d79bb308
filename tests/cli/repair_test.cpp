// SPDX-License-Identifier: BSD-3-Clause
// Every recipe through repair: the dry run tells what the run writes, what was cured is not found
// again, the undo file brings every byte back; docs/schema/repair.schema.json.
#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <set>

#include <ndmedic/cli/json_fields.h>
#include <ndmedic/format/problems.h>

#include "json_schema.h"
#include "workbench.h"

namespace ndmedic::cli::test {
namespace {

namespace fs = std::filesystem;

std::vector<fs::path> recipes() {
  std::vector<fs::path> all;
  const fs::path corpora = NDMEDIC_SOURCE_DIR "/corpora";
  for (const char* folder : {"btt", "pool", "labels", "pfn"})
    for (const auto& entry : fs::directory_iterator(corpora / folder))
      if (fs::exists(entry.path() / "recipe")) all.push_back(entry.path());
  std::sort(all.begin(), all.end());
  return all;
}

Json repaired(const std::vector<std::string>& images, std::vector<std::string> options) {
  static const JsonSchema schema("repair");
  std::vector<std::string> arguments = {"repair", "--json"};
  arguments.insert(arguments.end(), options.begin(), options.end());
  arguments.insert(arguments.end(), images.begin(), images.end());
  const Outcome outcome = run(arguments);
  REQUIRE_MESSAGE(!outcome.out.empty(), outcome.err);
  CHECK(schema.complaints(outcome.out) == "");
  Json json = Json::parse(outcome.out);
  json["exit"] = outcome.exit;
  return json;
}

std::vector<std::string> bytes_of_all(const std::vector<std::string>& images) {
  std::vector<std::string> bytes;
  for (const std::string& image : images) bytes.push_back(text_of(image));
  return bytes;
}

/// Bytes that differ outside of the steps of a plan.
std::size_t changed_unannounced(const std::string& before, const std::string& after,
                                const Json& plan, std::size_t device) {
  std::vector<bool> announced(before.size());
  for (const Json& step : plan)
    if (step["device"] == device)
      std::fill_n(announced.begin() + step["offset"].get<std::ptrdiff_t>(),
                  step["size"].get<std::ptrdiff_t>(), true);
  std::size_t changed = 0;
  for (std::size_t at = 0; at < before.size(); ++at)
    if (before[at] != after[at] && !announced[at]) ++changed;
  return changed;
}

/// Codes with places.
std::set<std::string> problems_in(const Json& findings) {
  std::set<std::string> all;
  for (const Json& finding : findings)
    all.insert(finding["code"].get<std::string>() + " " + finding["place"].get<std::string>());
  return all;
}

void repair_and_take_back(const std::vector<std::string>& images, const Json& dry) {
  const auto before = bytes_of_all(images);
  const Json real = repaired(images, {"-y"});
  CHECK(real["repairs"] == dry["repairs"]);
  CHECK((real["exit"].get<int>() & 1) == 1);
  const auto after = bytes_of_all(images);
  REQUIRE(after.size() == before.size());
  for (std::size_t i = 0; i < before.size(); ++i)
    CHECK(changed_unannounced(before[i], after[i], dry["plan"], i) == 0);

  std::vector<std::string> arguments = {"check", "--json"};
  arguments.insert(arguments.end(), images.begin(), images.end());
  const Json checked = Json::parse(run(arguments).out);
  CHECK(problems_in(checked["findings"]) == problems_in(real["findings"]));
  for (const Json& repair : real["repairs"]) {
    const std::string cured =
        repair["code"].get<std::string>() + " " + repair["place"].get<std::string>();
    CAPTURE(cured);
    CHECK_FALSE(problems_in(checked["findings"]).contains(cured));
  }

  REQUIRE(real.contains("undo_file"));
  CHECK(run({"undo", real["undo_file"].get<std::string>()}).exit == 0);
  CHECK(bytes_of_all(images) == before);
}

TEST_CASE("every recipe is repaired as the dry run says, and taken back to the last byte") {
  std::set<std::string> cured;
  for (const fs::path& folder : recipes()) {
    CAPTURE(folder.filename().string());
    clear("repaired");
    const auto images = lay_out_recipe(text_of(folder / "recipe"), "repaired");
    const Json dry = repaired(images, {"-y", "-n"});
    for (const Json& repair : dry["repairs"]) cured.insert(repair["code"].get<std::string>());
    if (!dry["repairs"].empty()) repair_and_take_back(images, dry);
  }
  for (const char* code : {"BTT-301", "BTT-303", "BTT-304", "BTT-360", "BTT-361", "BTT-363",
                           "BTT-366", "BTT-375", "BTT-420", "BTT-422", "BTT-424", "BTT-426"}) {
    CAPTURE(code);
    CHECK(cured.contains(code));
  }
}

}  // namespace
}  // namespace ndmedic::cli::test
