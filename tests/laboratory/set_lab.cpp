// SPDX-License-Identifier: BSD-3-Clause
#include "set_lab.h"

#include <algorithm>
#include <cstdio>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <ndmedic/media/crash_images.h>
#include <ndmedic/media/crash_media.h>

#include "hash_set.h"
#include "prefix_media.h"
#include "random.h"
#include "set_cases.h"
#include "set_meaning.h"

namespace ndmedic::laboratory {
namespace {

constexpr unsigned cuts = 3;               // in a row
constexpr std::uint64_t all_images = 512;  // of one area at one moment; of more, a sample
/// Signature ended, block, signature (the laboratory of one area): the last one is what the next
/// step on another area relies on.
constexpr std::uint64_t fences_per_update = 3;

enum class Model : std::uint8_t { words, transfers };

/// The `ordinal`-th fence of an area that is left out; 0: none.
struct LeftOut {
  std::size_t area = 0;
  std::uint64_t ordinal = 0;
};

struct Counts {
  std::uint64_t images = 0;
  std::uint64_t recoveries = 0;
};

/// Something that is carried out and cut off.
struct Task {
  std::function<Status(std::span<const LabelTarget>)> run{};
  const RegionState& region;
  Guid uuid{};
  std::vector<LabelArea> before{};
  std::vector<Meaning> ends{};  ///< what recovery may come to; the last one without a power loss
};

template <class Medium>
using Media_of = std::vector<std::unique_ptr<Medium>>;

template <class Medium>
Media_of<Medium> media_with(const Areas& areas) {
  Media_of<Medium> media;
  for (const Bytes& area : areas) media.push_back(std::make_unique<Medium>(std::span(area)));
  return media;
}

template <class Medium>
std::vector<LabelTarget> targets_of(const Media_of<Medium>& media) {
  std::vector<LabelTarget> targets;
  for (const auto& medium : media)
    targets.push_back({static_cast<std::uint32_t>(targets.size()), medium.get()});
  return targets;
}

template <class Medium>
Areas content_of(const Media_of<Medium>& media);
template <>
Areas content_of(const Media_of<PrefixMedia>& media) {
  Areas areas;
  for (const auto& medium : media)
    areas.emplace_back(medium->bytes().begin(), medium->bytes().end());
  return areas;
}
template <>
Areas content_of(const Media_of<CrashMedia>& media) {
  Areas areas;
  for (const auto& medium : media)
    areas.emplace_back(medium->visible().begin(), medium->visible().end());
  return areas;
}

class SetLab {
 public:
  explicit SetLab(Model model) : model_(model), known_(cuts + 1), branched_(cuts + 1) {}

  void explore(const Areas& before, const Task& task, unsigned cuts_left, LeftOut left_out = {}) {
    if (model_ == Model::words)
      explore_words(before, task, cuts_left, left_out);
    else
      explore_transfers(before, task, cuts_left);
  }

  bool kept() const { return violation_.empty(); }
  const std::string& violation() const { return violation_; }
  const Counts& counts() const { return counts_; }
  /// Fences of each area in the last exploration that was not nested.
  const std::vector<std::uint64_t>& fences() const { return fences_; }

 private:
  void explore_words(const Areas& before, const Task& task, unsigned cuts_left, LeftOut left_out) {
    const auto media = media_with<CrashMedia>(before);
    if (left_out.ordinal != 0) media[left_out.area]->drop_fence(left_out.ordinal);
    const auto visit = [&] { each_image(media, task, cuts_left); };
    for (const auto& medium : media) medium->before_fence(visit);
    const bool done = task.run(targets_of(media)).has_value();
    visit();
    const bool durable =
        std::ranges::all_of(media, [](const auto& medium) { return medium->in_flight().empty(); });
    finish(content_of(media), done && durable, task);
    fences_.clear();
    for (const auto& medium : media) fences_.push_back(medium->fences());
  }

