// SPDX-License-Identifier: BSD-3-Clause
// The engine that ships, over the crash access.

#include <ndmedic/btt/engine_core.h>

#include "subject.h"

namespace ndmedic::laboratory {
namespace {

class EngineSubject final : public Subject {
 public:
  EngineSubject(CrashAccess& access, const EngineShape& shape, std::vector<ArenaStart> starts)
      : engine_(access, shape, std::move(starts)), sector_size_(shape.sector.user_size) {}

  Status read(std::uint32_t lba, std::span<std::byte> into) override {
    return engine_.read({lba}, into);
  }

  /// Neighbours in one call by their first LBA, as most users write; others scattered.
  Status write(std::span<const std::pair<std::uint32_t, const std::byte*>> sectors) override {
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
};

}  // namespace

std::unique_ptr<Subject> make_engine(Writer writer, CrashAccess& access, const World& world,
                                     std::vector<ArenaStart> starts) {
  EngineShape shape;
  shape.container = world.shape.container;
  shape.sector = {world.shape.sector, world.shape.sector};
  shape.path = writer == Writer::engine_wp2 ? WritePath::wp2 : WritePath::wp3a;
  return std::make_unique<EngineSubject>(access, shape, std::move(starts));
}

}  // namespace ndmedic::laboratory
