// SPDX-License-Identifier: BSD-3-Clause
// Output by -o FILE, where "-" is standard output; the same for every verb.
#pragma once

#include <string>
#include <vector>

#include <ndmedic/cli/command.h>
#include <ndmedic/cli/verb.h>

namespace ndmedic::cli {

/// Adds -o FILE to `verb`; `file` is empty without it.
void add_output_option(const Verb& verb, std::string& file);

/// Runs `run` with its output going to `file`, or to io.out where that is empty or "-". A file is
/// made or written over; never one of `read`, the files that the verb reads: that is wrong usage.
/// The exit code is run's, with exit_unreadable where the file could not be written.
int run_into(const std::string& file, const std::vector<std::string>& read, Io& io, const Run& run);

}  // namespace ndmedic::cli
