// SPDX-License-Identifier: BSD-3-Clause
// Repairs of BTTs under the crash medium: whatever a power loss leaves keeps every sector that is
// not repaired, gives no block another owner, and is brought to the same end by the next repair;
// and without any one flush or fence of the repairs it is not so (docs/TESTING.md).
#include <doctest/doctest.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <sstream>
#include <unordered_map>

#include <ndmedic/media/crash_images.h>
#include <ndmedic/media/crash_media.h>
#include <ndmedic/media/plan.h>

#include "../fsck/repair_cases.h"
#include "../fsck/repaired.h"
#include "picture.h"

namespace ndmedic::test {
namespace {

namespace fs = std::filesystem;
using laboratory::Picture;
using Bytes = std::vector<std::byte>;

constexpr std::uint64_t size_max = std::uint64_t{40} << 20;
constexpr std::uint64_t all_max = 1024;  // images of a moment that are all visited
constexpr std::uint64_t samples = 60;    // of a moment with more
constexpr int passes_max = 4;

struct Case {
  std::string name{};
  Bytes media{};
  RepairClass consent = RepairClass::lossy;
};

Bytes bytes_of_recipe(std::string_view recipe) {
  const auto devices = media_of(recipe);
  if (devices.size() != 1 || devices.front()->size() > size_max) return {};
  Bytes bytes(devices.front()->size());
  REQUIRE(devices.front()->read(0, bytes));
  return bytes;
}

std::vector<Case> cases() {
  std::vector<Case> all;
  for (const RepairCase& one : repair_cases())
    all.push_back({std::string(one.what), bytes_of_recipe(small_arena + one.changes), one.consent});
  const std::string pool = "pool 17M block 512\nwrite 5 lane 3\nwrite 6 lane 3\n";
  all.push_back({"pool, a lost lane", bytes_of_recipe(pool + "zero ns/0/arena0/flog/3\n")});
  all.push_back({"pool, equal sequence numbers",
                 bytes_of_recipe(pool + "set ns/0/arena0/flog/3.A.seq = 2\nset "
                                        "ns/0/arena0/flog/3.B.seq = 2\n")});
  all.push_back({"pool, two lanes with one block",
                 bytes_of_recipe(pool + "set ns/0/arena0/flog/4.A.old_map = 5\nset "
                                        "ns/0/arena0/flog/4.A.new_map = 5\n")});
  for (const char* folder : {"btt", "pool"})
    for (const auto& entry :
         fs::directory_iterator(fs::path(NDMEDIC_SOURCE_DIR) / "corpora" / folder)) {
      std::ifstream file(entry.path() / "recipe");
      if (!file) continue;
      std::ostringstream text;
      text << file.rdbuf();
      all.push_back({entry.path().filename().string(), bytes_of_recipe(text.str())});
    }
  std::erase_if(all, [](const Case& one) { return one.media.empty(); });
  std::ranges::sort(all, {}, &Case::name);
  return all;
}

/// What a repair is judged by.
struct State {
  std::set<ProblemId> damage{};
  std::vector<std::vector<std::uint32_t>> words{};  ///< of each arena, as recovery leaves them
  std::set<std::pair<std::size_t, std::uint32_t>> shared{};  ///< arena and block
  bool operator==(const State&) const = default;
};

State state_of(const Checked& all) {
  State state{.damage = damage_of(all)};
  for (std::size_t i = 0; i < all.result.arenas.size(); ++i) {
    if (!all.result.arenas[i].ownership.complete) continue;
    std::vector<std::uint32_t>& words = state.words.emplace_back();
    for (const MapEntry entry : words_of(all, all.result.arenas[i])) words.push_back(entry.word);
    for (const SharedBlock& block : all.result.arenas[i].ownership.shared)
      state.shared.emplace(i, block.block.value);
  }
  return state;
}

/// A flush or fence to leave out, by its ordinal.
struct Dropped {
  bool fence = false;
  std::uint64_t ordinal = 0;  // 0: none
};

/// By ordinal, what flushes and fences are for: the action, its phase, and their number in it.
struct CallSites {
  std::vector<std::string> flushes{};
  std::vector<std::string> fences{};
};

/// One repair, carried out, and what its flushes and fences are for.
Status carry_out(const Repair& one, bool first_phase, const CrashMedia* counter, CallSites* sites) {
  const auto note = [&](std::vector<std::string>& names, std::uint64_t count, const char* what) {
    const std::size_t before = names.size();
    while (names.size() < count)
      names.push_back(std::string(to_string(one.action)) + (first_phase ? ", marking, " : ", ") +
                      what + ' ' + std::to_string(names.size() - before + 1));
  };
  const Status done = first_phase ? one.prepare() : one.carry_out();
  if (counter == nullptr) return done;
  note(sites->flushes, counter->flushes(), "flush");
  note(sites->fences, counter->fences(), "fence");
  return done;
}

/// Repairs until nothing more is proposed; what was there first, and what is there at the end.
struct Mended {
  State first{};
  State last{};
  bool ended = false;
};

Mended mend(Media& media, RepairClass consent, const CrashMedia* counter = nullptr,
            CallSites* sites = nullptr) {
  Mended mended;
  for (int pass = 0; pass < passes_max; ++pass) {
    std::vector<std::unique_ptr<Media>> views;
    views.push_back(view_of(media));
    Checked now = checked(std::move(views));
    mended.last = state_of(now);
    if (pass == 0) mended.first = mended.last;
    auto proposed = propose_repairs(now.tree, now.result, now.findings);
    if (!proposed) return mended;
    std::erase_if(*proposed, [&](const Repair& one) { return one.consent > consent; });
    mended.ended = proposed->empty();
    if (mended.ended) return mended;
    for (const bool first_phase : {true, false})
      for (const Repair& one : *proposed)
        if ((!first_phase || one.prepare) && !carry_out(one, first_phase, counter, sites))
          return mended;
  }
  return mended;
}

/// Looks at images of one case; each is judged once.
class Judge {
 public:
  explicit Judge(const Case& one) : consent_(one.consent) {
    Picture picture(one.media);
    Plan plan;
    const Mended calm = mend(plan.add(picture), consent_);
    REQUIRE(calm.ended);
    begin_ = calm.first;
    end_ = calm.last;
  }

