// SPDX-License-Identifier: BSD-3-Clause
// The engine under real threads on plain memory: what they saw can be explained by some order of
// their calls, and what they leave is a BTT at rest. Also built with the thread sanitizer.
#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <cstring>
#include <map>
#include <optional>
#include <thread>
#include <vector>

#include <ndmedic/btt/engine_core.h>
#include <ndmedic/btt/mapped_access.h>
#include <ndmedic/btt/write_queue.h>

#include "history.h"
#include "metadata.h"
#include "recovery.h"
#include "world.h"

namespace ndmedic::laboratory {
namespace {

/// The content can be told from the bytes alone: every 8-byte unit is the number and its place.
void fill(std::span<std::byte> sector, Content content) {
  for (std::size_t at = 0; at < sector.size(); at += 8) {
    const std::uint64_t unit =
        content == content_zeros ? 0 : (std::uint64_t{content} << 8) + at / 8;
    std::memcpy(sector.data() + at, &unit, 8);
  }
}

/// None: a mixture.
std::optional<Content> content_of(std::span<const std::byte> sector) {
  std::uint64_t first = 0;
  std::memcpy(&first, sector.data(), 8);
  std::vector<std::byte> expected(sector.size());
  fill(expected, static_cast<Content>(first >> 8));
  if (!std::ranges::equal(sector, expected)) return std::nullopt;
  return static_cast<Content>(first >> 8);
}

/// A sector of a call, as its thread noted it.
struct Noted {
  std::uint32_t lba = 0;
  bool write = false;
  Content content = content_zeros;
  std::uint64_t begin = 0;
  std::uint64_t end = 0;
};

struct Setting {
  Shape shape;
  unsigned writers;
  unsigned readers;
  bool queued = false;  // single sectors are written through a WriteQueue
};

class Threads {
 public:
  Threads(const Setting& setting, std::uint64_t seed)
      : setting_(setting),
        seed_(seed),
        world_(lay_out(setting.shape)),
        bytes_(fresh_start(world_).bytes),
        access_(std::span(bytes_).first(world_.size), false) {
    CrashMedia media(bytes_);
    std::vector<ArenaStart> starts;
    REQUIRE(recover_arenas(media, world_, starts) == nullptr);
    EngineShape shape;
    shape.container = setting.shape.container;
    shape.sector = {setting.shape.sector, setting.shape.sector};
    engine_.emplace(access_, shape, std::move(starts));
    if (setting.queued) queue_.emplace(*engine_);
  }

  void run(std::uint32_t calls) {
    const unsigned count = setting_.writers + setting_.readers;
    notes_.resize(count);
    std::vector<std::thread> threads;
    for (unsigned i = 0; i < count; ++i)
      threads.emplace_back([this, i, calls] {
        Random random(seed_ + i);
        for (std::uint32_t call = 0; call < calls; ++call)
          i < setting_.writers ? write(i, call, random) : read(i, random);
      });
    for (std::thread& thread : threads) thread.join();
  }

  /// Sectors whose reads cannot be explained, and calls that failed or gave mixtures.
  int unexplained() const {
    int bad = faults_;
    for (std::uint32_t lba = 0; lba < world_.sectors(); ++lba)
      bad += history_of(lba).possible().empty() ? 1 : 0;
    return bad;
  }

  /// Every block is owned once, and sectors hold what the calls allow.
  bool is_at_rest() {
    for (const Arena& arena : world_.arenas) {
      ArenaView view;
      if (judge_metadata(world_, arena, FlogLayout::slots_0_1, bytes_, view) != nullptr)
        return false;
      if (view.interrupted != 0) return false;
    }
    for (std::uint32_t lba = 0; lba < world_.sectors(); ++lba) read_sectors(0, lba, 1);
    return true;
  }

 private:
  std::uint64_t now() { return clock_.fetch_add(1); }

  void note(unsigned thread, std::uint32_t lba, std::uint32_t count, bool write, Content content,
            std::uint64_t begin) {
    const std::uint64_t end = now();
    for (std::uint32_t i = 0; i < count; ++i)
      notes_[thread].push_back({lba + i, write, content, begin, end});
  }

