// SPDX-License-Identifier: BSD-3-Clause
// From the shell: what `create dimm` made is what Linux and ndctl find, in every mode; they change
// it, and what they leave is sound for us.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <random>
#include <sstream>

#include <ndmedic/image/personality.h>

#include "guest.h"
#include "images.h"

namespace kernel_test {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

/// A DIMM to make. Those with labels come first, so that their numbers are ours.
struct Wanted {
  std::uint64_t label_size = 128 << 10;
  std::string version = "1.2";
  std::string size{};
  std::vector<std::string> namespaces{};
};

/// A guest with these DIMMs, that has come to its end.
class Provisioned {
 public:
  explicit Provisioned(const std::vector<Wanted>& wanted) : payload_(1 << 20, '\0') {
    std::mt19937 random(20261126);
    for (char& byte : payload_) byte = static_cast<char>(random() & 0xFF);
    for (const Wanted& dimm : wanted) make(dimm);
    boot_guest();
  }

  void check() {
    CHECK(dump() == text_of(scratch_ / "out/labels_after.json"));
    CHECK(labels_before_ == text_of(scratch_ / "out/labels.json"));
    const json listed = json::parse(text_of(scratch_ / "out/namespaces.json"));
    std::size_t expected = 0;
    for (std::size_t dimm = 0; dimm < made_.size(); ++dimm)
      for (const json& ns : made_[dimm].at("namespaces")) {
        CAPTURE(dimm);
        CAPTURE(ns.dump());
        check_namespace(entry_of(listed, dimm, ns), ns);
        ++expected;
      }
    CHECK(listed.size() == expected);
    for (const Dimm& dimm : dimms_) {
      const Outcome checked = run_ndmedic({"check", dimm.image.string()});
      CHECK_MESSAGE(checked.exit == 0, checked.out);
    }
  }

  /// Namespaces that ndctl made where it had destroyed one.
  std::size_t heirs() const {
    std::size_t count = 0;
    for (const Dimm& dimm : dimms_) {
      const auto tree = open_image(dimm.image);
      for (const auto& ns : tree.namespaces) {
        CHECK(ns.name != "victim");
        if (ns.name != "heir") continue;
        ++count;
        CHECK(ns.personality == ndmedic::Personality::fsdax);
        CHECK(ns.size == new_size);
      }
    }
    return count;
  }

  /// Block devices that Linux made a file system on.
  std::size_t filled() const { return told("filled "); }

 private:
  static constexpr std::uint64_t new_size = 32 << 20;

  void make(const Wanted& wanted) {
    const std::string number = std::to_string(dimms_.size());
    const fs::path image = scratch_ / ("d" + number + ".img");
    std::vector<std::string> arguments = {
        "create",          "dimm",         image.string(), "--json",
        "--size",          wanted.size,    "--label-size", std::to_string(wanted.label_size),
        "--label-version", wanted.version, "--for",        "qemu:slot=" + number,
        "--seed",          "9" + number};
    for (const std::string& spec : wanted.namespaces) {
      arguments.push_back("--namespace");
      arguments.push_back(spec);
    }
    const Outcome outcome = run_ndmedic(arguments);
    REQUIRE_MESSAGE(outcome.exit == 0, outcome.out);
    made_.push_back(json::parse(outcome.out));
    dimms_.push_back({image, wanted.label_size});
    const Outcome checked = run_ndmedic({"check", image.string()});
    CHECK_MESSAGE(checked.exit == 0, checked.out);
  }

  std::string dump() const {
    std::vector<std::string> arguments = {"labels", "dump", "--ndctl"};
    for (const Dimm& dimm : dimms_)
      if (dimm.label_size > 0) arguments.push_back(dimm.image.string());
    return run_ndmedic(arguments).out;
  }

