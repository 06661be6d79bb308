// SPDX-License-Identifier: BSD-3-Clause
#include "linux_view.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <random>

#include <ndmedic/image/personality.h>

namespace kernel_test {
namespace {

namespace fs = std::filesystem;
using ndmedic::NamespaceImage;
using nlohmann::json;

/// The bytes of a file for the guest: no two blocks alike.
std::string make_payload() {
  std::mt19937 random(20240607);
  std::string bytes((std::size_t{3} << 20) + 1234, '\0');
  for (char& byte : bytes) byte = static_cast<char>(random() & 0xFF);
  return bytes;
}

const ndmedic::Arena& first_arena(const NamespaceImage& ns) {
  REQUIRE(ns.btt);
  REQUIRE(!ns.btt->chain.places.empty());
  REQUIRE(ns.btt->chain.places.front().arena);
  return *ns.btt->chain.places.front().arena;
}

}  // namespace

LinuxView::LinuxView(const std::vector<Subject>& subjects)
    : subjects_(subjects), payload_(make_payload()) {
  BootPlan plan;
  plan.job = "attach";
  plan.out = scratch_ / "out";
  fs::create_directory(plan.out);
  std::string labelled;
  std::string fill;
  for (const Subject& subject : subjects_) {
    const std::string number = std::to_string(plan.dimms.size());
    plan.dimms.push_back(subject.dimm);
    if (subject.dimm.label_size > 0) labelled += " nmem" + number;
    if (subject.fill) fill += " " + number;
    const auto tree = open_image(subject.dimm.image);
    REQUIRE(!tree.namespaces.empty());
    auto& lists = before_.emplace_back();
    for (const NamespaceImage& ns : tree.namespaces) lists.push_back(sector_list(ns));
  }
  write_text(scratch_ / "payload", payload_);
  write_text(scratch_ / "settings", fmt::format("LABELLED='{}'\nFILL='{}'\n", labelled, fill));
  plan.files = {scratch_ / "payload", scratch_ / "settings", NDMEDIC_SECTOR_TOOL};
  const BootResult guest = boot(plan);
  REQUIRE_MESSAGE(guest.status == 0, guest.told);
  checked_ = static_cast<std::size_t>(std::ranges::count_if(
      guest.lines, [](const std::string& line) { return line.starts_with("checked "); }));
}

void LinuxView::check() const {
  std::vector<std::string> arguments = {"labels", "dump", "--ndctl"};
  for (const Subject& subject : subjects_)
    if (subject.dimm.label_size > 0) arguments.push_back(subject.dimm.image.string());
  CHECK(run_ndmedic(arguments).out == text_of(scratch_ / "out/labels.json"));

  for (std::size_t dimm = 0; dimm < subjects_.size(); ++dimm) {
    CAPTURE(dimm);
    const fs::path& image = subjects_[dimm].dimm.image;
    const auto tree = open_image(image);
    REQUIRE(tree.namespaces.size() == before_[dimm].size());
    for (const NamespaceImage& ns : tree.namespaces) check_namespace(dimm, ns);
    const Outcome shown = run_ndmedic({"show", "--count", image.string()});
    CHECK_MESSAGE(shown.exit == 0, shown.out);
  }
}

/// What ndctl lists for the namespace. The file `devices` has lines "DIMM DEVICE".
json LinuxView::listed(std::size_t dimm, const NamespaceImage& ns) const {
  const std::string devices = text_of(scratch_ / "out/devices");
  const std::string uuid = to_string(first_arena(ns).uuid, ndmedic::GuidOrder::text);
  for (const json& entry : json::parse(text_of(scratch_ / "out/namespaces.json"))) {
    const std::string device = entry.at("blockdev");
    if (devices.find(fmt::format("{} {}\n", dimm, device)) != std::string::npos &&
        entry.at("uuid") == uuid)
      return entry;
  }
  FAIL("Linux does not list the BTT " << uuid);
  return {};
}

void LinuxView::check_namespace(std::size_t dimm, const NamespaceImage& ns) const {
  CAPTURE(ns.index);
  const json entry = listed(dimm, ns);
  CHECK(entry.at("mode") == "sector");
  CHECK(entry.at("sector_size") == first_arena(ns).geometry.external_lbasize);
  const auto sectors = sectors_of(ns);
  REQUIRE(sectors);
  CHECK(entry.at("size") == sectors->size());

  const std::string device = entry.at("blockdev");
  const std::string& before = before_[dimm][ns.index];
  CHECK(text_of(scratch_ / ("out/before." + device)) == before);
  const std::string now = sector_list(ns);
  CHECK(text_of(scratch_ / ("out/after." + device)) == now);
  CHECK((now == before) == !subjects_[dimm].fill);
  CHECK(interrupted_lanes(ns) == 0);
}

void LinuxView::check_file_systems() const {
  const auto shell = [&](const std::string& command) {
    INFO(command);
    const std::string line = "cd '" + scratch_.path().string() +
                             "' && PATH=$PATH:/usr/sbin:/sbin " + command + " >said 2>&1";
    CHECK_MESSAGE(std::system(line.c_str()) == 0, text_of(scratch_ / "said"));
  };
  for (const Subject& subject : subjects_) {
    if (!subject.fill) continue;
    CAPTURE(subject.dimm.image.string());
    const auto tree = open_image(subject.dimm.image);
    write_flat(tree.namespaces.front(), scratch_ / "flat");
    shell("e2fsck -fn flat");
    shell("debugfs -R 'dump /folder/payload copy' flat");
    CHECK((text_of(scratch_ / "copy") == payload_));
    fs::remove(scratch_ / "copy");
  }
}

}  // namespace kernel_test
