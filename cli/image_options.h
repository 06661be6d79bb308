// SPDX-License-Identifier: BSD-3-Clause
// The options and arguments that every verb on images takes, and opening the images by them.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <ndmedic/cli/command.h>
#include <ndmedic/cli/platform_file.h>
#include <ndmedic/cli/sizes.h>
#include <ndmedic/cli/verb.h>
#include <ndmedic/image/image.h>
#include <ndmedic/media/open_file.h>

namespace ndmedic::cli {

/// IMAGE... and --as, --label-size, --offset, --length, --lsa, --nfit, --nfit-without-header,
/// --platform, --interleave.
struct ImageArguments {
  std::vector<std::string> images;
  /// --platform, read while the arguments are: what it says is in options.nfit_table as well.
  std::optional<PlatformFile> platform{};
  OpenOptions options;
  bool lsa_too =
      false;  ///< files of --lsa are changed as well: claimed and wrapped, behind all images
};

/// `name` is what the help calls the positional arguments, at least `least` of them.
void add_image_options(const Verb& verb, ImageArguments& arguments,
                       const std::string& name = "IMAGE", int least = 1);

/// Puts something between a file and what is opened on it.
using Wrap = std::function<std::unique_ptr<Media>(std::unique_ptr<Media>)>;

/// The opened images, and the exit code so far: exit_unreadable when one could not be opened (it
/// was told on io.err; the others are there). `tree` is none when nothing is left to look at.
struct Opened {
  std::optional<ImageTree> tree;
  int code = 0;
};
/// False when --platform is no platform: told on io.err, `code` is the exit code.
bool check_platform(const ImageArguments& arguments, int& code, Io& io);

/// An image as it lies in a file, or what a metadump kept of one; for reading.
Result<std::unique_ptr<Media>> open_image_file(const std::string& path);

/// All files that the arguments name: what output must not go to.
std::vector<std::string> files_of(const ImageArguments& arguments);

Opened open(const ImageArguments& arguments, FindingSink& findings, Io& io, const Wrap& wrap = {});

/// As open(), for writing: every image is claimed, and none is left out.
Opened open_for_writing(const ImageArguments& arguments, const WriteOptions& write,
                        FindingSink& findings, Io& io, const Wrap& wrap = {});

}  // namespace ndmedic::cli
