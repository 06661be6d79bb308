// SPDX-License-Identifier: BSD-3-Clause
// The images a power loss could leave at one moment of a CrashMedia: all of them where they are
// few, a seeded sample where they are many. Each has a number by which it is found again.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include <ndmedic/media/crash_media.h>

namespace ndmedic {

struct CrashImage {
  std::uint64_t number = 0;            ///< among the images of the moment: for image()
  std::span<const std::byte> bytes{};  ///< the whole medium; changed in place behind the visitor
  std::uint64_t hash = 0;              ///< sum of crash_unit_hash() over the bytes
  std::uint64_t same_from = 0;         ///< from this offset on the image before was the same; the
                                       ///< size of the medium for the first one and in samples
};

/// Takes the state of a medium once; what is stored there later does not matter. An object that is
/// used again keeps its memory. Not thread-safe.
class CrashImages {
 public:
  /// Visits everything when there are at most so many images.
  static constexpr std::uint64_t exhaustive_max = std::uint64_t{1} << 16;

  /// The moment to look at. `seed` decides the sample, if there is one.
  void take(const CrashMedia& media, std::uint64_t seed = 0);

  /// Combinations of the units in flight; 2^64-1 for that many and more.
  std::uint64_t count() const { return count_; }
  /// Units with a choice. A sample of 4 * units() + 4 has each of them once alone and once missing.
  std::size_t units() const { return choices_.size(); }
  bool exhaustive() const { return count_ <= exhaustive_max; }

  /// Visits all images, or `samples` of them, until `visit` returns false. In an exhaustive walk
  /// units of low offsets change most often. A sample has images with all, with all but one and
  /// with only one of the stores, besides random ones; it may have the same image twice.
  void for_each(std::uint64_t samples, const std::function<bool(const CrashImage&)>& visit);

  /// One image again, by its number.
  CrashImage image(std::uint64_t number);

 private:
  struct Choice {
    std::uint64_t offset;
    std::uint32_t first;  // in values_
    std::uint32_t count;  // of different values, the oldest first
    std::uint32_t now;
  };

  void choose(Choice& choice, std::uint32_t which);
  std::optional<std::size_t> step();
  void draw(std::uint64_t number);
  void decompose(std::uint64_t number);

  std::vector<Choice> choices_;
  std::vector<std::uint64_t> values_;
  std::vector<std::byte> bytes_;  // whole units
  std::size_t size_ = 0;
  std::uint64_t count_ = 1;
  std::uint64_t hash_ = 0;
  std::uint64_t seed_ = 0;
};

}  // namespace ndmedic
