// SPDX-License-Identifier: BSD-3-Clause
// How far a check is: a line on a terminal, and lines for programs as fsck(8) has them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include <ndmedic/cli/command.h>
#include <ndmedic/cli/progress.h>
#include <ndmedic/cli/verb.h>

namespace ndmedic::cli {

/// Adds -C FD, the number of an open file.
void add_progress_option(const Verb& verb, std::optional<int>& fd);

class CheckProgress {
 public:
  /// `fd`: of an open file for lines "PASS DONE ALL IMAGE"; 0 or none: the terminal's line only.
  CheckProgress(Io& io, std::optional<int> fd, std::string image)
      : line_(io, "checking"), fd_(fd.value_or(0)), image_(std::move(image)) {}

  /// False when the user has cancelled.
  bool tell(std::uint64_t done, std::uint64_t total);

 private:
  ProgressLine line_;
  int fd_;
  std::string image_;
  std::uint64_t told_ = 0;  // hundredths of the whole, plus one
};

}  // namespace ndmedic::cli
