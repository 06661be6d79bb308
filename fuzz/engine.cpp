// SPDX-License-Identifier: BSD-3-Clause
// The engine against a model, on tiny arenas whose power is cut. Contract: every read gives what
// the last operation left; after a failed operation or a cut, recovery succeeds and each sector
// holds what it held or was to hold. choice: the shape; number: the arenas' state; flag 1: fresh
// arenas; flag 2: write path WP-2. body: operations {kind, LBA, count, detail (32 bits)}.
#include <ndmedic/btt/engine_core.h>
#include <ndmedic/btt/media_access.h>
#include <ndmedic/media/crash_images.h>
#include <ndmedic/media/fault_media.h>

#include <algorithm>
#include <array>
#include <memory>

#include "fuzz/harness.h"
#include "laboratory/recovery.h"

using namespace ndmedic;
using laboratory::Content;

namespace {

constexpr std::array shapes = {
    laboratory::Shape{},
    laboratory::Shape{.lbas = 5, .lanes = 1, .sector = 8, .block = 16},
    laboratory::Shape{.lbas = 20, .lanes = 4, .layout = FlogLayout::slots_0_2},
    laboratory::Shape{.lanes = 3, .container = BttContainer::pool, .arenas = 2},
    laboratory::Shape{.lbas = 40, .lanes = 3, .sector = 24, .block = 32, .arenas = 2},
    laboratory::Shape{.lbas = 7, .container = BttContainer::pool},
};

struct Operation {
  unsigned kind = 0;
  std::uint32_t first = 0;
  std::uint32_t count = 0;
  std::uint64_t detail = 0;
};

class Session {
 public:
  Session(const laboratory::Shape& shape, const fuzz::Head& head)
      : world_(laboratory::lay_out(shape)), wp2_(head.flag(2)) {
    laboratory::Random random(head.number);
    const laboratory::Start start =
        head.flag(1) ? laboratory::fresh_start(world_) : laboratory::random_start(world_, random);
    for (const Content content : start.contents) possible_.push_back({content});
    media_.before_fence([this] {
      if (fences_to_cut_ > 0 && --fences_to_cut_ == 0) cut_.take(media_, seed_);
    });
    attach(start.bytes);
  }

  void run(const Operation& operation) {
    switch (operation.kind % 12) {
      case 0:
        return cut_now(operation.detail);
      case 1:
        return cut_within(operation);
      case 2:
        return fail_within(operation);
      default:
        fuzz::require(apply(operation), "an operation on sound media succeeds");
        return check();
    }
  }

 private:
  /// Power is back and this was left.
  void attach(std::span<const std::byte> image) {
    media_.restart(image);
    std::vector<ArenaStart> starts;
    const char* const problem = laboratory::recover_arenas(media_, world_, starts);
    fuzz::require(problem == nullptr, problem == nullptr ? "" : problem);
    EngineShape shape;
    shape.container = world_.shape.container;
    shape.sector = {world_.shape.sector, world_.shape.sector};
    shape.path = wp2_ ? WritePath::wp2 : WritePath::wp3a;
    engine_ = std::make_unique<EngineCore<MediaAccess>>(access_, shape, std::move(starts));
    settle();
  }

  void cut_now(std::uint64_t number) {
    cut_.take(media_, number);
    attach(cut_image(number));
  }

  /// The power goes at one of the operation's fences.
  void cut_within(const Operation& operation) {
    seed_ = operation.detail;
    fences_to_cut_ = 1 + operation.detail % 16;
    const bool done = apply({operation.kind / 12, operation.first, operation.count, 0}, true);
    fuzz::require(done, "an operation on sound media succeeds");
    if (fences_to_cut_ > 0) cut_.take(media_, seed_);
    fences_to_cut_ = 0;
    attach(cut_image(operation.detail / 16));
  }

  /// A call of the media fails; then the power goes, too.
  void fail_within(const Operation& operation) {
    faults_.fail_call(1 + operation.detail % 64);
    apply({operation.kind / 12, operation.first, operation.count, 0}, true);
    faults_.fail_call(0);
    cut_now(operation.detail / 64);
  }

  std::span<const std::byte> cut_image(std::uint64_t number) {
    return cut_.image(cut_.exhaustive() ? number % cut_.count() : number).bytes;
  }

