// SPDX-License-Identifier: BSD-3-Clause
#include "label_lab.h"

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <ndmedic/media/crash_images.h>
#include <ndmedic/media/crash_media.h>

#include "hash_set.h"
#include "label_cases.h"
#include "label_steps.h"
#include "picture.h"
#include "prefix_media.h"
#include "random.h"

namespace ndmedic::laboratory {
namespace {

using Bytes = std::vector<std::byte>;
constexpr unsigned cuts_max = 4;
constexpr std::uint64_t samples = 2000;

enum class Model : std::uint8_t {
  words,     ///< btt.md 4.1, PM-2: aligned units of 8 bytes, in any order until a fence
  transfers  ///< prefix_media.h
};

struct Counts {
  std::uint64_t images = 0;
  std::uint64_t further = 0;  ///< steps begun on what a power loss left
  std::uint64_t sampled = 0;  ///< moments with too many images for all of them
};

/// A call of the medium to leave out, by its ordinal.
struct LeftOut {
  bool fence = false;
  std::uint64_t ordinal = 0;  // 0: none
};

std::uint64_t hash_of(std::span<const std::byte> image) {
  std::uint64_t hash = 0;
  for (std::size_t at = 0; at < image.size(); at += 8) {
    std::uint64_t value = 0;
    std::memcpy(&value, image.data() + at, std::min<std::size_t>(8, image.size() - at));
    hash += crash_unit_hash(at, value);
  }
  return hash;
}

bool only_changed_in(std::span<const std::byte> image, std::span<const std::byte> before,
                     std::vector<Extent> ranges) {
  std::ranges::sort(ranges, {}, &Extent::offset);
  ranges.push_back({image.size(), 0});
  std::uint64_t at = 0;
  for (const Extent& range : ranges) {
    if (range.offset > at &&
        std::memcmp(image.data() + at, before.data() + at, range.offset - at) != 0)
      return false;
    at = std::max(at, range.offset + range.size);
  }
  return true;
}

class LabelLab {
 public:
  explicit LabelLab(Model model) : model_(model) {}

  /// Every image of the step on `before`, and of the steps after it. Gives what is there at the
  /// end.
  Bytes explore(const Bytes& before, const LabelStep& step, unsigned cuts, LeftOut left_out = {}) {
    const Moment moment(before, read_label_area(Picture(before)), step, cuts);
    if (model_ == Model::words) return explore_words(moment, left_out);
    PrefixMedia media(before);
    media.after_byte([&] { judge(media.bytes(), 0, moment); });
    const bool done = carry_out(media, step).has_value();
    finish(media.bytes(), done, moment);
    return {media.bytes().begin(), media.bytes().end()};
  }

  bool kept() const { return violation_.empty(); }
  const std::string& violation() const { return violation_; }
  const Counts& counts() const { return counts_; }

 private:
  /// What may be found while a step is carried out.
  struct Moment {
    Moment(const Bytes& bytes, const LabelArea& area, const LabelStep& which, unsigned cuts_left)
        : before(bytes), step(which), cuts(cuts_left) {
      old_set = see(area);
      new_set = seen_after(old_set, step);
      ranges = may_change(before, area, step);
    }
    bool allows(const SeenLabels& seen) const {
      const bool no_index = step.verb == LabelStep::Verb::initialise && seen == SeenLabels{};
      return seen == old_set || seen == new_set || no_index;
    }
    const Bytes& before;
    const LabelStep& step;
    unsigned cuts;
    SeenLabels old_set{};
    SeenLabels new_set{};
    std::vector<Extent> ranges{};
  };

  Bytes explore_words(const Moment& moment, LeftOut left_out) {
    CrashMedia media(moment.before);
    (left_out.fence ? media.drop_fence(left_out.ordinal) : media.drop_flush(left_out.ordinal));
    CrashImages images;
    const auto visit = [&] {
      images.take(media, media.fences());
      counts_.sampled += images.exhaustive() ? 0u : 1u;
      images.for_each(samples + 4 * images.units(), [&](const CrashImage& image) {
        judge(image.bytes, image.hash, moment);
        return kept();
      });
    };
    media.before_fence(visit);
    const bool done = carry_out(media, moment.step).has_value();
    visit();
    finish(media.durable(), done && media.in_flight().empty(), moment);
    return {media.durable().begin(), media.durable().end()};
  }

  /// Durable on return, and what the rules say.
  void finish(std::span<const std::byte> end, bool done, const Moment& moment) {
    if (!done)
      fail("not done", moment);
    else if (see(end) != moment.new_set)
      fail("another end", moment);
  }

