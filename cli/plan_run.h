// SPDX-License-Identifier: BSD-3-Clause
// The second half of a verb that changes images by a plan: the images it can change, and the plan
// carried out and told.
#pragma once

#include <string>
#include <string_view>

#include <ndmedic/cli/image_options.h>
#include <ndmedic/cli/planned_files.h>
#include <ndmedic/cli/undo_file.h>

namespace ndmedic::cli {

/// Opens the images on overlays. None, with the exit code, when one cannot be opened, or is not
/// changed through its own file (poolsets, --lsa): told on io.err.
Opened open_for_plan(const ImageArguments& image, bool force, bool dry_run, PlannedFiles& files,
                     Io& io);

struct PlanRun {
  int code = 0;
  std::string undo_file{};  ///< empty: none was made
};

/// Carries the plan out. A failure is told on io.err, with what to do next.
PlanRun run_plan(Plan& plan, const ImageArguments& image, const UndoArguments& undo,
                 std::string_view command, Io& io);

}  // namespace ndmedic::cli
