// SPDX-License-Identifier: BSD-3-Clause
// Interleave sets: the example platform of the kernel's libnvdimm document, made here from its
// description, is booted. QEMU describes each DIMM alone, so its NFIT is replaced by ours, and its
// _FIT method, which would win, gets another name.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <numeric>
#include <vector>

#include <ndmedic/cli/platform_file.h>
#include <ndmedic/format/platform_nfit.h>
#include <ndmedic/image/pfn_format.h>
#include <ndmedic/media/file_media.h>

#include "images.h"

#include "guest.h"

namespace kernel_test {
namespace {

namespace fs = std::filesystem;
using namespace ndmedic;
using nlohmann::json;

constexpr std::uint64_t label_size = 128 << 10;
constexpr std::uint64_t dimm_size = std::uint64_t{64} << 20;
const std::string description = NDMEDIC_EXAMPLES "/platform.json";

class Example {
 public:
  explicit Example(const ScratchFolder& scratch) {
    for (const char* const name : {"d0.img", "d1.img", "d2.img", "d3.img"}) {
      images.push_back((scratch / name).string());
      std::ofstream(images.back()).close();
      fs::resize_file(images.back(), dimm_size + label_size);
      dimms.push_back({images.back(), label_size});
    }
    run_on_images({"labels", "init", "--label-size", "128K"});
    run_on_images({"labels", "add", "--no-undo", "--platform", description, "--region", "0",
                   "--name", "pm0.0", "--mode", "fsdax", "--size", "32M"});
    run_on_images({"labels", "add", "--no-undo", "--platform", description, "--region", "1",
                   "--name", "pm1.0", "--mode", "sector", "--sector-size", "4096", "--size",
                   "64M"});
    run_on_images({"create", "btt", "--no-undo", "--platform", description, "--interleave",
                   "linear", "--namespace", "pm1.0"});
    make_fsdax();
  }

  std::string run_on_images(std::vector<std::string> arguments) const {
    arguments.insert(arguments.end(), images.begin(), images.end());
    const Outcome outcome = run_ndmedic(arguments);
    REQUIRE_MESSAGE(outcome.exit == 0, outcome.out);
    return outcome.out;
  }

  std::vector<std::string> images{};
  std::vector<Dimm> dimms{};

 private:
  void make_fsdax() const {
    const cli::PlatformFile file = cli::read_platform_file(description);
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
    PfnPlan plan{.kind = PfnKind::fsdax, .parent_uuid = ns.uuid};
    plan.uuid.bytes.fill(0x42);
    plan.request.physical_base = file.platform->regions[0].base;
    REQUIRE(format_pfn(*ns.media, plan));
  }
};

BootResult boot_well(const BootPlan& plan) {
  fs::create_directory(plan.out);
  BootResult guest = boot(plan);
  REQUIRE_MESSAGE(guest.status == 0, guest.told);
  return guest;
}

/// QEMU's table with the method _FIT, renamed, as a newer revision.
std::string table_without_fit(const fs::path& folder) {
  for (const auto& entry : fs::directory_iterator(folder)) {
    std::string table = text_of(entry.path());
    const auto at = table.find("_FIT");
    if (at == std::string::npos) continue;
    table[at] = 'X';
    ++table[24];  // OEM revision
    table[9] = 0;
    const auto sum = std::accumulate(table.begin(), table.end(), 0);
    table[9] = static_cast<char>(-sum & 0xff);
    return table;
  }
  FAIL("no table with a _FIT method");
  return {};
}

std::map<std::string, json> by(const json& list, const char* key) {
  std::map<std::string, json> entries;
  for (const json& entry : list) entries.emplace(entry.at(key).get<std::string>(), entry);
  return entries;
}

}  // namespace

TEST_CASE("four DIMM files and an NFIT of ours are the example platform in Linux" *
          doctest::skip()) {
  const ScratchFolder scratch;
  const Example example(scratch);
  BootPlan plan;
  plan.dimms = example.dimms;
  plan.job = "acpi_tables";
  plan.out = scratch / "tables";
  boot_well(plan);
  write_text(scratch / "ssdt", table_without_fit(plan.out));
  const Outcome made =
      run_ndmedic({"create", "nfit", "-o", (scratch / "nfit").string(), "--platform", description});
  REQUIRE_MESSAGE(made.exit == 0, made.out);

  write_text(scratch / "payload", std::string(100000, 'x'));
  plan.job = "platform";
  plan.files = {scratch / "payload"};
  plan.acpi = {scratch / "ssdt", scratch / "nfit"};
  plan.out = scratch / "out";
  const BootResult guest = boot_well(plan);
  CHECK(text_of(plan.out / "NFIT") == text_of(scratch / "nfit"));
  for (const char* const line :
       {"67108864 bytes of 2 DIMMs", "134217728 bytes of 4 DIMMs", "filled pmem0", "filled pmem1s"})
    CHECK_MESSAGE(std::ranges::count(guest.lines, line) == 1, line);

  const auto platform = cli::read_platform_file(description).platform;
  REQUIRE(platform);
  auto regions = json::parse(text_of(plan.out / "regions.json")).get<std::vector<json>>();
  std::ranges::sort(regions, {},
                    [](const json& region) { return region.at("size").get<std::uint64_t>(); });
  REQUIRE(regions.size() == 2);
  for (std::size_t i = 0; i < 2; ++i) {
    CHECK(regions[i].at("size") == platform->regions[i].size);
    CHECK(regions[i].at("iset_id") == cookies_of(*platform, platform->regions[i]).cookie2);
  }

  const auto namespaces = by(json::parse(text_of(plan.out / "namespaces.json")), "name");
  REQUIRE(namespaces.size() == 2);
  CHECK(namespaces.at("pm0.0").at("mode") == "fsdax");
  CHECK(namespaces.at("pm0.0").at("size") == (30 << 20));
  CHECK(namespaces.at("pm0.0").at("align") == (2 << 20));
  CHECK(namespaces.at("pm1.0").at("mode") == "sector");
  CHECK(namespaces.at("pm1.0").at("size") == 65966080);
  CHECK(namespaces.at("pm1.0").at("sector_size") == 4096);

  // Linux changed no label, and what it wrote is sound.
  const json labels = json::parse(text_of(plan.out / "labels.json"));
  const json ours = json::parse(example.run_on_images({"labels", "dump", "--ndctl"}));
  CHECK(by(labels, "dev") == by(ours, "dev"));
  example.run_on_images({"check", "--platform", description, "--interleave", "linear"});
}

}  // namespace kernel_test
