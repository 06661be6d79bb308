// SPDX-License-Identifier: BSD-3-Clause
#include <ndmedic/media/plan.h>

#include <doctest/doctest.h>

#include <random>

#include <ndmedic/media/memory_media.h>
#include <ndmedic/media/trace_media.h>

#include "pattern.h"

namespace ndmedic {
namespace {

using test::bytes_of;
using test::filled;
using test::pattern;

/// Poison in 40..59 until somebody writes, as persistent memory has it.
class PoisonedMedia final : public Media {
 public:
  explicit PoisonedMedia(std::uint64_t size) : memory_(size) {}
  std::uint64_t size() const override { return memory_.size(); }
  Status read(std::uint64_t offset, std::span<std::byte> into) const override {
    if (poisoned_ && offset < 60 && offset + into.size() > 40)
      return Error{Errc::bad_media, {40, 20}, "poison"};
    return memory_.read(offset, into);
  }
  Status write(std::uint64_t offset, std::span<const std::byte> from) override {
    poisoned_ = false;
    return memory_.write(offset, from);
  }
  Status flush(Extent range) override { return memory_.flush(range); }
  Status fence() override { return memory_.fence(); }
  MediaTraits traits() const override { return memory_.traits(); }

 private:
  MemoryMedia memory_;
  bool poisoned_ = true;
};

TEST_CASE("plan: making one changes nothing; applied, the media are what the overlays showed") {
  std::mt19937 random(11);
  for (int round = 0; round < 50; ++round) {
    MemoryMedia first(pattern(400));
    MemoryMedia second(pattern(300, 5));
    Plan plan;
    Media* const media[] = {&plan.add(first), &plan.add(second)};
    for (int i = 0; i < 30; ++i) {
      Media& target = *media[random() % 2];
      const std::size_t size = 1 + random() % 40;
      REQUIRE(target.write(random() % (target.size() - size), filled(size, random() % 256)));
      if (random() % 4 == 0) REQUIRE(target.fence());
    }
    CHECK(bytes_of(first, 0, 400) == pattern(400));
    CHECK(bytes_of(second, 0, 300) == pattern(300, 5));
    const auto shown_first = bytes_of(*media[0], 0, 400);
    const auto shown_second = bytes_of(*media[1], 0, 300);
    const auto applied = plan.apply();
    REQUIRE(applied);
    CHECK_FALSE(applied->cancelled);
    CHECK(bytes_of(first, 0, 400) == shown_first);
    CHECK(bytes_of(second, 0, 300) == shown_second);
  }
}

TEST_CASE("plan: every group is flushed and fenced before the next, the last one too") {
  MemoryMedia memory(100);
  TraceMedia target(memory);
  Plan plan;
  Media& media = plan.add(target);
  REQUIRE(media.write(8, filled(8, 1)));
  REQUIRE(media.write(40, filled(8, 2)));
  REQUIRE(media.fence());
  REQUIRE(media.write(80, filled(8, 3)));
  target.forget();
  REQUIRE(plan.apply());
  std::vector<MediaCall> stores;
  for (const MediaCall& call : target.calls())
    if (call.kind != MediaCall::Kind::read) stores.push_back(call);
  using Kind = MediaCall::Kind;
  CHECK(stores == std::vector<MediaCall>{{Kind::write, {8, 8}},
                                         {Kind::flush, {8, 8}},
                                         {Kind::write, {40, 8}},
                                         {Kind::flush, {40, 8}},
                                         {Kind::fence, {0, 0}},
                                         {Kind::write, {80, 8}},
                                         {Kind::flush, {80, 8}},
                                         {Kind::fence, {0, 0}}});
}

TEST_CASE("plan: media that changed since are not written at all") {
  MemoryMedia first(100);
  MemoryMedia second(100);
  Plan plan;
  REQUIRE(plan.add(first).write(0, filled(10, 1)));
  REQUIRE(plan.add(second).write(50, filled(10, 2)));
  REQUIRE(second.write(55, filled(1, 9)));
  const auto applied = plan.apply();
  REQUIRE_FALSE(applied);
  CHECK(applied.error().code == Errc::changed);
  CHECK(applied.error().where == Extent{50, 10});
  CHECK(plan.failed_device() == 1);
  CHECK(bytes_of(first, 0, 100) == filled(100, 0));
}

TEST_CASE("plan: what changes while it is applied is not overwritten") {
  MemoryMedia memory(100);
  Plan plan;
  Media& media = plan.add(memory);
  REQUIRE(media.write(0, filled(10, 1)));
  REQUIRE(media.fence());
  REQUIRE(media.write(50, filled(10, 2)));
  const auto applied = plan.apply([&](std::uint64_t done, std::uint64_t total) {
    CHECK(total == 20);
    if (done == 10) REQUIRE(memory.write(50, filled(1, 7)));
    return true;
  });
  REQUIRE_FALSE(applied);
  CHECK(applied.error().code == Errc::changed);
  CHECK(bytes_of(memory, 50, 1) == filled(1, 7));
}

TEST_CASE("plan: cancelled, it ends behind a whole group") {
  MemoryMedia memory(100);
  Plan plan;
  Media& media = plan.add(memory);
  REQUIRE(media.write(0, filled(10, 1)));
  REQUIRE(media.write(20, filled(10, 1)));
  REQUIRE(media.fence());
  REQUIRE(media.write(50, filled(10, 2)));
  const auto applied = plan.apply([](std::uint64_t, std::uint64_t) { return false; });
  REQUIRE(applied);
  CHECK(applied->cancelled);
  CHECK(applied->bytes == 20);
  CHECK(bytes_of(memory, 20, 10) == filled(10, 1));
  CHECK(bytes_of(memory, 50, 10) == filled(10, 0));
}

TEST_CASE("plan: what could not be read before is written all the same") {
  PoisonedMedia media(100);
  Plan plan;
  REQUIRE(plan.add(media).write(40, filled(20, 1)));
  REQUIRE(plan.apply());
  CHECK(bytes_of(media, 40, 20) == filled(20, 1));
}

TEST_CASE("plan: an empty one does nothing") {
  MemoryMedia memory(100);
  TraceMedia target(memory);
  Plan plan;
  plan.add(target);
  CHECK(plan.empty());
  REQUIRE(plan.apply());
  CHECK(target.calls().empty());
}

}  // namespace
}  // namespace ndmedic
