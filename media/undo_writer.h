// SPDX-License-Identifier: BSD-3-Clause
// Keeps what a plan will overwrite, before it does (design: "Plan, apply, undo").
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <ndmedic/media/media.h>
#include <ndmedic/media/recording.h>
#include <ndmedic/media/undo_format.h>

namespace ndmedic {

/// What an undo file says of the command beside its changes. Texts hold no zero byte.
struct UndoNames {
  std::string command{};             ///< the verb
  std::vector<std::string> paths{};  ///< one for each device of the plan
};

/// Bytes of the undo file of `recording`. Errors: too_large, and those of the recording.
Result<std::uint64_t> undo_file_size(const Recording& recording, const UndoNames& names);

/// Not thread-safe.
class UndoWriter {
 public:
  /// `file`: all zero, of undo_file_size() bytes, its name durable. Must outlive this.
  UndoWriter(Media& file, UndoNames names) : file_(file), names_(std::move(names)) {}

  /// Writes it all; durable when this returns. An interrupted call leaves a file without a header
  /// that is whole. Errors: those of Media, too_large.
  Status prepare(const Recording& recording, std::span<Media* const> devices);

  /// True when prepare() came to its end: images may have been changed since.
  bool prepared() const { return prepared_; }

  /// Says durably that all changes are.
  Status finish();

 private:
  Media& file_;
  UndoNames names_;
  bool prepared_ = false;
};

}  // namespace ndmedic
