// SPDX-License-Identifier: BSD-3-Clause
// Interleave sets: machines made here from their descriptions are booted. QEMU describes each DIMM
// alone, so its NFIT is replaced by ours, and its _FIT method, which would win, gets another name.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <numeric>
#include <random>
#include <vector>

#include <ndmedic/cli/platform_file.h>
#include <ndmedic/format/platform_nfit.h>
#include <ndmedic/image/personality.h>
#include <ndmedic/media/copy.h>
#include <ndmedic/media/file_media.h>

#include "images.h"

#include "guest.h"

namespace kernel_test {
namespace {

namespace fs = std::filesystem;
using namespace ndmedic;
using nlohmann::json;

constexpr std::uint64_t label_size = 128 << 10;

/// The DIMM files that a description is about, with empty label areas.
class Machine {
 public:
  Machine(const ScratchFolder& scratch, std::string file, const std::string& label_version)
      : description(std::move(file)) {
    const cli::PlatformFile read = cli::read_platform_file(description);
    REQUIRE_MESSAGE(read.platform, read.complaint);
    platform = *read.platform;
    for (std::size_t i = 0; i < platform.dimms.size(); ++i) {
      images.push_back((scratch / fmt::format("d{}.img", i)).string());
      std::ofstream(images.back()).close();
      fs::resize_file(images.back(), platform.dimms[i].size + label_size);
      dimms.push_back({images.back(), label_size});
    }
    run_on_images({"labels", "init", "--version", label_version, "--label-size", "128K"});
  }

  std::string run_on_images(std::vector<std::string> arguments) const {
    arguments.insert(arguments.end(), images.begin(), images.end());
    const Outcome outcome = run_ndmedic(arguments);
    REQUIRE_MESSAGE(outcome.exit == 0, outcome.out);
    return outcome.out;
  }

  void add(std::vector<std::string> options) const {
    options.insert(options.begin(), {"labels", "add", "--no-undo", "--platform", description});
    run_on_images(options);
  }

  void create_btt(const std::string& name, const std::string& sector_size) const {
    run_on_images({"create", "btt", "--no-undo", "--platform", description, "--interleave",
                   "linear", "--namespace", name, "--sector-size", sector_size});
  }

  /// The images by the description, their bytes as QEMU lays them out.
  ImageTree open(bool writable) const {
    OpenOptions options;
    options.nfit_table = write_nfit(platform, NfitForm::table);
    options.interleave.kind = SetInterleave::Kind::spa_linear;
    std::vector<ImageInput> inputs;
    for (const std::string& image : images) {
      auto media = writable ? FileMedia::open_write(image) : FileMedia::open_read(image);
      REQUIRE(media);
      inputs.push_back({image, std::move(*media), nullptr});
    }
    Findings findings;
    auto tree = open_images(std::move(inputs), options, findings);
    REQUIRE(tree);
    return std::move(*tree);
  }

  /// What `create namespace` tells of the one that it made.
  json create(std::vector<std::string> options) const {
    options.insert(options.begin(), {"create", "namespace", "--json", "--no-undo", "--platform",
                                     description, "--interleave", "linear"});
    return json::parse(run_on_images(options)).at("namespaces").at(0);
  }

