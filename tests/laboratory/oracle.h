// SPDX-License-Identifier: BSD-3-Clause
// What must hold of every image that a power loss could leave.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <ndmedic/media/crash_images.h>

#include "history.h"
#include "metadata.h"
#include "recovery.h"
#include "world.h"

namespace ndmedic::laboratory {

/// Sectors are old or new, and whole (CC-5, CC-12). Recovery's answer depends on maps and flogs
/// only, which is enforced, so it is computed once for images that differ in blocks only.
class Oracle {
 public:
  Oracle(const World& world, std::span<const FlogLayout> layouts)
      : world_(world),
        layouts_(layouts.begin(), layouts.end()),
        views_(world.arenas.size()),
        recovery_(world) {}

  /// Before recovery sectors are whole, too: not with WP-2 (T-5), and not while a recovery is under
  /// way that has its stores in flight.
  void expect_whole_before_recovery(bool expect) { whole_before_ = expect; }

  /// The images that follow belong to this moment of the history.
  void begin(const History& history);

  /// Gives the rule that the image breaks, or an empty string.
  std::string check(const CrashImage& image);

  /// What the sectors of the last image hold after recovery, if check() found nothing.
  std::vector<Content> recovered_contents(std::span<const std::byte> image) const;
  /// Lanes of the last image that had to be recovered.
  std::uint32_t interrupted() const;
  std::uint64_t recoveries() const { return recovery_.count(); }

 private:
  /// A block that must hold one of the contents that its sector may have.
  struct Demand {
    std::uint64_t offset;
    std::uint32_t lba;
    bool recovered;
  };

  /// What a sector may hold, and the bytes of it.
  struct Expected {
    std::span<const Content> contents;
    std::size_t at;  // in sectors_
  };

  void expect(std::vector<Expected>& expected, std::span<const Content> contents);
  const Expected& expected(const Demand& demand) const {
    return expected_[demand.recovered ? 1 : 0][demand.lba];
  }
  std::string check_metadata(std::span<const std::byte> image);
  std::string demand(const MapView& map, std::size_t arena, bool recovered);
  std::string broken(const Demand& demand) const;
  bool may_be(const Demand& demand, Content content) const;
  bool fits(const Demand& demand, std::span<const std::byte> image) const;

  const World& world_;
  std::vector<FlogLayout> layouts_;
  std::vector<ArenaView> views_;
  Recovery recovery_;
  bool whole_before_ = true;
  bool known_ = false;
  std::string metadata_problem_;
  std::vector<Demand> demands_;
  std::array<std::vector<Expected>, 2> expected_{};  // before and after recovery, by LBA
  std::vector<std::byte> sectors_;                   // their bytes, one after the other
};

}  // namespace ndmedic::laboratory
