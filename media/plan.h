// SPDX-License-Identifier: BSD-3-Clause
// What a command would write, made by running its ordinary code on overlays; then shown, or
// carried out (design: "Plan, apply, undo").
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include <ndmedic/media/media.h>
#include <ndmedic/media/overlay_media.h>
#include <ndmedic/media/recording.h>
#include <ndmedic/media/undo_writer.h>

namespace ndmedic {

/// Told after each step: bytes written, bytes in all. False: no further group is begun.
using PlanProgress = std::function<bool(std::uint64_t done, std::uint64_t total)>;

/// How far apply() came.
struct Applied {
  std::uint64_t bytes = 0;  ///< written
  bool cancelled = false;   ///< by the progress function, between two groups
};

/// Not thread-safe; the overlays are, as Media.
class Plan {
 public:
  /// `memory_limit`: bytes of content that stay in memory; more goes to a temporary file.
  explicit Plan(std::uint64_t memory_limit = Recording::default_memory_limit)
      : recording_(memory_limit) {}

  /// The next device: a medium that shows `target` and keeps what is written to it for the plan.
  /// `target` must outlive the plan and be changed by nobody else.
  Media& add(Media& target);

  /// Names the stores from here on.
  void tag(std::string_view name) { recording_.tag(name); }

  /// Steps in order, in groups with a fence behind each.
  const Recording& recording() const { return recording_; }
  bool empty() const { return recording_.empty(); }

  /// Compares all old bytes, then writes the steps, comparing again before each, with a fence of
  /// the written devices behind each group. With `undo`, what stands there is kept before, durably,
  /// and the undo file is finished behind, unless the plan was cancelled. Errors: those of Media,
  /// and changed (the media are not what the plan was made from; from the first comparison: nothing
  /// is written yet). The device of the Error is failed_device().
  Result<Applied> apply(const PlanProgress& progress = {}, UndoWriter* undo = nullptr);

  /// Whether a device holds anything but what is known to be zero. Errors: those of Media.
  Result<bool> has_content() const;

  /// The device that the last Error of apply() is about; their number: the undo file.
  std::uint32_t failed_device() const { return failed_device_; }

 private:
  class Writer;
  Status compare_all();
  Status write_undo(UndoWriter& undo, bool finish);

  Recording recording_;
  std::vector<Media*> targets_;
  std::vector<std::unique_ptr<OverlayMedia>> overlays_;
  std::uint32_t failed_device_ = 0;
};

}  // namespace ndmedic