  std::string description;
  Platform platform{};
  std::vector<std::string> images{};
  std::vector<Dimm> dimms{};
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

/// Bytes of a file for the guest: no two lines alike.
std::string make_payload() {
  std::mt19937 random(20261126);
  std::string bytes((std::size_t{1} << 20) + 1234, '\0');
  for (char& byte : bytes) byte = static_cast<char>(random() & 0xff);
  return bytes;
}

/// What the guest does, and what it must find.
struct Visit {
  std::vector<std::string> devices{};  ///< that it fills
  std::string gone{};                  ///< the namespace that it destroys
  std::uint64_t fresh = 0;             ///< size of the one that it makes
};

/// The labels that Linux made: each on the DIMM of its mapping, in the order of the table.
void check_fresh(const Machine& machine, const Visit& visit) {
  const ImageTree tree = machine.open(false);
  const auto& list = tree.labels.namespaces;
  CHECK(std::ranges::find(list, visit.gone, &LabelNamespace::name) == list.end());
  const auto fresh = std::ranges::find(list, "fresh", &LabelNamespace::name);
  REQUIRE(fresh != list.end());
  CHECK(fresh->size == visit.fresh);
  CHECK(fresh->linux_view == LinuxView::visible);
  REQUIRE(fresh->region);
  const auto& mappings = machine.platform.regions[*fresh->region].mappings;
  REQUIRE(fresh->extents.size() == mappings.size());
  for (std::size_t i = 0; i < mappings.size(); ++i) {
    CHECK(fresh->extents[i].position == i);
    CHECK(fresh->extents[i].device == mappings[i].dimm);
  }
}

/// Boots the machine with its own NFIT; what Linux lists at first, by name.
std::map<std::string, json> namespaces_in_linux(const Machine& machine,
                                                const ScratchFolder& scratch, const Visit& visit) {
  BootPlan plan;
  plan.dimms = machine.dimms;
  plan.job = "acpi_tables";
  plan.out = scratch / "tables";
  boot_well(plan);
  write_text(scratch / "ssdt", table_without_fit(plan.out));
  const Outcome made = run_ndmedic(
      {"create", "nfit", "-o", (scratch / "nfit").string(), "--platform", machine.description});
  REQUIRE_MESSAGE(made.exit == 0, made.out);

  write_text(scratch / "payload", make_payload());
  plan.job = "platform";
  write_text(scratch / "settings", fmt::format("GONE={}\nFRESH={}\n", visit.gone, visit.fresh));
  plan.files = {scratch / "payload", scratch / "settings"};
  plan.acpi = {scratch / "ssdt", scratch / "nfit"};
  plan.out = scratch / "out";
  const json labels = json::parse(machine.run_on_images({"labels", "dump", "--ndctl"}));
  const BootResult guest = boot_well(plan);
  CHECK(text_of(plan.out / "NFIT") == text_of(scratch / "nfit"));
  std::vector<std::string> lines;
  for (const PlatformRegion& region : machine.platform.regions)
    lines.push_back(fmt::format("{} bytes of {} DIMMs", region.size, region.mappings.size()));
  for (const std::string& device : visit.devices) lines.push_back("filled " + device);
  for (const std::string& line : lines)
    CHECK_MESSAGE(std::ranges::count(guest.lines, line) == 1, line);

  // Both read the same labels, and what Linux wrote is sound.
  const json before = json::parse(text_of(plan.out / "labels.json"));
  CHECK(by(before, "dev") == by(labels, "dev"));
  const json after = json::parse(text_of(plan.out / "labels.after.json"));
  const json ours = json::parse(machine.run_on_images({"labels", "dump", "--ndctl"}));
  CHECK(by(after, "dev") == by(ours, "dev"));
  check_fresh(machine, visit);
  machine.run_on_images({"check", "--platform", machine.description, "--interleave", "linear"});
  return by(json::parse(text_of(plan.out / "namespaces.json")), "name");
}

/// What Linux lists of the namespace is what `create namespace` told.
void check_listed(const json& entry, const json& made) {
  CAPTURE(entry.dump());
  CAPTURE(made.dump());
  CHECK(entry.at("mode") == made.at("mode"));
  CHECK(entry.at("size") == made.at("usable"));
  CHECK(entry.value(made.at("mode") == "raw" ? "uuid" : "raw_uuid", "") == made.at("uuid"));
  if (made.contains("content_uuid")) CHECK(entry.at("uuid") == made.at("content_uuid"));
  if (made.contains("sectors")) CHECK(entry.at("sector_size") == made.at("external_lbasize"));
  CHECK(entry.contains("align") == made.contains("align"));
  if (made.contains("align")) CHECK(entry.at("align") == made.at("align"));
}

/// The file that the guest wrote on the namespace, by Linux' own tools on the bytes that we read.
void check_payload(const NamespaceImage& ns, const ScratchFolder& scratch) {
  CAPTURE(ns.name);
  const auto data = visible_data(ns);
  REQUIRE(data);
  write_text(scratch / "flat", "");
  fs::resize_file(scratch / "flat", data->size());
  {
    const auto flat = FileMedia::open_write(scratch / "flat");
    REQUIRE(flat);
    REQUIRE(copy_data(*data, **flat));
  }
  const auto shell = [&](const std::string& command) {
    const std::string line = "cd '" + scratch.path().string() + "' && PATH=$PATH:/usr/sbin:/sbin " +
                             command + " >said 2>&1";
    CHECK_MESSAGE(std::system(line.c_str()) == 0, text_of(scratch / "said"));
  };
  shell("e2fsck -fn flat");
  shell("debugfs -R 'dump /payload copy' flat");
  CHECK((text_of(scratch / "copy") == make_payload()));
  fs::remove(scratch / "copy");
}

/// The set cookies that Linux has, by the regions' sizes.
std::map<std::uint64_t, std::uint64_t> cookies_in_linux(const ScratchFolder& scratch) {
  std::map<std::uint64_t, std::uint64_t> cookies;
  for (const json& region : json::parse(text_of(scratch / "out/regions.json")))
    cookies.emplace(region.at("size"), region.at("iset_id"));
  return cookies;
}

}  // namespace

TEST_CASE("four DIMM files and an NFIT of ours are the example platform in Linux" *
          doctest::skip()) {
  const ScratchFolder scratch;
  const Machine machine(scratch, NDMEDIC_EXAMPLES "/platform.json", "1.2");
  machine.create({"--region", "0", "--name", "pm0.0", "--mode", "fsdax", "--size", "32M"});
  machine.create({"--region", "1", "--name", "pm1.0", "--mode", "sector", "--size", "64M"});

  const auto namespaces = namespaces_in_linux(
      machine, scratch, {{"pmem0", "pmem1s"}, "pm0.0", std::uint64_t{64} << 20});
  const auto& regions = machine.platform.regions;
  CHECK(cookies_in_linux(scratch) ==
        std::map<std::uint64_t, std::uint64_t>{
            {64 << 20, cookies_of(machine.platform, regions[0]).cookie2},
            {128 << 20, cookies_of(machine.platform, regions[1]).cookie2}});
  REQUIRE(namespaces.size() == 2);
  CHECK(namespaces.at("pm0.0").at("mode") == "fsdax");
  CHECK(namespaces.at("pm0.0").at("size") == (30 << 20));
  CHECK(namespaces.at("pm0.0").at("align") == (2 << 20));
  CHECK(namespaces.at("pm1.0").at("mode") == "sector");
  CHECK(namespaces.at("pm1.0").at("size") == 65966080);
  CHECK(namespaces.at("pm1.0").at("sector_size") == 4096);
}

TEST_CASE("three DIMMs with serials and offsets in no order, and labels 1.1, are a set in Linux" *
          doctest::skip()) {
  const ScratchFolder scratch;
  const Machine machine(scratch, NDMEDIC_KERNEL_TESTS "/platforms/three_way.json", "1.1");
  machine.add({"--name", "three", "--mode", "sector", "--sector-size", "512"});
  machine.create_btt("three", "512");

  const auto namespaces =
      namespaces_in_linux(machine, scratch, {{"pmem0s"}, "three", std::uint64_t{192} << 20});
  // The cookie of labels 1.1, worked out in labels.md 5.4.
  CHECK(cookies_in_linux(scratch) ==
        std::map<std::uint64_t, std::uint64_t>{{192 << 20, 0xdde1e5dc66676766}});
  REQUIRE(namespaces.size() == 1);
  CHECK(namespaces.at("three").at("mode") == "sector");
  CHECK(namespaces.at("three").at("size") == 199602176);
}

TEST_CASE("namespaces of every mode that `create namespace` made over two DIMMs are Linux' own" *
          doctest::skip()) {
  const ScratchFolder scratch;
  const Machine machine(scratch, NDMEDIC_KERNEL_TESTS "/platforms/two_way.json", "1.2");
  const std::vector<std::vector<std::string>> wanted = {
      {"--mode", "sector", "--sector-size", "520", "--size", "32M"},
      {"--mode", "fsdax", "--size", "64M"},
      {"--mode", "devdax", "--map", "mem", "--size", "32M"},
      {"--mode", "raw", "--size", "32M"},
      {"--mode", "fsdax", "--map", "mem", "--align", "4K", "--size", "32M"},
      {"--mode", "sector"},
  };
  std::map<std::string, json> made;
  for (std::vector<std::string> options : wanted) {
    const std::string name = fmt::format("ns{}", made.size());
    options.insert(options.end(), {"--name", name});
    made.emplace(name, machine.create(options));
  }
  machine.run_on_images({"check", "--platform", machine.description, "--interleave", "linear"});

  const auto listed = namespaces_in_linux(
      machine, scratch,
      {{"pmem0s", "pmem0.1", "pmem0.3", "pmem0.4", "pmem0.5s"}, "ns3", std::uint64_t{32} << 20});
  REQUIRE(listed.size() == made.size());
  for (const auto& [name, told] : made) check_listed(listed.at(name), told);
  const ImageTree tree = machine.open(false);
  std::size_t read = 0;
  for (const NamespaceImage& ns : tree.namespaces) {
    if (ns.name == "fresh" || ns.personality == Personality::devdax) continue;
    check_payload(ns, scratch);
    ++read;
  }
  CHECK(read == 4);
}

}  // namespace kernel_test
