// SPDX-License-Identifier: BSD-3-Clause
// docs/schema/create.schema.json: what `create dimm` and `create namespace` tell programs keeps to
// it, in every mode, planned or done.
#include <doctest/doctest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "json_schema.h"
#include "workbench.h"

namespace ndmedic::cli::test {
namespace {

using nlohmann::json;

std::string told(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin() + 2, "--json");
  const Outcome outcome = run(arguments);
  REQUIRE_MESSAGE(outcome.exit == 0, outcome.err);
  return outcome.out;
}

TEST_CASE("the JSON of create dimm and create namespace keeps to its schema") {
  clear("create-json");
  const JsonSchema schema("create");
  const std::string labelled = "create-json/labelled.img";
  const std::string bare = "create-json/bare.img";
  const std::vector<std::string> commands[] = {
      {"create", "dimm", labelled, "--size", "160M", "--for", "qemu:slot=0", "--namespace",
       "name=a,mode=sector,size=32M,sector-size=520", "--namespace", "mode=fsdax,size=32M"},
      {"create", "dimm", "--dry-run", "--size", "64M", "create-json/none.img"},
      {"create", "dimm", "--force", "--label-version", "1.1", labelled},
      {"create", "namespace", "--dry-run", "--force", "--for", "qemu:slot=3", labelled},
      {"create", "namespace", "--force", "--size", "32M", "--for", "qemu:slot=3", labelled},
      {"create", "namespace", "--force", "--mode", "devdax", "--name", "b", labelled},
      {"create", "dimm", "--size", "64M", "--label-size", "0", bare},
      {"create", "namespace", "--mode", "sector", bare},
      {"create", "namespace", "--mode", "fsdax", "--force", bare},
  };
  for (const auto& command : commands) {
    CAPTURE(json(command).dump());
    CHECK(schema.complaints(told(command)) == "");
  }
}

TEST_CASE("the schema of create refuses what is not of its form") {
  clear("create-json");
  const JsonSchema schema("create");
  const json good = json::parse(told({"create", "dimm", "--size", "64M", "--label-size", "0",
                                      "--namespace", "mode=devdax", "create-json/bare.img"}));
  CHECK(schema.complaints(good.dump()) == "");
  json unknown = good;
  unknown["colour"] = 1;
  CHECK(schema.complaints(unknown.dump()) != "");
  json other = good;
  other["verb"] = "create namespace";
  CHECK(schema.complaints(other.dump()) != "");
  json mode = good;
  mode["namespaces"][0]["mode"] = "memory";
  CHECK(schema.complaints(mode.dump()) != "");
}

}  // namespace
}  // namespace ndmedic::cli::test
