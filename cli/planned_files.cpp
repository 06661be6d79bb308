// SPDX-License-Identifier: BSD-3-Clause
#include <ndmedic/cli/planned_files.h>

#include <ndmedic/media/view.h>

namespace ndmedic::cli {

std::unique_ptr<Media> PlannedFiles::overlay_on(std::unique_ptr<Media> file) {
  overlays_.push_back(&plan_.add(*file));
  files_.push_back(std::move(file));
  auto view = planned(overlays_.size() - 1);
  return view ? std::move(*view) : nullptr;
}

Result<std::unique_ptr<Media>> PlannedFiles::planned(std::size_t n) const {
  NDMEDIC_TRY(auto view, View::slice(*overlays_[n], 0, overlays_[n]->size()));
  return std::unique_ptr<Media>(std::move(view));
}

Result<ImageTree> open_as_planned(const ImageArguments& image, const PlannedFiles& files,
                                  FindingSink& findings) {
  std::vector<ImageInput> inputs;
  for (std::size_t i = 0; i < image.images.size(); ++i) {
    NDMEDIC_TRY(auto view, files.planned(i));
    inputs.push_back({image.images[i], std::move(view), nullptr});
  }
  for (std::size_t i = image.images.size(); i < files.count(); ++i) {
    NDMEDIC_TRY(inputs[i - image.images.size()].lsa, files.planned(i));
  }
  return open_images(std::move(inputs), image.options, findings);
}

Opened open_planned(const ImageArguments& image, const WriteOptions& write, bool dry_run,
                    PlannedFiles& files, Io& io) {
  const Wrap wrap = [&files](std::unique_ptr<Media> file) {
    return files.overlay_on(std::move(file));
  };
  Findings ignored;
  return dry_run ? open(image, ignored, io, wrap)
                 : open_for_writing(image, write, ignored, io, wrap);
}

}  // namespace ndmedic::cli
