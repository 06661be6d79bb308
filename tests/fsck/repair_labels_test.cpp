// SPDX-License-Identifier: BSD-3-Clause
// Repairs of label areas, over the corpora: what is cured is gone by the next check, no namespace
// that Linux showed disappears (RP6), old bytes are brought back, and a power loss at any moment
// leaves what the next repair brings to the same end.
#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <random>
#include <sstream>

#include <ndmedic/media/plan.h>

#include "problem_layers.h"
#include "repaired.h"

namespace ndmedic::test {
namespace {

namespace fs = std::filesystem;
using Devices = std::vector<std::unique_ptr<SparseMedia>>;

struct Case {
  std::string name;
  std::string recipe;
};

std::string text_of(const fs::path& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

/// Damage that the corpora lack.
std::vector<Case> more_cases() {
  const std::string labelled = "dimm 64M\nnamespace raw size 16M name data\n";
  const std::string moved = labelled +
                            "set labels/slot/5 = labels/slot/1\nmark labels/slot/5 used\n"
                            "zero labels/slot/0\n";
  const std::string region = "lsa 128K version 2.1\nregion size 256M\nnamespace raw size 64M\n";
  return {
      {"a copy in the wrong slot", moved},
      {"a label in the wrong slot", moved + "mark labels/slot/1 free\nzero labels/slot/1\n"},
      {"offsets of the next index block", labelled + "set labels/index1.labeloff = 1024\n"},
      {"overlapping parts", labelled + "set labels/index1.otheroff = 0x80\n"},
      {"version of the next index block", labelled + "set labels/index1.minor = 3\n"},
      {"labels of a region with UPDATING", region + "set labels/slot/1.flags = 8\n"},
      {"a damaged label, one slot free",
       "dimm 64M\nnamespace raw size 16M name data\nset labels/slot/1.checksum = 1\nunsealed\n"},
      {"a torn next block beside a lost label",
       labelled + "zero labels/slot/1\nseal\nset labels/index1.checksum = 1\nunsealed\n"},
      {"two namespaces, both labels damaged",
       labelled + "namespace raw size 16M name more\nset labels/slot/1.checksum = 1\n"
                  "set labels/slot/3.checksum = 1\nunsealed\n"},
      {"five faults at once",
       labelled + "namespace raw size 16M name more\nset labels/slot/3.rawsize = 0\n"
                  "set labels/index0.flags = 1\nset labels/index1.flags = 1\nseal\n"
                  "set labels/slot/1.checksum = 1\nunsealed\n"},
      {"a name that a character cut short ends",
       labelled + "bytes labels/slot/1.name = " + std::string(124, '6') + "c3a9\n"},
  };
}

std::vector<Case> cases() {
  std::vector<Case> all = more_cases();
  for (const char* folder : {"labels", "cxl"})
    for (const auto& entry :
         fs::directory_iterator(fs::path(NDMEDIC_SOURCE_DIR) / "corpora" / folder))
      if (fs::exists(entry.path() / "recipe"))
        all.push_back({entry.path().filename().string(), text_of(entry.path() / "recipe")});
  std::ranges::sort(all, {}, &Case::name);
  return all;
}

/// What nothing repairs yet. Shrinks.
const std::set<ProblemId> not_repaired = {
    ProblemId::index_nslot_hides_labels,  // both blocks are wrong: 7.5
    ProblemId::index_foreign_geometry,    // another layout: convert
    ProblemId::label_slots_full,          // what the other repairs free, if anything
    ProblemId::label_deleted_intact,      // a deleted namespace looks exactly so
    ProblemId::set_cookie_alt,            // kernels before 4.11 want it
    ProblemId::cxl_granularity_linux,     // a reader of bytes would misread the power
};

/// Cases in which a problem is left that is repaired elsewhere.
const std::set<std::pair<std::string, ProblemId>> left_alone = {
    {"index_nslot_hides", ProblemId::index_nslot_illegal},
    {"index_nslot_hides", ProblemId::index_tail_bits},
    {"index_nslot_hides", ProblemId::index_padding},
    {"index_two_versions", ProblemId::slot_blank_in_use},
    {"index_two_versions", ProblemId::label_updating_stale},
};

bool wants_repair(ProblemId id) {
  return layer_of(id) == Layer::labels && problem(id).repair <= RepairClass::lossy &&
         !not_repaired.contains(id);
}

/// What the labels say, slots left out.
std::set<std::string> meaning_of(const Checked& all) {
  std::set<std::string> meaning;
  for (const LabelNamespace& ns : all.tree.labels.namespaces) {
    std::string text = to_string(ns.uuid, GuidOrder::text) + ' ' + ns.name + ' ' +
                       std::to_string(ns.size) + ' ' + std::to_string(ns.lbasize) + ' ' +
                       to_string(ns.abstraction, GuidOrder::efi) + ' ' +
                       std::string(to_string(ns.linux_view));
    for (const NamespaceExtent& extent : ns.extents)
      text += ' ' + std::to_string(extent.device) + '/' + std::to_string(extent.dpa);
    meaning.insert(std::move(text));
  }
  return meaning;
}

using Shown = std::set<std::tuple<Guid, std::uint64_t, std::uint64_t>>;

Shown shown_by_linux(const Checked& all) {
  Shown shown;
  for (const LabelNamespace& ns : all.tree.labels.namespaces)
    if (ns.linux_view == LinuxView::visible)
      shown.emplace(ns.uuid, ns.size, ns.extents.front().dpa);
  return shown;
}

struct Mended {
  std::set<ProblemId> cured{};
  std::set<ProblemId> left{};
  std::set<std::string> meaning{};
  Shown shown{};
};

/// Repairs until nothing more is proposed, each time on what is there then.
template <class Views>
Mended mend(const Views& views) {
  constexpr int passes_max = 6;
  Mended mended;
  for (int pass = 0;; ++pass) {
    REQUIRE(pass < passes_max);
    Checked now = checked(views());
    const std::vector<Repair> done = repair(now, RepairClass::lossy);
    for (const Repair& one : done) {
      CHECK(one.consent == problem(one.cures).repair);
      mended.cured.insert(one.cures);
    }
    if (!done.empty()) continue;
    mended.left = now.ids();
    mended.meaning = meaning_of(now);
    mended.shown = shown_by_linux(now);
    return mended;
  }
}

std::vector<std::unique_ptr<Media>> whole(const Devices& devices) {
  std::vector<std::unique_ptr<Media>> views;
  for (const auto& device : devices) views.push_back(view_of(*device));
  return views;
}

Mended mend(const Devices& devices) {
  return mend([&] { return whole(devices); });
}

/// Repairs as a plan: what would be stored, in order.
struct Planned {
  Mended mended{};
  std::vector<Step> steps{};
  std::uint64_t groups = 0;
};

Planned plan_for(const Devices& devices) {
  Plan plan;
  std::vector<Media*> overlays;
  for (const auto& device : devices) overlays.push_back(&plan.add(*device));
  Planned planned;
  planned.mended = mend([&] {
    std::vector<std::unique_ptr<Media>> views;
    for (Media* overlay : overlays) views.push_back(view_of(*overlay));
    return views;
  });
  planned.groups = plan.recording().group_count();
  REQUIRE(plan.recording().for_each_step([&](const Step& step) {
    planned.steps.push_back(step);
    planned.steps.back().tag = {};
    return true;
  }));
  return planned;
}

bool same(const Devices& a, const Devices& b, const std::vector<Step>& steps) {
  return std::ranges::all_of(steps, [&](const Step& step) {
    std::vector<std::byte> first(step.after.size());
    std::vector<std::byte> second(step.after.size());
    return a[step.device]->read(step.offset, first) && b[step.device]->read(step.offset, second) &&
           first == second;
  });
}

/// Stores any 8-byte words of a step.
void store_part(Devices& devices, const Step& step, std::mt19937_64& random) {
  std::vector<std::byte> bytes(step.after.size());
  REQUIRE(devices[step.device]->read(step.offset, bytes));
  const auto dense = random() % 3;
  for (std::size_t at = 0; at < bytes.size(); at += 8)
    if (dense == 0 ? random() % 8 == 0 : dense == 1 ? random() % 8 != 0 : random() % 2 == 0)
      std::copy_n(step.after.begin() + static_cast<std::ptrdiff_t>(at),
                  std::min<std::size_t>(8, bytes.size() - at),
                  bytes.begin() + static_cast<std::ptrdiff_t>(at));
  REQUIRE(devices[step.device]->write(step.offset, bytes));
}

TEST_CASE("what is cured is gone, nothing new is there, and no namespace disappears") {
  std::set<ProblemId> cured;
  for (const Case& one : cases()) {
    CAPTURE(one.name);
    Bench bench(one.recipe);
    const Checked before = bench.look();
    const Mended mended = mend(bench.devices());
    for (const ProblemId id : before.ids()) {
      CAPTURE(problem(id).name);
      if (wants_repair(id) && !left_alone.contains({one.name, id})) {
        CHECK(mended.cured.contains(id));
        CHECK(!mended.left.contains(id));
      } else {
        CHECK(!mended.cured.contains(id));
      }
    }
    for (const ProblemId id : mended.left) {
      CAPTURE(problem(id).name);
      CHECK(before.ids().contains(id));
    }
    CHECK(std::ranges::includes(mended.shown, shown_by_linux(before)));
    cured.insert(mended.cured.begin(), mended.cured.end());
  }
  for (const Problem& row : problems()) {
    CAPTURE(row.name);
    if (wants_repair(row.id)) CHECK(cured.contains(row.id));
    if (not_repaired.contains(row.id)) CHECK(!cured.contains(row.id));
  }
}

TEST_CASE("old bytes bring back the old image, and only label areas were written") {
  for (const Case& one : cases()) {
    CAPTURE(one.name);
    Devices devices = media_of(one.recipe);
    const Planned planned = plan_for(devices);
    for (const Step& step : planned.steps) {
      REQUIRE(devices[step.device]->write(step.offset, step.after));
      CHECK(step.before.size() == step.after.size());
      CHECK(step.offset + (std::uint64_t{128} << 10) >= devices[step.device]->size());
    }
    const Checked after = checked(whole(devices));
    CHECK(names(after.ids()) == names(planned.mended.left));
    for (auto step = planned.steps.rbegin(); step != planned.steps.rend(); ++step)
      REQUIRE(devices[step->device]->write(step->offset, step->before));
    CHECK(same(devices, media_of(one.recipe), planned.steps));
  }
}

TEST_CASE("a power loss at any moment leaves what the next repair brings to the same end") {
  constexpr int samples = 4;
  std::mt19937_64 random(5);
  std::uint64_t images = 0;
  for (const Case& one : cases()) {
    CAPTURE(one.name);
    const Planned planned = plan_for(media_of(one.recipe));
    for (std::uint64_t group = 0; group < planned.groups; ++group)
      for (int sample = 0; sample < samples; ++sample) {
        CAPTURE(group);
        CAPTURE(sample);
        Devices devices = media_of(one.recipe);
        for (const Step& step : planned.steps) {
          if (step.group < group) REQUIRE(devices[step.device]->write(step.offset, step.after));
          if (step.group == group) store_part(devices, step, random);
        }
        const Mended again = mend(devices);
        CHECK(again.meaning == planned.mended.meaning);
        CHECK(names(again.left) == names(planned.mended.left));
        ++images;
      }
  }
  MESSAGE(images << " images");
  CHECK(images > 500);
}

}  // namespace
}  // namespace ndmedic::test
