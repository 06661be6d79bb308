// SPDX-License-Identifier: BSD-3-Clause
// The images that agreement, bad_input and the fuzz seeds work on: every recipe of corpora/, every
// image of corpora/real, and the larger real ones where they are.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <ndmedic/image/image.h>

#include "agreement/patched_media.h"

namespace agreement {

/// Media that are opened together. Devices are in the order of the arguments; `owned` keeps what
/// they refer to.
struct Sample {
  std::string name;      ///< "corpora/btt/clean_2_0", "corpora/real/pool-512"
  std::string recipe{};  ///< its text; empty for real images
  std::vector<const ndmedic::Media*> devices{};
  std::shared_ptr<const void> owned{};
};

/// The recipes below `corpora`, in the order of their names. One that does not build is a Sample
/// without devices: callers fail on it.
std::vector<Sample> recipe_samples(const std::filesystem::path& corpora);
Sample recipe_sample(std::string name, std::string text);

/// Real images below `corpora`/real, unpacked once into `scratch` by zstd and tar.
std::vector<Sample> real_samples(const std::filesystem::path& corpora,
                                 const std::filesystem::path& scratch);
/// The same of a folder of packed images without facts.json; none when it is not there.
std::vector<Sample> shared_samples(const std::filesystem::path& folder,
                                   const std::filesystem::path& scratch);
/// NDMEDIC_SHARED_IMAGES, else ../shared/images beside the source tree; may not exist.
std::filesystem::path shared_images(const std::filesystem::path& source);

/// What every run here opens with: no content probe, no files that an image names.
ndmedic::OpenOptions quiet_options();

/// Changes one device of a sample before it is opened.
using Change = std::function<void(std::size_t device, PatchedMedia&)>;

/// Opens copies of the devices, changed where `change` is given; `effort` sums up over them. The
/// sample must outlive the tree.
ndmedic::Result<ndmedic::ImageTree> open_sample(const Sample& sample, ndmedic::FindingSink& sink,
                                                Effort* effort = nullptr,
                                                const Change& change = {});

/// Calls of media that opening and counting `sample` may take: a constant, and a few for each
/// stored page and each place of an arena. No value on the media enters.
std::uint64_t calls_allowed(const Sample& sample);

}  // namespace agreement
