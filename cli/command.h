// SPDX-License-Identifier: BSD-3-Clause
// What every verb is made of: it adds its options to the command line, and runs. Nothing below
// main() exits or prints but through the streams of Io, so that tests can run a verb in-process.
#pragma once

#include <cstdint>
#include <functional>
#include <iosfwd>
#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace ndmedic::cli {

/// Where a verb reads and writes. `terminal` is true when `out` is one: colour and progress only
/// then (and progress goes to `err`).
struct Io {
  std::ostream& out;
  std::ostream& err;
  bool terminal = false;
  unsigned width = 80;
};

/// The chosen verb: returns the exit code.
using Run = std::function<int(Io&)>;

/// Each adds its verb to `app` and, when the verb is chosen, stores what to run into `run`.
void add_show(CLI::App& app, Run& run);
void add_check(CLI::App& app, Run& run);
void add_dump(CLI::App& app, Run& run);
void add_labels(CLI::App& app, Run& run);
void add_explain(CLI::App& app, Run& run);
void add_create(CLI::App& app, Run& run);
void add_read(CLI::App& app, Run& run);
void add_write(CLI::App& app, Run& run);
void add_export(CLI::App& app, Run& run);
void add_import(CLI::App& app, Run& run);
void add_undo(CLI::App& app, Run& run);
void add_edit(CLI::App& app, Run& run);
void add_wipe(CLI::App& app, Run& run);
void add_metadump(CLI::App& app, Run& run);
void add_damage(CLI::App& app, Run& run);
void add_repair(CLI::App& app, Run& run);
void add_scan(CLI::App& app, Run& run);

/// The whole program: parses `arguments` (without the program's name), runs the verb, gives the
/// exit code. Never throws.
int run_command(const std::vector<std::string>& arguments, Io& io);

}  // namespace ndmedic::cli
