// SPDX-License-Identifier: BSD-3-Clause
// Descriptions of platforms: what they may say, what is refused and where, and the tables that are
// made of them; docs/schema/platform.schema.json.
#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <nlohmann/json.hpp>

#include <ndmedic/cli/platform_json.h>
#include <ndmedic/format/platform_nfit.h>

#include "json_schema.h"
#include "workbench.h"

namespace ndmedic::cli::test {
namespace {

namespace fs = std::filesystem;

const fs::path real = NDMEDIC_SOURCE_DIR "/corpora/real";
const std::string example_path = NDMEDIC_SOURCE_DIR "/examples/platform.json";

Json example() { return Json::parse(text_of(example_path)); }

bool keeps_schema(const Json& document) {
  static const JsonSchema schema("platform");
  return schema.complaints(document.dump()).empty();
}

Platform platform_of(const Json& document) {
  const PlatformDocument read = read_platform_document(document.dump());
  REQUIRE_MESSAGE(read.platform.has_value(), read.complaint);
  return *read.platform;
}

std::span<const std::byte> bytes_of_text(const std::string& text) {
  return std::as_bytes(std::span(text));
}

Platform table_of(const fs::path& path) {
  const std::string table = text_of(path);
  const auto platform = read_platform(bytes_of_text(table), NfitForm::table);
  REQUIRE(platform.has_value());
  return *platform;
}

/// What no table tells, and what may be chosen freely, left out.
Platform meaning_of(Platform platform) {
  for (PlatformDimm& dimm : platform.dimms) dimm.label_size = dimm.physical_id = 0;
  for (PlatformRegion& region : platform.regions)
    for (PlatformMapping& mapping : region.mappings) mapping.region_id = 0;
  return platform;
}

/// The complaint about the example after a change.
std::string complaint(const std::function<void(Json&)>& change) {
  Json document = example();
  change(document);
  const PlatformDocument read = read_platform_document(document.dump());
  CHECK_FALSE(read.platform.has_value());
  return read.complaint;
}

std::string complaint_of(std::string_view text) { return read_platform_document(text).complaint; }

TEST_CASE("the example is the platform of the kernel's own NFIT, but for free numbers") {
  Json document = example();
  for (Json& dimm : document["dimms"]) dimm.update({{"device", 1}, {"revision", 1}});
  const Platform described = platform_of(document);
  CHECK(meaning_of(described) == meaning_of(table_of(real / "example-platform/nfit.bin")));
  CHECK(described.dimms[2].label_size == 128 << 10);
  // The cookies that Linux wrote into the labels (facts.json).
  CHECK(cookies_of(described, described.regions[0]).cookie2 == 168421533287807417);
  CHECK(cookies_of(described, described.regions[1]).cookie2 == 591271809589654390);
}

TEST_CASE("descriptions come back from their own JSON and from their tables, and keep the schema") {
  for (const char* const name : {"nfit-1dimm", "nfit-2dimm", "example-platform"}) {
    CAPTURE(name);
    const Platform platform = table_of(real / name / "nfit.bin");
    const Json document = platform_json(platform);
    CHECK(platform_of(document) == platform);
    CHECK(keeps_schema(document));
    const std::string table = text_of(real / name / "nfit.bin");
    if (std::string_view(name) != "example-platform") {
      const auto again = write_nfit(platform, NfitForm::table);
      CHECK(std::ranges::equal(again, bytes_of_text(table)));
    }
  }
  Json document = example();
  CHECK(keeps_schema(document));
  document["capabilities"] = "0x3";
  document["interleaves"] = {{{"line_size", 4096}}};
  document["dimms"][0]["flush_hints"] = {"0xfee00000"};
  document["dimms"][1].update({{"date", 0x1811}, {"location", 0xa1}, {"date_valid", true}});
  document["regions"][0]["type"] = "66F0D379-B4F3-4074-AC43-0D3318B78CDB";
  document["regions"][0]["location_cookie"] = "0x1122334455667788";
  for (Json& mapping : document["regions"][1]["mappings"]) mapping["interleave"] = 0;
  CHECK(keeps_schema(document));
  const Platform platform = platform_of(document);
  CHECK(platform.regions[0].type == guids::pm);
  CHECK(platform.regions[0].location_cookie == 0x1122334455667788u);
  CHECK(platform.dimms[0].flush_hints == std::vector<std::uint64_t>{0xfee00000});
  CHECK(platform.capabilities == 3u);
  const Json own = platform_json(platform);
  CHECK(keeps_schema(own));
  CHECK(platform_of(own) == platform);
  const auto table = write_nfit(platform, NfitForm::table);
  const auto again = read_platform(table, NfitForm::table);
  REQUIRE(again.has_value());
  CHECK(meaning_of(*again) == meaning_of(platform));
}

TEST_CASE("what is no description is refused with its place") {
  CHECK(complaint_of("") == "line 1: the JSON ends too early");
  CHECK(complaint_of("{\n\"schema_version\": 1,\n") == "line 3: the JSON ends too early");
  CHECK(complaint_of("{\n\"schema_version\": ]}") == "line 2: no JSON");
  CHECK(complaint_of("[]") == "/: an object is wanted");
  CHECK(complaint_of("{}") == "/schema_version: missing");
  CHECK(complaint_of("{\"schema_version\":1e999}") == "/: a number is beyond all range");
  CHECK(complaint_of(std::string(100, '[')) == "/: deeper than 16 levels");
  const std::string whole = example().dump();
  for (std::size_t size = 0; size < whole.size(); size += 7)
    CHECK(complaint_of(whole.substr(0, size)) == "line 1: the JSON ends too early");

  CHECK(complaint([](Json& j) { j["schema_version"] = 2; }) == "/schema_version: only 1 is known");
  CHECK(complaint([](Json& j) { j["comment"] = "x"; }) == "/comment: unknown key");
  CHECK(complaint([](Json& j) { j["dimms"][1]["serail"] = 1; }) == "/dimms/1/serail: unknown key");
  CHECK(complaint([](Json& j) { j["dimms"] = 4; }) == "/dimms: an array is wanted");
  CHECK(complaint([](Json& j) { j["dimms"] = Json::array(); }) ==
        "/regions/0/mappings/0/dimm: no DIMM has handle 1");
  CHECK(complaint([](Json& j) { j["dimms"] = j["regions"] = Json::array(); }) ==
        "/dimms: there is none");
  CHECK(complaint([](Json& j) { j["dimms"][2] = 4; }) == "/dimms/2: an object is wanted");
  CHECK(complaint([](Json& j) { j["dimms"][0].erase("vendor"); }) == "/dimms/0/vendor: missing");
  CHECK(complaint([](Json& j) { j["dimms"][0]["date_valid"] = 1; }) ==
        "/dimms/0/date_valid: true or false is wanted");
  CHECK(complaint([](Json& j) { j["regions"] = std::vector<Json>(4097); }) ==
        "/regions: more than 4096");
}

TEST_CASE("numbers are whole, in range, or text that is a size") {
  const std::string wanted =
      ": an unsigned integer is wanted, or a string like \"64M\" or \"0x1000\"";
  for (const Json& value :
       {Json(-1), Json(1.5), Json("1.5M"), Json("0x1M"), Json(""), Json(nullptr),
        Json("0x10000000000000000"), Json("99999999999999999999"), Json(true)})
    CHECK(complaint([&](Json& j) { j["dimms"][3]["size"] = value; }) == "/dimms/3/size" + wanted);
  CHECK(complaint([](Json& j) { j["dimms"][0]["location"] = 256; }) ==
        "/dimms/0/location: larger than 255");
  CHECK(complaint([](Json& j) { j["dimms"][0]["vendor"] = "64K"; }) ==
        "/dimms/0/vendor: larger than 65535");
  CHECK(complaint([](Json& j) { j["dimms"][0]["serial"] = std::uint64_t{1} << 32; }) ==
        "/dimms/0/serial: larger than 4294967295");
  CHECK(complaint([](Json& j) {
          j["dimms"][0]["flush_hints"] = {1, "x"};
        }) == "/dimms/0/flush_hints/1" + wanted);
  CHECK(complaint([](Json& j) { j["oem"]["id"] = "TOOLONG"; }) ==
        "/oem/id: at most 6 ASCII characters");
  CHECK(complaint([](Json& j) { j["oem"]["id"] = "\n"; }) == "/oem/id: at most 6 ASCII characters");
  CHECK(complaint([](Json& j) { j["regions"][0]["type"] = "pm"; }) == "/regions/0/type: no GUID");
}

TEST_CASE("platforms that cannot be are refused with the place") {
  const auto mapping = [](Json& j) -> Json& { return j["regions"][1]["mappings"][2]; };
  CHECK(complaint([](Json& j) { j["dimms"][3]["handle"] = 1; }) ==
        "/regions/1/mappings/3/dimm: no DIMM has handle 4");
  CHECK(complaint([](Json& j) { j["dimms"][3]["handle"] = 1, j["regions"].erase(1); }) ==
        "/dimms/3/handle: another DIMM has it");
  CHECK(complaint([](Json& j) { j["dimms"][1]["control_index"] = 1; }) ==
        "/dimms/1/control_index: 0, or another DIMM has it");
  CHECK(complaint([](Json& j) { j["regions"][1]["base"] = "0x103fff000"; }) ==
        "/regions/1/base: overlaps /regions/0");
  CHECK(complaint([](Json& j) { j["regions"][0]["size"] = 4096; }) ==
        "/regions/0/mappings/1/offset: behind the end of the region");
  CHECK(complaint([](Json& j) { j["regions"][0]["size"] = "65M"; }) ==
        "/regions/0/size: its mappings have 67108864 bytes");
  CHECK(complaint([&](Json& j) { mapping(j)["dpa"] = "33M"; }) ==
        "/regions/1/mappings/2: empty, or beyond the 67108864 bytes of the DIMM");
  CHECK(complaint([](Json& j) { j["regions"][1]["mappings"][0]["dpa"] = 0; }) ==
        "/regions/1/mappings/0/dpa: overlaps what /regions/0 has of the DIMM");
  CHECK(complaint([&](Json& j) { mapping(j)["offset"] = 0; }) ==
        "/regions/1/mappings/2/offset: another mapping has it");
  CHECK(complaint([&](Json& j) { mapping(j)["interleave"] = 0; }) ==
        "/regions/1/mappings/2/interleave: there is no such interleave");
}

TEST_CASE("--platform is as good as the NFIT that it describes, in every verb") {
  std::vector<std::string> images = arguments_for("example-platform");
  std::erase_if(images, [](const std::string& word) { return !word.ends_with(".img"); });
  REQUIRE(images.size() == 4);
  clear("platform");
  CHECK(run({"create", "nfit", "-o", "platform/nfit.bin", "--platform", example_path}).exit == 0);
  const auto shown = [&](const std::string& option, const std::string& file) {
    std::vector<std::string> words = {"show", option, file, "--interleave", "linear"};
    words.insert(words.end(), images.begin(), images.end());
    return run(words);
  };
  const Outcome by_table = shown("--nfit", "example-platform/nfit.bin");
  CHECK(by_table.out.find("\"pm1.0\", 64 MiB, sector mode") != std::string::npos);
  CHECK(shown("--nfit", "platform/nfit.bin").out == by_table.out);
  CHECK(shown("--platform", example_path).out == by_table.out);
  CHECK(shown("--platform", example_path).exit == by_table.exit);
}

TEST_CASE("a table for QEMU's slots is the one that QEMU made") {
  run({"--version"});  // makes the workbench the working directory
  clear("for-qemu");
  const auto images = lay_out_recipe("dimm 64M\ndimm 64M slot 1\n", "for-qemu");
  const Outcome made = run({"create", "nfit", "-o", "for-qemu/nfit.bin", "--for", "qemu:slot=0",
                            "--for", "qemu:slot=1", images[0], images[1]});
  CHECK_MESSAGE(made.exit == 0, made.err);
  CHECK(text_of("for-qemu/nfit.bin") == text_of(real / "nfit-2dimm/nfit.bin"));
  const Outcome to_output = run({"create", "nfit", "-o", "-", "--for", "qemu:slot=0", images[0]});
  CHECK(to_output.out == text_of(real / "nfit-1dimm/nfit.bin"));
  CHECK(to_output.err.starts_with("-: made NFIT: 1 DIMM, 1 region, 224 bytes\n"));
  const Outcome again = run({"create", "nfit", "-o", images[0], "--for", "qemu:slot=0", images[0]});
  CHECK(again.exit == 16);
}

}  // namespace
}  // namespace ndmedic::cli::test
