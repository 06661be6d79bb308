// SPDX-License-Identifier: BSD-3-Clause
// Images that a verb changes by a plan: what is written to them is recorded, and shown or carried
// out later.
#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include <ndmedic/cli/image_options.h>
#include <ndmedic/media/plan.h>

namespace ndmedic::cli {

/// Files and the plan of what becomes of them. Must outlive what is opened on them.
class PlannedFiles {
 public:
  Plan& plan() { return plan_; }
  const Plan& plan() const { return plan_; }

  /// Takes the file into the plan; gives a view of it that reads what the plan writes.
  std::unique_ptr<Media> overlay_on(std::unique_ptr<Media> file);

  std::size_t count() const { return overlays_.size(); }
  /// Another view of the n-th file as it would be.
  Result<std::unique_ptr<Media>> planned(std::size_t n) const;

 private:
  std::vector<std::unique_ptr<Media>> files_;
  Plan plan_;
  std::vector<Media*> overlays_;
};

/// The images as they would be, read by the ordinary reader: whatever is detected is what somebody
/// else would detect. What is written to the tree's media belongs to the plan. Errors: those of
/// open_images().
Result<ImageTree> open_as_planned(const ImageArguments& image, const PlannedFiles& files,
                                  FindingSink& findings);

/// Opens the images on overlays: as open() for a dry run, else as open_for_writing(). Findings are
/// left out: what is there is about to change.
Opened open_planned(const ImageArguments& image, const WriteOptions& write, bool dry_run,
                    PlannedFiles& files, Io& io);

}  // namespace ndmedic::cli
