// SPDX-License-Identifier: BSD-3-Clause
#include <ndmedic/media/overlay_media.h>

#include <doctest/doctest.h>

#include <random>

#include <ndmedic/media/fault_media.h>
#include <ndmedic/media/memory_media.h>
#include <ndmedic/media/view.h>

#include "pattern.h"

namespace ndmedic {
namespace {

using test::bytes_of;
using test::filled;
using test::pattern;

std::vector<Step> steps_of(const Recording& recording) {
  std::vector<Step> steps;
  REQUIRE(recording.for_each_step([&](const Step& step) {
    steps.push_back(step);
    return true;
  }));
  return steps;
}

TEST_CASE("overlay: what is written is read, and the base keeps its bytes") {
  MemoryMedia base(pattern(100));
  Recording recording;
  OverlayMedia media(recording, base);
  REQUIRE(media.write(10, filled(20, 0xAA)));
  CHECK(bytes_of(media, 10, 20) == filled(20, 0xAA));
  CHECK(bytes_of(media, 0, 10) == bytes_of(base, 0, 10));
  CHECK(bytes_of(media, 30, 70) == bytes_of(base, 30, 70));
  CHECK(bytes_of(base, 0, 100) == pattern(100));
  CHECK(media.traits().writable);
  CHECK(media.traits().direct.empty());
}

TEST_CASE("recording: steps keep tag, device, group, before and after, in order") {
  MemoryMedia first(pattern(100));
  MemoryMedia second(100);
  Recording recording;
  OverlayMedia a(recording, first);
  OverlayMedia b(recording, second);
  CHECK(recording.empty());
  CHECK(recording.device_count() == 2);
  recording.tag("info block");
  REQUIRE(a.write(8, filled(4, 1)));
  REQUIRE(a.write(12, filled(4, 2)));  // touches: one step
  REQUIRE(a.write(40, filled(4, 3)));  // does not
  REQUIRE(a.fence());
  REQUIRE(a.fence());  // divides nothing
  REQUIRE(b.write(0, filled(4, 4)));
  recording.tag("flog");
  REQUIRE(b.write(4, filled(4, 5)));  // touches, under another tag

  const auto steps = steps_of(recording);
  REQUIRE(steps.size() == 4);
  CHECK(recording.group_count() == 2);
  CHECK(steps[0].tag == "info block");
  CHECK(steps[0].device == 0);
  CHECK(steps[0].group == 0);
  CHECK(steps[0].offset == 8);
  CHECK(steps[0].before == bytes_of(first, 8, 8));
  std::vector<std::byte> after = filled(4, 1);
  after.insert(after.end(), 4, std::byte{2});
  CHECK(steps[0].after == after);
  CHECK(steps[1].offset == 40);
  CHECK(steps[1].group == 0);
  CHECK(steps[2].device == 1);
  CHECK(steps[2].group == 1);
  CHECK(steps[2].tag == "info block");
  CHECK(steps[3].tag == "flog");
  CHECK(steps[3].before == filled(4, 0));
}

TEST_CASE("recording: overlapping stores of a group are one step from the first to the last byte") {
  MemoryMedia base(filled(32, 9));
  Recording recording;
  OverlayMedia media(recording, base);
  REQUIRE(media.write(8, filled(8, 1)));
  REQUIRE(media.write(4, filled(8, 2)));
  REQUIRE(media.write(14, filled(6, 3)));
  const auto steps = steps_of(recording);
  REQUIRE(steps.size() == 1);
  CHECK(steps[0].offset == 4);
  CHECK(steps[0].before == filled(16, 9));
  std::vector<std::byte> after = filled(8, 2);
  after.insert(after.end(), 2, std::byte{1});
  after.insert(after.end(), 6, std::byte{3});
  CHECK(steps[0].after == after);
}

TEST_CASE("recording: a fence keeps two stores to one place apart") {
  MemoryMedia base(32);
  Recording recording;
  OverlayMedia media(recording, base);
  REQUIRE(media.write(0, filled(8, 1)));
  REQUIRE(media.fence());
  REQUIRE(media.write(0, filled(8, 2)));
  const auto steps = steps_of(recording);
  REQUIRE(steps.size() == 2);
  CHECK(steps[0].after == filled(8, 1));
  CHECK(steps[1].before == filled(8, 1));
  CHECK(steps[1].after == filled(8, 2));
}

TEST_CASE("recording: gigabytes of zeros take no room, steps stay within 1 MiB") {
  SparseMedia base(std::uint64_t{1} << 40);
  Recording recording(0);
  OverlayMedia media(recording, base);
  REQUIRE(media.write(std::uint64_t{1} << 39, filled(5 << 20, 0)));
  CHECK(recording.spilled() == 0);
  CHECK(media.run_at(0, media.size())->kind == ExtentKind::zero);
  const auto steps = steps_of(recording);
  CHECK(steps.size() == 5);
  for (const Step& step : steps) CHECK(step.after.size() == 1 << 20);
  int seen = 0;
  REQUIRE(recording.for_each_step([&](const Step&) { return ++seen < 3; }));
  CHECK(seen == 3);
}

TEST_CASE("recording: content beyond the memory limit goes to a file and comes back") {
  MemoryMedia base(pattern(1 << 20));
  Recording recording(8192);
  OverlayMedia media(recording, base);
  // Backwards, so that every store is one of its own; the log straddles memory and file.
  for (std::uint64_t at = 1 << 20; at > 0; at -= 4096)
    REQUIRE(media.write(at - 4096, pattern(4096, static_cast<unsigned>(at / 4096))));
  CHECK(recording.spilled() == 2 * ((1 << 20) - 4096));
  for (std::uint64_t at = 1 << 20; at > 0; at -= 4096)
    CHECK(bytes_of(media, at - 4096, 4096) == pattern(4096, static_cast<unsigned>(at / 4096)));
  const auto steps = steps_of(recording);
  REQUIRE(steps.size() == 1);
  CHECK(steps[0].before == pattern(1 << 20));
  CHECK(steps[0].after == bytes_of(media, 0, 1 << 20));
}

TEST_CASE("overlay: absent stays absent, bad may be written over") {
  MemoryMedia memory(pattern(100));
  FaultMedia base(memory);
  base.mark_absent({20, 10});
  base.mark_bad({50, 10});
  Recording recording;
  OverlayMedia media(recording, base);

  const Status absent = media.write(15, filled(10, 1));
  REQUIRE(!absent);
  CHECK(absent.error().code == Errc::absent);
  CHECK(absent.error().where == Extent{20, 5});
  CHECK(recording.empty());

  REQUIRE(media.write(45, filled(10, 2)));
  CHECK(bytes_of(media, 45, 10) == filled(10, 2));
  std::vector<std::byte> bytes(10);
  CHECK(media.read(50, bytes).error().where == Extent{55, 5});
  const auto steps = steps_of(recording);
  REQUIRE(steps.size() == 2);
  CHECK(steps[0].before == bytes_of(memory, 45, 5));
  CHECK(!steps[1].before_known);
  CHECK(steps[1].before.empty());
  CHECK(steps[1].after == filled(5, 2));
  const auto runs = *extents(media, {0, 100});
  REQUIRE(runs.size() == 5);
  CHECK(runs[1] == ExtentRun{{20, 10}, ExtentKind::absent});
  CHECK(runs[3] == ExtentRun{{55, 5}, ExtentKind::bad});
}

/// Fails reading one range without having told so in run_at(), as a file does.
class SilentlyBad final : public Media {
 public:
  SilentlyBad(Media& base, Extent bad) : base_(base), bad_(bad) {}
  std::uint64_t size() const override { return base_.size(); }
  Status read(std::uint64_t offset, std::span<std::byte> into) const override {
    const std::uint64_t begin = std::max(offset, bad_.offset);
    const std::uint64_t end = std::min(offset + into.size(), bad_.offset + bad_.size);
    if (begin < end) return Error{Errc::bad_media, {begin, end - begin}, "test"};
    return base_.read(offset, into);
  }
  Status write(std::uint64_t, std::span<const std::byte>) override { return {}; }
  Status flush(Extent) override { return {}; }
  Status fence() override { return {}; }
  MediaTraits traits() const override { return {}; }