  void explore_transfers(const Areas& before, const Task& task, unsigned cuts_left) {
    const auto media = media_with<PrefixMedia>(before);
    for (const auto& medium : media)
      medium->after_byte([&] { judge(content_of(media), task, cuts_left); });
    const bool done = task.run(targets_of(media)).has_value();
    finish(content_of(media), done, task);
  }

  /// Each area in turn with all its images, or a sample, while the others are as they are durably,
  /// as they are seen, and at a point of their own in between.
  void each_image(const Media_of<CrashMedia>& media, const Task& task, unsigned cuts_left) {
    std::vector<CrashImages> images(media.size());
    for (std::size_t i = 0; i < media.size(); ++i) images[i].take(*media[i]);
    std::size_t in_flight = 0;
    for (const CrashImages& area : images) in_flight += area.units() != 0 ? 1u : 0u;
    for (std::size_t i = 0; i < media.size() && kept(); ++i) {
      if (images[i].units() == 0 && in_flight != 0) continue;
      for (const std::uint64_t number : numbers_of(images[i]))
        for (std::uint64_t others = 0; others < (in_flight > 1 ? 3u : 1u); ++others) {
          Areas areas;
          for (std::size_t j = 0; j < media.size(); ++j) {
            const std::uint64_t count = std::max<std::uint64_t>(images[j].count(), 1);
            const std::uint64_t own = others == 0   ? 0
                                      : others == 1 ? count - 1
                                                    : Random(number + j).next() % count;
            const auto bytes = images[j].image(j == i ? number : own).bytes;
            areas.emplace_back(bytes.begin(), bytes.end());
          }
          judge(areas, task, cuts_left);
        }
    }
  }

  static std::vector<std::uint64_t> numbers_of(const CrashImages& images) {
    std::vector<std::uint64_t> numbers;
    const std::uint64_t count = images.count();
    if (!images.exhaustive()) {
      for (std::uint64_t n = 0; n < 4 * images.units() + 64; ++n) numbers.push_back(n);
      return numbers;
    }
    if (count <= all_images) {
      for (std::uint64_t n = 0; n < count; ++n) numbers.push_back(n);
      return numbers;
    }
    // All, none, each unit alone and each missing, and any.
    numbers = {0, count - 1};
    for (std::uint64_t unit = 1; unit < count; unit *= 2) {
      numbers.push_back(unit);
      numbers.push_back(count - 1 - unit);
    }
    Random random(count);
    for (int i = 0; i < 64; ++i) numbers.push_back(random.next() % count);
    return numbers;
  }

  void finish(const Areas& areas, bool done, const Task& task) {
    if (!done) return fail("not done, or not durable");
    if (meaning_of(read_areas(areas)) != task.ends.back()) fail("another end");
  }

  void judge(const Areas& areas, const Task& task, unsigned cuts_left) {
    if (!kept() || !known_[cuts_left].insert(hash_of(areas))) return;
    ++counts_.images;
    const std::vector<LabelArea> read = read_areas(areas);
    if (!are_sound(read)) return fail("an area without an index, or a slot without a label");
    if (!neighbours_kept(task.before, read, task.uuid)) return fail("a neighbour has changed");
    const auto media = media_with<PrefixMedia>(areas);
    const auto targets = targets_of(media);
    ++counts_.recoveries;
    if (!recover_namespaces(targets, {&task.region, 1})) return fail("recovery fails");
    const Areas recovered = content_of(media);
    const Meaning end = meaning_of(read_areas(recovered));
    if (std::ranges::find(task.ends, end) == task.ends.end()) return fail("neither old nor new");
    if (!plan_recovery(SetWriter(targets), {&task.region, 1}).empty())
      return fail("recovery leaves something to recover");
    if (!neighbours_kept(task.before, read_areas(recovered), task.uuid))
      return fail("recovery has changed a neighbour");
    const bool changed = recovered != areas;
    if (cuts_left == 0 || !changed || !branched_[cuts_left].insert(visible_state(read))) return;
    const Task again{.run = [&task](std::span<const LabelTarget> dimms) -> Status {
                       NDMEDIC_CHECK(recover_namespaces(dimms, {&task.region, 1}));
                       return {};
                     },
                     .region = task.region,
                     .uuid = task.uuid,
                     .before = read,
                     .ends = {end}};
    explore(areas, again, cuts_left - 1);
  }

