// SPDX-License-Identifier: BSD-3-Clause
// Recovery of an image by the code that ships, cut at every point, and cut again.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include <ndmedic/btt/attach.h>
#include <ndmedic/media/crash_images.h>
#include <ndmedic/media/crash_media.h>

#include "world.h"

namespace ndmedic::laboratory {

/// Reads the lanes of every arena, judges them, rolls forward. Reads nothing but maps and flogs.
/// Gives what went wrong, or nullptr. `starts` is then what the engine takes over.
const char* recover_arenas(CrashMedia& media, const World& world, std::vector<ArenaStart>& starts);

/// Recovers images; memory is kept between calls.
class Recovery {
 public:
  /// Power cuts of recovery itself, one within the other.
  static constexpr unsigned cuts = 3;

  explicit Recovery(const World& world) : world_(world) {}

  /// Recovers `image`, then every image that a cut of this recovery leaves, and so on: all must
  /// come to the same (CC-13). A second recovery stores nothing. Gives what went wrong or nullptr.
  const char* run(std::span<const std::byte> image) { return run(image, 0); }

  /// What run() came to.
  std::span<const std::byte> recovered() const { return levels_[0]->media.visible(); }
  /// Recoveries in all, cut ones included.
  std::uint64_t count() const { return count_; }

 private:
  struct Level {
    CrashMedia media{};
    std::vector<CrashImages> cuts{};
    std::size_t cut_count = 0;
    std::vector<ArenaStart> starts{};
  };

  const char* run(std::span<const std::byte> image, unsigned depth);
  const char* run_cuts(Level& level, unsigned depth);

  const World& world_;
  std::array<std::unique_ptr<Level>, cuts + 1> levels_{};
  std::uint64_t count_ = 0;
};

}  // namespace ndmedic::laboratory
