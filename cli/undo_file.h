// SPDX-License-Identifier: BSD-3-Clause
// The undo file of a command: where it lies, and carrying out a plan with it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <ndmedic/cli/verb.h>
#include <ndmedic/media/plan.h>

namespace ndmedic::cli {

struct UndoArguments {
  std::string file;  ///< empty: beside the first image
  bool none = false;
};

/// Adds --undo-file and --no-undo.
void add_undo_options(const Verb& verb, UndoArguments& arguments);

struct PlanOutcome {
  Result<Applied> applied;
  std::string path{};       ///< whom the Error is about
  std::string undo_file{};  ///< empty: none was made, or nothing was changed
};

/// Carries out `plan` on the images of `paths`, one for each of its devices. Unless the user wants
/// none, or the images hold nothing yet, an undo file is made before the first change: the one
/// asked for, or IMAGE.undo, IMAGE.undo.2, ... (for a block device in ndmedic/ of the user's state
/// directory). Errors: those of Plan::apply(), invalid when the file asked for exists, and what
/// making it gives.
PlanOutcome apply_plan(Plan& plan, const std::vector<std::string>& paths,
                       const UndoArguments& arguments, std::string_view command,
                       const PlanProgress& progress);

/// The "; undo with ..." of a sentence about a command that stopped; empty without an undo file.
std::string undo_hint(const PlanOutcome& outcome);

}  // namespace ndmedic::cli
