// SPDX-License-Identifier: BSD-3-Clause
// The example platform of the kernel's libnvdimm document, made here from its description: four
// DIMM files and an NFIT. They are the kernel's own files (corpora/real/example-platform) in every
// byte but the bits behind the last slot, which ndctl sets and Linux does not (labels.md 2.2.2).
#include <doctest/doctest.h>

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include <ndmedic/cli/json_fields.h>
#include <ndmedic/cli/platform_file.h>
#include <ndmedic/format/platform_nfit.h>
#include <ndmedic/image/image.h>
#include <ndmedic/image/pfn_format.h>
#include <ndmedic/media/file_media.h>

#include "workbench.h"

namespace ndmedic::cli::test {
namespace {

namespace fs = std::filesystem;

const std::string description = NDMEDIC_SOURCE_DIR "/examples/platform.json";
constexpr std::uint64_t data_size = std::uint64_t{64} << 20;
constexpr std::uint64_t index_blocks = 512;
constexpr Guid pfn_uuid = guid_literal("ad722d7a-6717-47fd-ba6e-a1f1af122440", GuidOrder::text);

const std::vector<std::string> images = {"example/d0.img", "example/d1.img", "example/d2.img",
                                         "example/d3.img"};

Outcome run_on_images(std::vector<std::string> arguments) {
  arguments.insert(arguments.end(), images.begin(), images.end());
  Outcome outcome = run(arguments);
  CHECK_MESSAGE(outcome.exit == 0, outcome.err);
  return outcome;
}

/// The info block of pm0.0, as Linux writes it for fsdax at that address.
void make_fsdax() {
  const PlatformFile file = read_platform_file(description);
  REQUIRE(file.platform);
  OpenOptions options;
  options.nfit_table = write_nfit(*file.platform, NfitForm::table);
  options.interleave.kind = SetInterleave::Kind::spa_linear;
  std::vector<ImageInput> inputs;
  for (const std::string& image : images) {
    auto media = FileMedia::open_write(image);
    REQUIRE(media);
    inputs.push_back({image, std::move(*media), nullptr});
  }
  Findings findings;
  auto tree = open_images(std::move(inputs), options, findings);
  REQUIRE(tree);
  NamespaceImage& ns = tree->namespaces.at(0);
  CHECK(ns.name == "pm0.0");
  PfnPlan plan{.kind = PfnKind::fsdax, .uuid = pfn_uuid, .parent_uuid = ns.uuid};
  plan.request.physical_base = file.platform->regions[0].base;
  REQUIRE(format_pfn(*ns.media, plan));
}

void make_example() {
  run({"--version"});  // makes the workbench the working directory
  clear("example");
  for (const std::string& image : images) {
    std::ofstream(image).close();
    fs::resize_file(image, data_size + (128 << 10));
  }
  run_on_images({"labels", "init", "--label-size", "128K"});
  run_on_images({"labels", "add", "--no-undo", "--platform", description, "--region", "0", "--name",
                 "pm0.0", "--mode", "fsdax", "--size", "32M", "--uuid",
                 "96455483-00de-4fb8-8d13-04be4d4c5a82"});
  run_on_images({"labels", "add", "--no-undo", "--platform", description, "--region", "1", "--name",
                 "pm1.0", "--mode", "sector", "--sector-size", "4096", "--size", "64M", "--uuid",
                 "0b4723ae-56ef-448d-bc9e-31993df4b65e"});
  run_on_images({"create", "btt", "--no-undo", "--platform", description, "--interleave", "linear",
                 "--namespace", "pm1.0", "--uuid", "8c177603-8cab-418f-84c2-e0b7d61e6473"});
  make_fsdax();
}

Json shown(const std::vector<std::string>& option, const std::vector<std::string>& files,
           int exit = 0) {
  std::vector<std::string> arguments = {"show", "--json", "--count", "--interleave", "linear"};
  arguments.insert(arguments.end(), option.begin(), option.end());
  arguments.insert(arguments.end(), files.begin(), files.end());
  const Outcome outcome = run(arguments);
  CHECK_MESSAGE(outcome.exit == exit, outcome.err);
  return Json::parse(outcome.out);
}

/// The bytes of a DIMM without its index blocks.
std::string body_of(const std::string& image) {
  std::string bytes = text_of(image);
  REQUIRE(bytes.size() == data_size + (128 << 10));
  std::memset(&bytes[data_size], 0, index_blocks);
  return bytes;
}

TEST_CASE("the example platform, made from its description, is the kernel's own") {
  make_example();
  lay_out("example-platform/nfit.bin");
  std::vector<std::string> kernels = arguments_for("example-platform");
  std::erase_if(kernels, [](const std::string& word) { return !word.ends_with(".img"); });
  REQUIRE(kernels.size() == images.size());
  CHECK(run({"create", "nfit", "-o", "example/nfit.bin", "--platform", description}).exit == 0);

  const Json ours = shown({"--nfit", "example/nfit.bin"}, images);
  const Json theirs = shown({"--nfit", "example-platform/nfit.bin"}, kernels);
  REQUIRE(theirs["regions"].size() == 2);
  REQUIRE(theirs["namespaces"].size() == 2);
  CHECK(ours["regions"] == theirs["regions"]);
  CHECK(ours["namespaces"] == theirs["namespaces"]);
  CHECK(ours["namespaces"][0]["name"] == "pm0.0");
  CHECK(ours["namespaces"][1]["name"] == "pm1.0");
  CHECK(shown({"--platform", description}, images)["namespaces"] == ours["namespaces"]);
  for (const Json& finding : ours["findings"]) CHECK(finding["severity"] == "note");

  for (std::size_t i = 0; i < images.size(); ++i) {
    CAPTURE(i);
    CHECK((body_of(images[i]) == body_of(kernels[i])));
  }
}

TEST_CASE("by a description in another order the labels are not these") {
  make_example();
  Json other = Json::parse(text_of(description));
  std::swap(other["dimms"][0]["serial"], other["dimms"][1]["serial"]);
  write_text("example/other.json", other.dump());
  const Json seen = shown({"--platform", "example/other.json"}, images, 4);
  REQUIRE(seen["namespaces"].size() == 2);
  for (const Json& ns : seen["namespaces"])
    CHECK(ns["label"]["cookie_verdict"] == "of another slot or order");
}

}  // namespace
}  // namespace ndmedic::cli::test
