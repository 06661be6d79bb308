// SPDX-License-Identifier: BSD-3-Clause
// What a command would write: every store and fence to a set of devices, in order. A plan, its
// undo file and a dry run are three uses of one recording (design: "Plan, apply, undo").
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <ndmedic/media/content_log.h>
#include <ndmedic/media/media.h>

namespace ndmedic {

/// One change of one device. All steps of a group may reach the medium in any order; the next
/// group only after a fence of every device. Overlapping steps of a group apply in order.
struct Step {
  std::string_view tag;      ///< the caller's word; lives as long as the recording
  std::uint32_t device = 0;  ///< in the order the overlays were made
  std::uint64_t group = 0;   ///< from 0, ascending without a gap
  std::uint64_t offset = 0;  ///< bytes from the start of the device
  bool before_known = true;  ///< false: the medium could not be read there, `before` is empty
  std::vector<std::byte> before;
  std::vector<std::byte> after;
};

/// Filled through OverlayMedia (overlay_media.h). Memory stays bounded in what is stored: content
/// beyond a limit goes to a temporary file, zeros take no room at all. Thread-safe.
class Recording {
 public:
  static constexpr std::uint64_t default_memory_limit = std::uint64_t{64} << 20;
  /// Bytes of the largest step; longer stores are several steps of one group.
  static constexpr std::uint64_t largest_step = std::uint64_t{1} << 20;

  /// `memory_limit`: bytes of content, before and after together, that stay in memory.
  explicit Recording(std::uint64_t memory_limit = default_memory_limit)
      : before_(memory_limit / 2), after_(memory_limit / 2) {}

  /// Names the stores from here on, of all devices and threads.
  void tag(std::string_view name);

  /// Visits the steps until `visit` returns false. Stores that follow each other under one tag in
  /// one group and touch or overlap are one step. `visit` may read the overlays, not write them.
  /// Errors: io, when the temporary file fails.
  Status for_each_step(const std::function<bool(const Step&)>& visit) const;

  bool empty() const { return group_count() == 0; }
  /// Groups that hold a step.
  std::uint64_t group_count() const;
  std::uint32_t device_count() const;
  /// Bytes that went to the temporary file.
  std::uint64_t spilled() const;

 private:
  friend class OverlayMedia;

  /// Where the bytes of a range are kept.
  struct Content {
    enum class Kind : std::uint8_t { zero, stored, unknown };
    Kind kind = Kind::zero;
    std::uint64_t position = 0;  // in the log, when stored

    Content from(std::uint64_t skip) const {
      return {kind, kind == Kind::stored ? position + skip : 0};
    }
  };
  struct Store {
    const std::string* tag = nullptr;
    std::uint32_t device = 0;
    std::uint64_t group = 0;
    Extent range{};
    Content before;
    Content after;
  };

  // All of these want mutex_ held.
  std::uint32_t add_device() { return device_count_++; }
  void add_fence();
  void add_store(std::uint32_t device, Extent range, Content before, Content after);
  static Result<Content> keep(ContentLog& log, std::span<const std::byte> bytes);
  static Status load(const ContentLog& log, Content content, std::span<std::byte> into);

  Result<Step> step_of(const Store& store) const;
  static bool merge(Step& step, const Step& next);

  mutable std::mutex mutex_;
  ContentLog before_;
  ContentLog after_;
  std::set<std::string, std::less<>> tags_{std::string()};
  const std::string* tag_ = &*tags_.begin();
  std::vector<Store> stores_;
  std::uint64_t group_ = 0;
  std::uint32_t device_count_ = 0;
};

}  // namespace ndmedic