  void write(unsigned thread, std::uint32_t call, Random& random) {
    const std::uint32_t lba = random.below(world_.sectors());
    const std::uint32_t count = 1 + random.below(std::min(3U, world_.sectors() - lba));
    const std::uint64_t what = random.below(16);
    Content content = (thread + 1) << 24 | (call + 1);
    if (what == 0) content = content_zeros;
    if (what == 1) content = content_error;
    std::vector<std::byte> bytes(count * world_.shape.sector);
    for (std::uint32_t i = 0; i < count; ++i)
      fill(std::span(bytes).subspan(i * world_.shape.sector, world_.shape.sector), content);
    const std::uint64_t begin = now();
    const Status status = what == 0              ? engine_->zero({lba}, count)
                          : what == 1            ? engine_->mark_error({lba}, count)
                          : queue_ && count == 1 ? queue_->write({{lba}, bytes.data()})
                                                 : engine_->write({lba}, bytes);
    if (!status) ++faults_;
    note(thread, lba, count, true, content, begin);
  }

  void read(unsigned thread, Random& random) {
    const std::uint32_t lba = random.below(world_.sectors());
    read_sectors(thread, lba, 1 + random.below(std::min(3U, world_.sectors() - lba)));
  }

  void read_sectors(unsigned thread, std::uint32_t lba, std::uint32_t count) {
    const std::size_t sector = world_.shape.sector;
    std::vector<std::byte> bytes(count * sector);
    const std::uint64_t begin = now();
    const Status status = engine_->read({lba}, bytes);
    if (!status) {
      if (status.error().code != Errc::bad_media) ++faults_;
      const auto failed = static_cast<std::uint32_t>(status.error().where.offset);
      note(thread, failed, 1, false, content_error, begin);
      return;
    }
    for (std::uint32_t i = 0; i < count; ++i) {
      const auto content = content_of(std::span(bytes).subspan(i * sector, sector));
      if (!content) ++faults_;
      if (content) note(thread, lba + i, 1, false, *content, begin);
    }
  }

  SectorHistory history_of(std::uint32_t lba) const {
    struct Moment {
      std::uint64_t time;
      const Noted* call;
      bool end;
    };
    std::vector<Moment> moments;
    for (const std::vector<Noted>& thread : notes_)
      for (const Noted& call : thread)
        if (call.lba == lba) {
          moments.push_back({call.begin, &call, false});
          moments.push_back({call.end, &call, true});
        }
    std::ranges::sort(moments, {}, &Moment::time);
    SectorHistory history(content_zeros);
    std::map<const Noted*, SectorHistory::Op> ops;
    for (const Moment& moment : moments) {
      const Noted& call = *moment.call;
      if (!moment.end)
        ops[&call] = call.write ? history.begin_write(call.content) : history.begin_read();
      else if (call.write)
        history.end_write(ops[&call]);
      else
        history.end_read(ops[&call], call.content);
    }
    return history;
  }

  const Setting& setting_;
  std::uint64_t seed_;
  World world_;
  std::vector<std::byte> bytes_;
  MappedAccess access_;
  std::optional<EngineCore<MappedAccess>> engine_;
  std::optional<WriteQueue<EngineCore<MappedAccess>>> queue_;
  std::atomic<std::uint64_t> clock_{0};
  std::atomic<int> faults_{0};
  std::vector<std::vector<Noted>> notes_;
};

Shape shape_of(std::uint32_t lbas, std::uint32_t lanes, std::uint32_t sector) {
  Shape shape;
  shape.lbas = lbas;
  shape.lanes = lanes;
  shape.sector = sector;
  shape.block = sector;
  shape.container = BttContainer::pool;
  return shape;
}

TEST_CASE("what real threads see can be explained, and what they leave is at rest") {
  const Setting settings[] = {
      {shape_of(2, 2, 64), 2, 2},    // the same sectors again and again
      {shape_of(6, 1, 512), 3, 1},   // one lane for all
      {shape_of(20, 3, 256), 3, 2},  // two map locks
      {shape_of(40, 8, 64), 2, 1},
      {shape_of(6, 4, 64), 4, 1, true},  // commits for each other, and some of their own
      {shape_of(2, 1, 64), 3, 1, true},
  };
  for (const Setting& setting : settings)
    for (const std::uint64_t seed : {1U, 2U}) {
      CAPTURE(describe(setting.shape));
      CAPTURE(seed);
      Threads threads(setting, seed);
      threads.run(20000);
      CHECK(threads.is_at_rest());
      CHECK(threads.unexplained() == 0);
    }
}

}  // namespace
}  // namespace ndmedic::laboratory
