// SPDX-License-Identifier: BSD-3-Clause
// Label areas laid out by the command: what is written, what is kept, and taking it back.
#include <doctest/doctest.h>

#include <filesystem>

#include <nlohmann/json.hpp>

#include "workbench.h"

namespace ndmedic::cli::test {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

std::string make(std::string_view recipe, const std::string& folder) {
  run({"--version"});  // makes the workbench the working directory
  clear(folder);
  return lay_out_recipe(recipe, folder).front();
}

TEST_CASE("an area made over labels is taken back by the undo file, to the last byte") {
  const std::string image =
      make("dimm 32M\nnamespace raw size 16M name data\nnamespace raw size 16M\n", "init-undo");
  const std::string before = text_of(image);
  const Outcome made = run({"labels", "init", "--force", "--version", "1.1", image});
  CHECK(made.exit == 0);
  CHECK(made.out.find("gave up labels of version 1.2, 2 of 510 slots in use") != std::string::npos);
  CHECK(run({"labels", "list", image}).out.empty());
  CHECK(run({"undo", image + ".undo"}).exit == 0);
  CHECK(text_of(image) == before);
}

TEST_CASE("what is there is only looked at without --force, and by a dry run") {
  for (const char* const recipe :
       {"dimm 32M\nnamespace raw size 16M\n", "dimm 32M\n", "arena 20M\n", "pool 20M\n",
        "dimm 32M\nunsealed\nset labels/index0.seq = 0\nset labels/index1.seq = 0\n"}) {
    const std::string image = make(recipe, "init-refused");
    const std::string before = text_of(image);
    const Outcome refused = run({"labels", "init", "--label-size", "128K", image});
    CHECK(refused.exit == 16);
    CHECK(refused.err.find("--force") != std::string::npos);
    const Outcome dry =
        run({"labels", "init", "--force", "--dry-run", "--label-size", "128K", image});
    CHECK(dry.exit == 0);
    CHECK(text_of(image) == before);
    CHECK(run({"labels", "init", "--force", "--label-size", "128K", image}).exit == 0);
    CHECK(run({"labels", "dump", "--ndctl", image}).exit == 0);
  }
}

TEST_CASE("several images are laid out by one command, or none is") {
  run({"--version"});
  clear("init-two");
  const auto two = lay_out_recipe("dimm 32M blank\ndimm 32M blank\n", "init-two");
  const Outcome made = run({"labels", "init", "--label-size", "256K", "--json", two[0], two[1]});
  CHECK(made.exit == 0);
  const Json json = Json::parse(made.out);
  REQUIRE(json["areas"].size() == 2);
  CHECK(json["areas"][1]["nslot"] == 1022);
  CHECK(json["areas"][1]["path"] == two[1]);
  clear("init-two");
  const auto mixed = lay_out_recipe("dimm 32M blank\ndimm 32M\n", "init-two");
  const std::string blank = text_of(mixed[0]);
  CHECK(run({"labels", "init", "--label-size", "128K", mixed[0], mixed[1]}).exit == 16);
  CHECK(text_of(mixed[0]) == blank);
}

TEST_CASE("a blank area gets no undo file: nothing is lost") {
  const std::string image = make("dimm 32M blank\n", "init-blank");
  CHECK(run({"labels", "init", "--label-size", "128K", image}).exit == 0);
  CHECK_FALSE(fs::exists(image + ".undo"));
  CHECK(run({"check", image}).exit == 0);
}

}  // namespace
}  // namespace ndmedic::cli::test
