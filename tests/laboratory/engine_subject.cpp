// SPDX-License-Identifier: BSD-3-Clause
// The engine that ships, over the crash access.

#include <optional>

#include <ndmedic/btt/engine_core.h>
#include <ndmedic/btt/write_queue.h>

#include "subject.h"

namespace ndmedic::laboratory {
namespace {

/// How fibers wait for each other; only sleeping lets another one go on. A deadline is a number of
/// times to have slept.
class FiberMonitor {
 public:
  explicit FiberMonitor(CrashAccess& access) : access_(access) {}
  void lock() {}
  void unlock() {}
  void sleep() { access_.pause(); }
  bool sleep_until(std::chrono::steady_clock::time_point) {
    access_.pause();
    return ++sleeps_ % 5 != 0;
  }
  void wake_all() {}

 private:
  CrashAccess& access_;
  unsigned sleeps_ = 0;
};

class EngineSubject final : public Subject {
 public:
  EngineSubject(CrashAccess& access, const EngineShape& shape, std::vector<ArenaStart> starts,
                bool queued)
      : engine_(access, shape, std::move(starts)), sector_size_(shape.sector.user_size) {
    if (queued) queue_.emplace(engine_, access);
  }

  Status read(std::uint32_t lba, std::span<std::byte> into) override {
    return engine_.read({lba}, into);
  }

  /// Neighbours in one call by their first LBA, as most users write; others scattered.
  Status write(std::span<const std::pair<std::uint32_t, const std::byte*>> sectors) override {
    if (queue_ && sectors.size() == 1)
      return queue_->write({{sectors[0].first}, sectors[0].second});
    if (are_neighbours(sectors)) return write_run(sectors);
    std::vector<SectorWrite> writes;
    for (const auto& [lba, bytes] : sectors) writes.push_back({{lba}, bytes});
    return engine_.write(writes);
  }

  Status zero(std::uint32_t lba, std::uint32_t count) override {
    return engine_.zero({lba}, count);
  }
  Status mark_error(std::uint32_t lba, std::uint32_t count) override {
    return engine_.mark_error({lba}, count);
  }
  Status flush() override { return engine_.flush(); }

 private:
  using Sectors = std::span<const std::pair<std::uint32_t, const std::byte*>>;

  static bool are_neighbours(Sectors sectors) {
    for (std::size_t i = 1; i < sectors.size(); ++i)
      if (sectors[i].first != sectors[0].first + i) return false;
    return !sectors.empty();
  }

  Status write_run(Sectors sectors) {
    std::vector<std::byte> bytes;
    for (const auto& [lba, data] : sectors) bytes.insert(bytes.end(), data, data + sector_size_);
    return engine_.write({sectors[0].first}, bytes);
  }

  EngineCore<CrashAccess> engine_;
  std::uint32_t sector_size_;
  std::optional<WriteQueue<EngineCore<CrashAccess>, FiberMonitor>> queue_;
};

}  // namespace

std::unique_ptr<Subject> make_engine(Writer writer, bool queued, CrashAccess& access,
                                     const World& world, std::vector<ArenaStart> starts) {
  EngineShape shape;
  shape.container = world.shape.container;
  shape.sector = {world.shape.sector, world.shape.sector};
  shape.path = writer == Writer::engine_wp2 ? WritePath::wp2 : WritePath::wp3a;
  return std::make_unique<EngineSubject>(access, shape, std::move(starts), queued);
}

}  // namespace ndmedic::laboratory