  void boot_guest() {
    labels_before_ = dump();
    std::string labelled;
    for (std::size_t i = 0; i < dimms_.size(); ++i)
      if (dimms_[i].label_size > 0) labelled += fmt::format(" nmem{}", i);
    BootPlan plan;
    plan.job = "provisioned";
    plan.dimms = dimms_;
    plan.out = scratch_ / "out";
    fs::create_directory(plan.out);
    write_text(scratch_ / "payload", payload_);
    write_text(scratch_ / "settings",
               fmt::format("LABELLED='{}'\nNEW_MODE=fsdax\nNEW_SIZE={}\n", labelled, new_size));
    plan.files = {scratch_ / "payload", scratch_ / "settings"};
    guest_ = boot(plan);
    REQUIRE_MESSAGE(guest_.status == 0, guest_.told);
  }

  std::size_t told(const std::string& head) const {
    return static_cast<std::size_t>(std::ranges::count_if(
        guest_.lines, [&](const std::string& line) { return line.starts_with(head); }));
  }

  /// The DIMM of the region in a name like "namespace3.1".
  std::size_t dimm_of(const std::string& dev) const {
    const std::string region = "region" + dev.substr(9, dev.find('.') - 9);
    std::istringstream lines(text_of(scratch_ / "out/regions"));
    std::size_t dimm = 0;
    for (std::string name; lines >> dimm >> name;)
      if (name == region) return dimm;
    FAIL("no region of " << dev);
    return 0;
  }

  /// What ndctl lists for a namespace: by the uuid of its label, or as the only one of its DIMM.
  json entry_of(const json& listed, std::size_t dimm, const json& ns) const {
    const bool bare = dimms_[dimm].label_size == 0;
    for (const json& entry : listed) {
      if (dimm_of(entry.at("dev")) != dimm) continue;
      const char* key = ns.at("mode") == "raw" ? "uuid" : "raw_uuid";
      if (bare || entry.value(key, "") == ns.at("uuid")) return entry;
    }
    FAIL("Linux does not list it: " << listed.dump(1));
    return {};
  }

  static void check_namespace(const json& entry, const json& ns) {
    CAPTURE(entry.dump());
    CHECK(entry.at("mode") == ns.at("mode"));
    CHECK(entry.value("name", "") == ns.at("name"));
    CHECK(entry.at("size") == ns.at("usable"));
    if (ns.contains("sectors")) CHECK(entry.at("sector_size") == ns.at("external_lbasize"));
    CHECK(entry.contains("align") == ns.contains("align"));
    if (ns.contains("align")) CHECK(entry.at("align") == ns.at("align"));
    if (ns.contains("content_uuid")) CHECK(entry.at("uuid") == ns.at("content_uuid"));
    if (ns.at("mode") == "devdax")
      CHECK(entry.at("daxregion").at("devices").at(0).contains("chardev"));
    else
      CHECK(entry.contains("blockdev"));
    CHECK(entry.value("state", "") != "disabled");
  }

  ScratchFolder scratch_{};
  std::string payload_;
  std::vector<Dimm> dimms_{};
  std::vector<json> made_{};  ///< what `create dimm --json` said
  std::string labels_before_{};
  BootResult guest_{};
};

}  // namespace

TEST_CASE("Linux finds the namespaces that `create dimm` made, in every mode, and ndctl works on") {
  Provisioned guest({
      {128 << 10,
       "1.2",
       "224M",
       {"name=data,mode=sector,size=32M", "name=victim,mode=sector,sector-size=512,size=32M",
        "name=plain,size=16M", "mode=fsdax,size=64M", "name=pages,mode=devdax,size=rest"}},
      {256 << 10,
       "1.1",
       "192M",
       {"name=old,mode=sector,sector-size=512,size=32M", "name=victim,size=32M",
        "name=quick,mode=fsdax,map=mem,size=64M", "mode=devdax,map=mem,size=32M", "name=last"}},
      {1 << 20, "1.2", "64M", {"name=whole,mode=sector,sector-size=4160"}},
      {1 << 20, "1.1", "64M", {"name=whole,mode=fsdax,align=4K"}},
      {0, "1.2", "64M", {"mode=sector,sector-size=512"}},
      {0, "1.2", "64M", {"mode=fsdax"}},
      {0, "1.2", "64M", {"mode=devdax,map=mem"}},
      {0, "1.2", "16M", {"mode=raw"}},
  });
  guest.check();
  CHECK(guest.heirs() == 2);
  CHECK(guest.filled() == 13);
}

}  // namespace kernel_test
