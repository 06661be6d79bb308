// SPDX-License-Identifier: BSD-3-Clause
#include "provisioned.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <random>
#include <sstream>

#include <ndmedic/cli/sizes.h>
#include <ndmedic/image/personality.h>

namespace kernel_test {

namespace fs = std::filesystem;
using nlohmann::json;

namespace {

constexpr std::uint64_t new_size = 32 << 20;

json told_by(const std::vector<std::string>& arguments) {
  const Outcome outcome = run_ndmedic(arguments);
  REQUIRE_MESSAGE(outcome.exit == 0, outcome.out);
  return json::parse(outcome.out);
}

void check_clean(const fs::path& image) {
  const Outcome checked = run_ndmedic({"check", image.string()});
  CHECK_MESSAGE(checked.exit == 0, checked.out);
}

/// In the words of ndctl.
std::string mode_of(ndmedic::Personality personality) {
  using enum ndmedic::Personality;
  if (personality == btt_1_1 || personality == btt_2_0) return "sector";
  return std::string(to_string(personality));
}

std::vector<std::string> joined(std::vector<std::string> first,
                                const std::vector<std::string>& second) {
  first.insert(first.end(), second.begin(), second.end());
  return first;
}

}  // namespace

Provisioned::Provisioned(const std::vector<Wanted>& wanted, std::string new_mode)
    : new_mode_(std::move(new_mode)) {
  for (const Wanted& dimm : wanted) make(dimm);
  for (const Dimm& dimm : dimms_) check_clean(dimm.image);
  boot_guest();
}

void Provisioned::make(const Wanted& wanted) {
  const std::string number = std::to_string(dimms_.size());
  const fs::path image = scratch_ / ("d" + number + ".img");
  const auto label_size = ndmedic::cli::parse_size(wanted.label_size);
  REQUIRE(label_size);
  dimms_.push_back({image, *label_size});
  const std::vector<std::string> target = {"--for", "qemu:slot=" + number};
  std::vector<std::string> arguments =
      joined({"create", "dimm", image.string(), "--json", "--size", wanted.size, "--label-size",
              wanted.label_size, "--label-version", wanted.version, "--seed", "9" + number},
             joined(target, wanted.options));
  if (!wanted.one_by_one)
    for (const std::string& spec : wanted.namespaces)
      arguments = joined(arguments, {"--namespace", spec});
  made_.push_back(told_by(arguments));
  if (wanted.one_by_one)
    make_one_by_one(wanted, *label_size == 0 ? std::vector<std::string>{} : target, made_.back());
}

/// "name=x,size=y" are the options --name x --size y of the verb.
void Provisioned::make_one_by_one(const Wanted& wanted, const std::vector<std::string>& target,
                                  json& dimm) {
  for (const std::string& spec : wanted.namespaces) {
    std::vector<std::string> arguments = {"create",    "namespace",    "--json",
                                          "--no-undo", "--label-size", wanted.label_size};
    std::istringstream items(spec);
    for (std::string item; std::getline(items, item, ',');) {
      const auto equals = item.find('=');
      arguments = joined(arguments, {"--" + item.substr(0, equals), item.substr(equals + 1)});
    }
    arguments.push_back(dimms_.back().image.string());
    const json told = told_by(joined(arguments, joined(target, wanted.options)));
    for (const json& ns : told.at("namespaces")) dimm["namespaces"].push_back(ns);
  }
}

/// As `ndctl read-labels -j` prints those of all DIMMs that have them.
std::string Provisioned::dump() const {
  std::vector<std::string> arguments = {"labels", "dump", "--ndctl"};
  for (const Dimm& dimm : dimms_)
    if (dimm.label_size > 0) arguments.push_back(dimm.image.string());
  return arguments.size() == 3 ? std::string() : run_ndmedic(arguments).out;
}

void Provisioned::boot_guest() {
  labels_before_ = dump();
  std::string labelled;
  for (std::size_t i = 0; i < dimms_.size(); ++i)
    if (dimms_[i].label_size > 0) labelled += fmt::format(" nmem{}", i);
  BootPlan plan;
  plan.job = "provisioned";
  plan.dimms = dimms_;
  plan.out = scratch_ / "out";
  fs::create_directory(plan.out);
  std::mt19937 random(20261126);
  std::string payload(1 << 20, '\0');
  for (char& byte : payload) byte = static_cast<char>(random() & 0xFF);
  write_text(scratch_ / "payload", payload);
  write_text(scratch_ / "settings", fmt::format("LABELLED='{}'\nNEW_MODE={}\nNEW_SIZE={}\n",
                                                labelled, new_mode_, new_size));
  plan.files = {scratch_ / "payload", scratch_ / "settings"};
  guest_ = boot(plan);
  REQUIRE_MESSAGE(guest_.status == 0, guest_.told);
}

std::size_t Provisioned::told(const std::string& head) const {
  return static_cast<std::size_t>(std::ranges::count_if(
      guest_.lines, [&](const std::string& line) { return line.starts_with(head); }));
}

/// Of the region in a name like "namespace3.1".
std::size_t Provisioned::dimm_of(const std::string& dev) const {
  const std::string region = "region" + dev.substr(9, dev.find('.') - 9);
  std::istringstream lines(text_of(scratch_ / "out/regions"));
  std::size_t dimm = 0;
  for (std::string name; lines >> dimm >> name;)
    if (name == region) return dimm;
  FAIL("no region of " << dev);
  return 0;
}

/// What ndctl lists for a namespace: by the uuid of its label, or as the only one of its DIMM.
json Provisioned::entry_of(const json& listed, std::size_t dimm, const json& ns) const {
  const bool bare = dimms_[dimm].label_size == 0;
  for (const json& entry : listed) {
    if (dimm_of(entry.at("dev")) != dimm) continue;
    const char* key = ns.at("mode") == "raw" ? "uuid" : "raw_uuid";
    if (bare || entry.value(key, "") == ns.at("uuid")) return entry;
  }
  FAIL("Linux does not list it: " << listed.dump(1));
  return {};
}

void Provisioned::check_namespace(const json& entry, const json& ns) const {
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

void Provisioned::check() const {
  if (!labels_before_.empty()) {
    CHECK(labels_before_ == text_of(scratch_ / "out/labels.json"));
    CHECK(dump() == text_of(scratch_ / "out/labels_after.json"));
  }
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
  check_what_is_left();
}

void Provisioned::check_what_is_left() const {
  std::size_t heirs = 0;
  for (const Dimm& dimm : dimms_) {
    check_clean(dimm.image);
    const auto tree = open_image(dimm.image);
    for (const auto& ns : tree.namespaces) {
      CHECK(ns.name != "victim");
      if (dimm.label_size != 0 && ns.name != "heir") continue;
      ++heirs;
      CHECK(mode_of(ns.personality) == new_mode_);
      if (dimm.label_size != 0) CHECK(ns.size == new_size);
    }
  }
  CHECK(heirs == replaced());
}

}  // namespace kernel_test
