// SPDX-License-Identifier: BSD-3-Clause
// Flogs by their shape alone, for want of an info block that says where they are (btt.md 5.1,
// IB-05): groups of two live entries with a current one among them, and zeros.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include <ndmedic/format/btt_flog.h>
#include <ndmedic/format/btt_info.h>

namespace ndmedic {

inline constexpr std::uint64_t flog_alignment =
    512;                                             ///< V-8: what a flog's offset is a multiple of
inline constexpr std::uint64_t flog_lanes_min = 16;  ///< fewer are found by chance as well

struct FlogShape {
  std::uint64_t offset = 0;  ///< of lane 0
  std::uint64_t lanes = 0;   ///< up to the last group that is not zero
  std::uint64_t broken = 0;  ///< groups among them that are none
};

/// Takes a medium's bytes in ascending order, in pieces of any size with gaps between them.
/// Constant memory.
class FlogFinder {
 public:
  explicit FlogFinder(std::function<void(const FlogShape&)> found) : found_(std::move(found)) {}

  /// Sectors that are not whole in `bytes` are left out: pieces should be multiples of 512 bytes.
  void feed(std::uint64_t offset, std::span<const std::byte> bytes);
  void finish();

 private:
  void take(std::uint64_t offset, const std::byte* sector);
  bool looks_owned() const;

  std::function<void(const FlogShape&)> found_;
  FlogShape shape_{};
  std::uint64_t end_ = 0;             // behind the last sector that looked like one
  std::vector<std::uint32_t> freed_;  // blocks that lanes own, of the first lanes
};

}  // namespace ndmedic
