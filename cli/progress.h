// SPDX-License-Identifier: BSD-3-Clause
// How far a long pass is, on the standard error of a terminal.
#pragma once

#include <cstdint>
#include <string>

#include <ndmedic/cli/command.h>

namespace ndmedic::cli {

/// Tells per cent; the line is wiped when the object ends.
class ProgressLine {
 public:
  /// `what` is what is being done: "importing".
  ProgressLine(Io& io, std::string what) : io_(io), what_(std::move(what)) {}
  ~ProgressLine();
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

  /// False when the user has cancelled.
  bool tell(std::uint64_t done, std::uint64_t total);

 private:
  Io& io_;
  std::string what_;
  int told_ = -1;
};

}  // namespace ndmedic::cli
