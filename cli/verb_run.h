// SPDX-License-Identifier: BSD-3-Clause
// What every run of a verb has that goes step by step: its streams, the exit code so far, and how
// it is told that a step cannot be.
#pragma once

#include <string>
#include <string_view>

#include <ndmedic/cli/command.h>
#include <ndmedic/cli/exit_codes.h>
#include <ndmedic/format/result.h>

namespace ndmedic::cli {

/// A base for such runs. Both calls write one sentence about `about` to io.err, add to the exit
/// code and are false, as the step that returns them.
class VerbRun {
 protected:
  explicit VerbRun(Io& io) : io_(io) {}

  bool refuse(const std::string& about, std::string_view sentence, int code = exit_usage);
  bool fail(const std::string& path, const Error& error, int code = exit_unreadable);

  Io& io_;
  int code_ = exit_ok;
};

}  // namespace ndmedic::cli