 private:
  Media& base_;
  Extent bad_;
};

TEST_CASE("overlay: a bad range that only reading finds is written over all the same") {
  MemoryMedia memory(pattern(100));
  SilentlyBad base(memory, {30, 10});
  Recording recording;
  OverlayMedia media(recording, base);
  REQUIRE(media.write(20, filled(40, 7)));
  CHECK(bytes_of(media, 20, 40) == filled(40, 7));
  const auto steps = steps_of(recording);
  REQUIRE(steps.size() == 3);
  CHECK(steps[0].before == bytes_of(memory, 20, 10));
  CHECK(!steps[1].before_known);
  CHECK(steps[1].offset == 30);
  CHECK(steps[1].after.size() == 10);
  CHECK(steps[2].before == bytes_of(memory, 40, 20));
}

TEST_CASE("overlay: ranges outside are refused, at 2^64 too") {
  MemoryMedia base(100);
  Recording recording;
  OverlayMedia media(recording, base);
  std::vector<std::byte> two(2);
  for (const std::uint64_t offset : {std::uint64_t{99}, ~std::uint64_t{0} - 1, ~std::uint64_t{0}}) {
    CHECK(media.read(offset, two).error().code == Errc::out_of_range);
    CHECK(media.write(offset, two).error().code == Errc::out_of_range);
    CHECK(media.flush({offset, 2}).error().code == Errc::out_of_range);
    CHECK(!media.run_at(offset, 101));
  }
  CHECK(recording.empty());
}

TEST_CASE("overlay: random stores read as on plain bytes, replay forwards and undo backwards") {
  const std::uint64_t seed = std::random_device{}();
  CAPTURE(seed);
  std::mt19937_64 random(seed);
  for (int round = 0; round < 30; ++round) {
    const std::size_t size = 64 + random() % 200;
    std::vector<std::vector<std::byte>> start = {pattern(size), filled(size, 0)};
    auto model = start;
    MemoryMedia first(start[0]);
    SparseMedia second(size);
    Recording recording(random() % 2 == 0 ? 100 : 1 << 20);
    OverlayMedia a(recording, first);
    OverlayMedia b(recording, second);
    Media* overlays[] = {&a, &b};
    for (int store = 0; store < 60; ++store) {
      const std::size_t device = random() % 2;
      const std::uint64_t offset = random() % size;
      const std::uint64_t length = random() % std::min<std::uint64_t>(size - offset + 1, 20);
      const auto bytes = random() % 4 == 0 ? filled(length, 0)
                                           : pattern(length, static_cast<unsigned>(random() % 250));
      if (random() % 5 == 0) recording.tag(random() % 2 == 0 ? "odd" : "even");
      REQUIRE(overlays[device]->write(offset, bytes));
      std::copy(bytes.begin(), bytes.end(),
                model[device].begin() + static_cast<std::ptrdiff_t>(offset));
      if (random() % 4 == 0) REQUIRE(overlays[device]->fence());
      CHECK(bytes_of(*overlays[device], 0, size) == model[device]);
    }
    for (std::size_t device = 0; device < 2; ++device) {
      std::uint64_t covered = 0;
      REQUIRE(for_each_run(*overlays[device], {0, size}, [&](const ExtentRun& run) {
        if (run.kind == ExtentKind::zero)
          CHECK(bytes_of(*overlays[device], run.range.offset, run.range.size) ==
                filled(run.range.size, 0));
        covered += run.range.size;
        return true;
      }));
      CHECK(covered == size);
    }

    auto replayed = start;
    const auto steps = steps_of(recording);
    std::uint64_t group = 0;
    for (const Step& step : steps) {
      CHECK(step.group >= group);
      CHECK(step.group <= group + 1);
      group = step.group;
      const auto at = replayed[step.device].begin() + static_cast<std::ptrdiff_t>(step.offset);
      CHECK(std::equal(step.before.begin(), step.before.end(), at));
      std::copy(step.after.begin(), step.after.end(), at);
    }
    CHECK(replayed == model);
    for (auto step = steps.rbegin(); step != steps.rend(); ++step)
      std::copy(step->before.begin(), step->before.end(),
                replayed[step->device].begin() + static_cast<std::ptrdiff_t>(step->offset));
    CHECK(replayed == start);
    CHECK(bytes_of(first, 0, size) == start[0]);
    CHECK(second.page_count() == 0);
  }
}

}  // namespace
}  // namespace ndmedic