  void fail(std::string_view what) {
    if (kept()) violation_ = std::string(what);
  }

  Model model_;
  Counts counts_{};
  std::string violation_{};
  std::vector<std::uint64_t> fences_{};
  std::vector<HashSet> known_;     // by cuts left
  std::vector<HashSet> branched_;  // by cuts left
};

Task task_of(const SetCase& set_case) {
  Task task{.run = set_case.run,
            .region = set_case.region,
            .uuid = set_case.uuid,
            .before = read_areas(set_case.before)};
  const auto media = media_with<PrefixMedia>(set_case.before);
  static_cast<void>(task.run(targets_of(media)));
  task.ends = {meaning_of(task.before), meaning_of(read_areas(content_of(media)))};
  return task;
}

bool keeps_promises(const SetCase& set_case, Model model, std::uint64_t& images) {
  const Task task = task_of(set_case);
  SetLab lab(model);
  lab.explore(set_case.before, task, cuts - 1);
  images += lab.counts().images;
  const bool moves = task.ends.front() != task.ends.back();
  if (lab.kept() && moves) return true;
  std::printf("%-9s %-52s %s\n", model == Model::words ? "words" : "transfers",
              set_case.name.c_str(), moves ? lab.violation().c_str() : "changes nothing");
  return false;
}

/// Every fence behind an index block, one at a time.
bool needs_its_fences(const SetCase& set_case, std::uint64_t& left_out) {
  const Task task = task_of(set_case);
  SetLab whole(Model::words);
  whole.explore(set_case.before, task, 0);
  const std::vector<std::uint64_t> fences = whole.fences();
  bool good = true;
  for (std::size_t area = 0; area < fences.size(); ++area) {
    good = good && fences[area] != 0 && fences[area] % fences_per_update == 0;
    for (std::uint64_t n = fences_per_update; n <= fences[area]; n += fences_per_update) {
      SetLab lab(Model::words);
      lab.explore(set_case.before, task, 0, {area, n});
      ++left_out;
      if (!lab.kept()) continue;
      std::printf("%s: fence %llu of area %zu can be left out\n", set_case.name.c_str(),
                  static_cast<unsigned long long>(n), area);
      good = false;
    }
  }
  return good;
}

bool is_found_out(const SetCase& wrong) {
  const Task task = task_of(wrong);
  SetLab lab(Model::words);
  lab.explore(wrong.before, task, 0);
  std::printf("%-43s %s\n", wrong.name.c_str(),
              lab.kept() ? "NOT FOUND OUT" : lab.violation().c_str());
  return !lab.kept();
}

}  // namespace

bool run_sets() {
  bool good = true;
  std::uint64_t images = 0;
  std::uint64_t left_out = 0;
  const std::vector<SetCase> cases = set_cases();
  for (const SetCase& set_case : cases) {
    for (const Model model : {Model::words, Model::transfers})
      good = keeps_promises(set_case, model, images) && good;
    good = needs_its_fences(set_case, left_out) && good;
  }
  std::printf("%zu transactions, %llu distinct images, %llu fences left out: %s\n", cases.size(),
              static_cast<unsigned long long>(images), static_cast<unsigned long long>(left_out),
              good ? "kept" : "BROKEN");
  for (const SetCase& wrong : wrong_set_cases()) good = is_found_out(wrong) && good;
  return good;
}

}  // namespace ndmedic::laboratory
