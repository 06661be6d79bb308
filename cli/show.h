// SPDX-License-Identifier: BSD-3-Clause
// The verb show: what is in the images, and is it sound?
#pragma once

#include <ndmedic/cli/command.h>
#include <ndmedic/cli/image_options.h>

namespace ndmedic::cli {

struct ShowArguments {
  ImageArguments images;
  std::string ns;  ///< only the namespace that this names; empty: everything
  std::string output;
  bool json = false;
  bool strict = false;
  bool verbose = false;
  bool count = false;
  bool no_content = false;
  bool all = false;
};

/// Opens, reads, prints; gives the exit code.
int show(ShowArguments arguments, Io& io);

}  // namespace ndmedic::cli
