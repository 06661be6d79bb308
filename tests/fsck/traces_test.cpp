// SPDX-License-Identifier: BSD-3-Clause
// What wipe finds and removes: all copies, nothing of a user, and at every power cut no personality
// but the one that was there, or none.
#include <doctest/doctest.h>

#include <algorithm>
#include <memory>
#include <set>
#include <string>

#include <ndmedic/fsck/traces.h>
#include <ndmedic/image/recipe.h>
#include <ndmedic/media/copy.h>
#include <ndmedic/media/plan.h>
#include <ndmedic/media/view.h>

#include "opened.h"

namespace ndmedic {
namespace {

constexpr std::uint64_t mib = std::uint64_t{1} << 20;
constexpr std::uint64_t block = 4096;

std::unique_ptr<SparseMedia> device(std::string_view recipe) {
  auto made = make_media(recipe);
  REQUIRE(made);
  return std::move(made->devices.front());
}

ImageTree tree_of(Media& media) {
  NoFindings ignored;
  return test::opened(test::view_of(media), ignored);
}

void move_block(const Media& from, std::uint64_t at, Media& to, std::uint64_t into) {
  std::vector<std::byte> bytes(block);
  REQUIRE(from.read(at, bytes));
  REQUIRE(to.write(into, bytes));
}

TraceList traces_of(Media& media) {
  const ImageTree tree = tree_of(media);
  auto list = find_traces(tree);
  REQUIRE(list);
  return std::move(*list);
}

std::set<std::uint64_t> offsets(const std::vector<Trace>& traces) {
  std::set<std::uint64_t> result;
  for (const Trace& trace : traces) result.insert(trace.offset);
  return result;
}

/// Wipes what is chosen; looks at the image behind each step of the plan, and at each step alone
/// with what its fences put before it. Gives all personalities that were seen.
std::set<Personality> wipe(SparseMedia& media, const WipeChoice& choice) {
  Plan plan;
  {
    Media& overlay = plan.add(media);
    ImageTree tree = tree_of(overlay);
    const auto list = find_traces(tree);
    REQUIRE(list);
    REQUIRE(wipe_traces(tree, chosen_traces(*list, choice)));
  }
  std::vector<Step> steps;
  REQUIRE(plan.recording().for_each_step([&](const Step& step) {
    steps.push_back(step);
    return true;
  }));
  std::set<Personality> seen;
  const auto look = [&](const std::function<bool(std::size_t)>& is_stored) {
    Plan cut;
    Media& overlay = cut.add(media);
    for (std::size_t i = 0; i < steps.size(); ++i)
      if (is_stored(i)) REQUIRE(overlay.write(steps[i].offset, steps[i].after));
    seen.insert(tree_of(overlay).namespaces.front().personality);
  };
  for (std::size_t n = 0; n <= steps.size(); ++n) {
    look([&](std::size_t i) { return i < n; });
    if (n < steps.size())
      look([&](std::size_t i) { return steps[i].group < steps[n].group || i == n; });
  }
  REQUIRE(plan.apply());
  return seen;
}

TEST_CASE("both info blocks of a BTT go, and nothing else") {
  const auto media = device("arena 20M sector 512 nfree 4\nwrite 7 fill 5\n");
  std::vector<std::byte> before(media->size());
  REQUIRE(media->read(0, before));
  CHECK(offsets(traces_of(*media).traces) == std::set<std::uint64_t>{0, 20 * mib - block});
  const auto seen = wipe(*media, {true, false, false, false, false});
  CHECK(seen == std::set<Personality>{Personality::btt_2_0, Personality::raw});
  CHECK(traces_of(*media).traces.empty());
  std::vector<std::byte> after(media->size());
  REQUIRE(media->read(0, after));
  CHECK(std::equal(after.begin() + block, after.end() - block, before.begin() + block));
}

TEST_CASE("an info block in a user's sector is neither BTT nor stale while the BTT is there") {
  const auto media = device("arena 20M sector 4096 nfree 4\n");
  move_block(*device("bare 20M fsdax"), block, *media, block);
  const TraceList list = traces_of(*media);
  REQUIRE(list.traces.size() == 3);
  CHECK(list.traces[1].in_data);
  CHECK(chosen_traces(list, {false, true, false, true, false}).empty());
  CHECK(chosen_traces(list, {false, true, false, false, true}).size() == 1);
}

TEST_CASE("what lies in a user's sector does not come into force when the BTT goes") {
  const auto media = device("arena 20M sector 4096 nfree 4\n");
  move_block(*device("bare 20M fsdax"), block, *media, block);
  const auto seen = wipe(*media, {true, false, false, false, false});
  CHECK(seen == std::set<Personality>{Personality::btt_2_0, Personality::raw});
  CHECK(traces_of(*media).traces.empty());
}

TEST_CASE("copies of a former BTT go behind an fsdax, whose block and data stay") {
  // 1.1 begins at 4096, where the fsdax block has taken the primary's place; a 2.0 before it has
  // left its primary at 0 and, in the same place, its backup.
  const auto media = device("arena 32M sector 512 nfree 4 version 1.1\n");
  const auto fsdax = device("bare 32M fsdax");
  move_block(*fsdax, block, *media, block);
  const TraceList list = traces_of(*media);
  REQUIRE(list.traces.size() == 2);
  CHECK(list.traces[0].live);
  CHECK(list.traces[1].backup);
  CHECK(list.traces[1].in_data);  // the last block of the fsdax's data
  CHECK(chosen_traces(list, {false, false, false, true, false}).empty());
  const auto seen = wipe(*media, {false, false, false, true, true});
  CHECK(seen == std::set<Personality>{Personality::fsdax});
  CHECK(offsets(traces_of(*media).traces) == std::set<std::uint64_t>{block});
}

TEST_CASE("with an fsdax goes the backup of a former BTT, before it") {
  const auto media = device("arena 32M sector 512 nfree 4 version 1.1\n");
  move_block(*device("bare 32M fsdax"), block, *media, block);
  const auto seen = wipe(*media, {false, true, false, false, false});
  CHECK(seen == std::set<Personality>{Personality::fsdax, Personality::raw});
  CHECK(traces_of(*media).traces.empty());
}

TEST_CASE("a former BTT of a smaller size is found by what its primary says") {
  const auto small = device("arena 20M sector 512 nfree 4\n");
  SparseMedia media(48 * mib);
  move_block(*small, 0, media, 0);
  move_block(*small, 20 * mib - block, media, 20 * mib - block);
  CHECK(offsets(traces_of(media).traces) == std::set<std::uint64_t>{0, 20 * mib - block});
}

TEST_CASE("in 512 GiB and more the backups of one version are not taken for another's primaries") {
  const auto media = device("arena 600G sector 4096 nfree 4 version 1.1\n");
  const TraceList list = traces_of(*media);
  REQUIRE(list.traces.size() == 4);
  constexpr std::uint64_t gib512 = std::uint64_t{512} << 30;
  CHECK(list.traces[0].offset == block);
  CHECK(list.traces[1].offset == gib512);
  CHECK(list.traces[1].backup);
  CHECK(list.traces[2].offset == gib512 + block);
  CHECK_FALSE(list.traces[2].backup);
  CHECK(list.traces[3].backup);
  const auto seen = wipe(*media, {true, false, false, false, false});
  CHECK(seen == std::set<Personality>{Personality::btt_1_1, Personality::raw});
}

TEST_CASE("the header of a pool goes before the BTT that it promises") {
  const auto media = device("pool 20M nfree 4\n");
  CHECK(traces_of(*media).traces.size() == 3);
  wipe(*media, {true, false, false, false, false});
  CHECK(traces_of(*media).traces.empty());
}

TEST_CASE("an empty image has no traces") {
  SparseMedia media(20 * mib);
  CHECK(traces_of(media).traces.empty());
}

}  // namespace
}  // namespace ndmedic