  void judge(std::span<const std::byte> image, std::uint64_t hash, const Moment& moment) {
    if (!kept()) return;
    ++counts_.images;
    const LabelArea area = read_label_area(Picture(image));
    const SeenLabels seen = see(area);
    if (!moment.allows(seen)) return fail("neither old nor new", moment);
    if (!only_changed_in(image, moment.before, moment.ranges))
      return fail("bytes that are none of its business", moment);
    if (moment.cuts == 0) return;
    if (hash == 0) hash = hash_of(image);
    const std::uint64_t step =
        hash_of(moment.step.label.raw) + static_cast<unsigned>(moment.step.verb);
    if (!known_[moment.cuts].insert(hash ^ mix(step))) return;
    go_on(Bytes(image.begin(), image.end()), area, seen == moment.old_set, moment);
  }

  /// Power is back: the same again, or something else; cut off again while cuts are left.
  void go_on(const Bytes& image, const LabelArea& area, bool nothing_done, const Moment& moment) {
    std::vector<LabelStep> steps = next_steps(moment.step, area);
    const bool again = moment.step.verb != LabelStep::Verb::initialise;
    if (nothing_done && again) steps.insert(steps.begin(), moment.step);
    for (const LabelStep& step : steps) {
      if (!kept()) return;
      ++counts_.further;
      if (moment.cuts > 1) {
        explore(image, step, moment.cuts - 1);
        continue;
      }
      PrefixMedia media(image);
      const bool done = carry_out(media, step).has_value();
      finish(media.bytes(), done, Moment(image, area, step, 0));
    }
  }

  void fail(std::string_view what, const Moment& moment) {
    if (kept())
      violation_ = to_string(moment.step) + ", " + std::to_string(moment.cuts) +
                   " cuts left: " + std::string(what);
  }

  Model model_;
  Counts counts_{};
  std::string violation_{};
  std::vector<HashSet> known_ = std::vector<HashSet>(cuts_max);
};

/// The area before the last step of a case.
Bytes before_last(const LabelCase& label_case) {
  PrefixMedia media(label_case.before);
  for (std::size_t i = 0; i + 1 < label_case.steps.size(); ++i)
    static_cast<void>(carry_out(media, label_case.steps[i]));
  return {media.bytes().begin(), media.bytes().end()};
}

bool keeps_promises(const LabelCase& label_case, Model model, Counts& total) {
  LabelLab lab(model);
  Bytes now = label_case.before;
  for (const LabelStep& step : label_case.steps) now = lab.explore(now, step, label_case.cuts);
  std::printf("%-9s %-44s %s %9llu images, %9llu further steps%s\n",
              model == Model::words ? "words" : "transfers", label_case.name.c_str(),
              lab.kept() ? "kept  " : "BROKEN",
              static_cast<unsigned long long>(lab.counts().images),
              static_cast<unsigned long long>(lab.counts().further),
              lab.counts().sampled == 0 ? "" : ", sampled");
  if (!lab.kept()) std::printf("  %s\n", lab.violation().c_str());
  total.images += lab.counts().images;
  total.further += lab.counts().further;
  return lab.kept();
}

/// The cases that break when one flush or fence is left out, by its name.
using Needed = std::map<std::string, std::string>;

bool leave_out(const LabelCase& label_case, Needed& needed) {
  const Bytes before = before_last(label_case);
  const LabelStep& step = label_case.steps.back();
  CrashMedia whole(before);
  static_cast<void>(carry_out(whole, step));
  if (whole.flushes() != label_case.flushes.size() || whole.fences() != label_case.fences.size()) {
    std::printf("%s: %llu flushes and %llu fences have no name\n", label_case.name.c_str(),
                static_cast<unsigned long long>(whole.flushes()),
                static_cast<unsigned long long>(whole.fences()));
    return false;
  }
  const bool initialises = step.verb == LabelStep::Verb::initialise;
  for (const bool fence : {false, true}) {
    const auto& names = fence ? label_case.fences : label_case.flushes;
    for (std::size_t i = 0; i < names.size(); ++i) {
      std::string& found = needed[std::string(initialises ? "new area: " : "update: ") +
                                  (fence ? "fence " : "flush ") + std::string(names[i])];
      if (!found.empty()) continue;
      LabelLab lab(Model::words);
      lab.explore(before, step, 0, {fence, i + 1});
      if (!lab.kept()) found = label_case.name + ": " + lab.violation();
    }
  }
  return true;
}

}  // namespace

bool run_labels() {
  bool good = true;
  Counts total;
  const std::vector<LabelCase> cases = label_cases();
  for (const LabelCase& label_case : cases)
    for (const Model model : {Model::words, Model::transfers})
      good = keeps_promises(label_case, model, total) && good;
  std::printf("%zu cases: %llu images, %llu further steps\n", cases.size(),
              static_cast<unsigned long long>(total.images),
              static_cast<unsigned long long>(total.further));
  Needed needed;
  for (const LabelCase& label_case : cases) good = leave_out(label_case, needed) && good;
  for (const auto& [call, found] : needed) {
    std::printf("without %-34s %s\n", call.c_str(),
                found.empty() ? "NOT FOUND: redundant, or the laboratory is blind" : found.c_str());
    good = good && !found.empty();
  }
  return good;
}

}  // namespace ndmedic::laboratory