  /// `perhaps`: what was before stays possible.
  bool apply(const Operation& operation, bool perhaps = false) {
    const std::uint32_t first = operation.first % world_.sectors();
    const std::uint32_t count = 1 + operation.count % (world_.sectors() - first);
    switch (operation.kind % 6) {
      case 0:
        return note(first, count, laboratory::content_zeros, perhaps,
                    engine_->zero({first}, count));
      case 1:
        return note(first, count, laboratory::content_error, perhaps,
                    engine_->mark_error({first}, count));
      case 2: {
        const bool flushed = bool(engine_->flush());
        if (flushed && !perhaps)
          for (std::vector<Content>& contents : possible_) contents = {contents.back()};
        return flushed;
      }
      case 3:
        return write_scattered(first, count, perhaps);
      default:
        return write_run(first, count, perhaps);
    }
  }

  bool note(std::uint32_t first, std::uint32_t count, Content content, bool perhaps,
            const Status& status) {
    for (std::uint32_t lba = first; lba < first + count; ++lba)
      note_one(lba, content, perhaps || !status);
    return bool(status);
  }

  void note_one(std::uint32_t lba, Content content, bool perhaps) {
    if (!perhaps && !wp2_) possible_[lba].clear();
    possible_[lba].push_back(content);
  }

  bool write_run(std::uint32_t first, std::uint32_t count, bool perhaps) {
    fuzz::Buffer bytes(std::size_t{count} * world_.shape.sector);
    for (std::uint32_t i = 0; i < count; ++i) fill(bytes, i, next_content_ + i);
    const Status status = engine_->write({first}, bytes);
    for (std::uint32_t i = 0; i < count; ++i)
      note_one(first + i, next_content_ + i, perhaps || !status);
    next_content_ += count;
    return bool(status);
  }

  /// Backwards, and the first sector twice.
  bool write_scattered(std::uint32_t first, std::uint32_t count, bool perhaps) {
    fuzz::Buffer bytes((std::size_t{count} + 1) * world_.shape.sector);
    std::vector<SectorWrite> writes;
    for (std::uint32_t i = 0; i <= count; ++i) {
      fill(bytes, i, next_content_ + i);
      const std::uint32_t lba = i == count ? first + count - 1 : first + count - 1 - i;
      writes.push_back({{lba}, bytes.data() + std::size_t{i} * world_.shape.sector});
    }
    const Status status = engine_->write(writes);
    for (std::uint32_t i = 0; i <= count; ++i)
      note_one(static_cast<std::uint32_t>(writes[i].lba.value), next_content_ + i,
               perhaps || !status);
    next_content_ += count + 1;
    return bool(status);
  }

  void fill(fuzz::Buffer& bytes, std::size_t index, Content content) const {
    laboratory::fill_content(
        std::span(bytes).subspan(index * world_.shape.sector, world_.shape.sector), content);
  }

  bool holds(std::uint32_t lba, Content content) const {
    fuzz::Buffer sector(world_.shape.sector);
    const Status status = engine_->read({lba}, sector);
    if (!status || content == laboratory::content_error)
      return !status && status.error().code == Errc::bad_media &&
             content == laboratory::content_error;
    return laboratory::holds(sector, content);
  }

  void check() const {
    for (std::uint32_t lba = 0; lba < possible_.size(); ++lba)
      fuzz::require(holds(lba, possible_[lba].back()), "a read gives what was written last");
  }

  void settle() {
    for (std::uint32_t lba = 0; lba < possible_.size(); ++lba) {
      const auto& contents = possible_[lba];
      const auto found = std::find_if(contents.rbegin(), contents.rend(),
                                      [&](Content content) { return holds(lba, content); });
      fuzz::require(found != contents.rend(), "a sector is old or new");
      possible_[lba] = {*found};
    }
  }

  laboratory::World world_;
  bool wp2_;
  CrashMedia media_;
  FaultMedia faults_{media_};
  MediaAccess access_{faults_};
  std::unique_ptr<EngineCore<MediaAccess>> engine_;
  std::vector<std::vector<Content>> possible_;  // by LBA; the last one is the visible one
  Content next_content_ = 0x1000000;
  CrashImages cut_;
  std::uint64_t fences_to_cut_ = 0;
  std::uint64_t seed_ = 0;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::size_t operations_max = 200;
  const fuzz::Input input = fuzz::split(data, size);
  Session session(shapes[input.head.choice % shapes.size()], input.head);
  fuzz::Taker taker(input.body);
  for (std::size_t i = 0; i < operations_max && !taker.done(); ++i) {
    Operation operation;
    operation.kind = static_cast<unsigned>(taker.number(1));
    operation.first = static_cast<std::uint32_t>(taker.number(1));
    operation.count = static_cast<std::uint32_t>(taker.number(1));
    operation.detail = taker.number(4);
    session.run(operation);
  }
  return 0;
}