  bool has_work() const { return begin_ != end_; }

  /// Empty: the image keeps what it must.
  const std::string& objection(const CrashImage& image) {
    const auto [place, is_new] = known_.try_emplace(image.hash);
    if (is_new) place->second = judge(image.bytes);
    return place->second;
  }

  const State& end() const { return end_; }
  std::size_t distinct() const { return known_.size(); }

 private:
  std::string judge(std::span<const std::byte> bytes) const {
    Picture picture(bytes);
    Plan plan;
    const Mended again = mend(plan.add(picture), consent_);
    if (!again.ended) return "no end of repairs";
    if (!std::ranges::includes(begin_.shared, again.first.shared)) return "a block got two owners";
    if (!has_known_words(again.first)) return "a word that is neither old nor new";
    if (names(again.last.damage) != names(end_.damage)) return "other damage at the end";
    if (again.last != end_) return "another end";
    return {};
  }

  bool has_known_words(const State& state) const {
    if (state.words.size() != begin_.words.size()) return true;  // an info block is being made
    for (std::size_t arena = 0; arena < state.words.size(); ++arena)
      for (std::uint32_t lba = 0; lba < state.words[arena].size(); ++lba) {
        const std::uint32_t word = state.words[arena][lba];
        const std::uint32_t old = begin_.words[arena][lba];
        const std::uint32_t now = end_.words[arena][lba];
        const std::uint32_t marked = MapEntry{old}.postmap({lba}).value | map_error_bit;
        if (word != old && word != now && (old == now || word != marked)) return false;
      }
    return true;
  }

  RepairClass consent_;
  State begin_{};
  State end_{};
  std::unordered_map<std::uint64_t, std::string> known_{};
};

struct Run {
  std::string objection{};
  std::uint64_t images = 0;
  CallSites sites{};
};

Run run(const Case& one, Judge& judge, Dropped dropped) {
  Run run;
  CrashMedia media(one.media);
  (dropped.fence ? media.drop_fence(dropped.ordinal) : media.drop_flush(dropped.ordinal));
  CrashImages images;
  const auto visit = [&] {
    if (!run.objection.empty()) return;
    images.take(media, media.fences());
    const auto look = [&](const CrashImage& image) {
      ++run.images;
      run.objection = judge.objection(image);
      return run.objection.empty();
    };
    if (images.count() <= all_max || !images.exhaustive()) return images.for_each(samples, look);
    for (std::uint64_t i = 0; i < samples; ++i)
      if (!look(images.image(i * (images.count() / samples)))) return;
  };
  media.before_fence(visit);
  const Mended mended = mend(media, one.consent, &media, &run.sites);
  visit();
  if (!run.objection.empty()) return run;
  if (!mended.ended || mended.last != judge.end()) run.objection = "another end without a cut";
  if (!media.in_flight().empty()) run.objection = "what was repaired is not durable";
  return run;
}

TEST_CASE("repairs come to the same end at every power cut, and no flush or fence is idle") {
  std::uint64_t images = 0;
  std::size_t distinct = 0;
  std::uint64_t worked = 0;
  std::map<std::string, std::string> found;  // by flush or fence: the case that needs it
  for (const Case& one : cases()) {
    CAPTURE(one.name);
    Judge judge(one);
    if (!judge.has_work()) continue;
    ++worked;
    const Run whole = run(one, judge, {});
    CHECK(whole.objection == "");
    images += whole.images;
    for (const bool fence : {false, true}) {
      const std::vector<std::string>& sites = fence ? whole.sites.fences : whole.sites.flushes;
      for (std::size_t i = 0; i < sites.size(); ++i) {
        std::string& needed_by = found[sites[i]];
        if (!needed_by.empty()) continue;
        const Run without = run(one, judge, {fence, i + 1});
        if (!without.objection.empty()) needed_by = one.name + ": " + without.objection;
      }
    }
    distinct += judge.distinct();
  }
  for (const auto& [site, needed_by] : found) {
    CAPTURE(site);
    CHECK(needed_by != "");
    std::printf("without %-32s %s\n", site.c_str(), needed_by.c_str());
  }
  std::printf("%llu cases, %llu images, %zu distinct ones repaired again\n",
              static_cast<unsigned long long>(worked), static_cast<unsigned long long>(images),
              distinct);
  CHECK(worked > 20);
}

}  // namespace
}  // namespace ndmedic::test
