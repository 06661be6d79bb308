// SPDX-License-Identifier: BSD-3-Clause
// The engine that ships, over the crash access.

#include <ndmedic/btt/engine_core.h>

#include "subject.h"

namespace ndmedic::laboratory {
namespace {

class EngineSubject final : public Subject {
 public:
  EngineSubject(CrashAccess& access, const EngineShape& shape, std::vector<ArenaStart> starts)
      : engine_(access, shape, std::move(starts)) {}

  Status read(std::uint32_t lba, std::span<std::byte> into) override {
    return engine_.read({lba}, into);
  }

  Status write(std::span<const std::pair<std::uint32_t, const std::byte*>> sectors) override {
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
  EngineCore<CrashAccess> engine_;
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
