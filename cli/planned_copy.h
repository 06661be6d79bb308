// SPDX-License-Identifier: BSD-3-Clause
// An image as a plan would make it, as a file of its own.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include <ndmedic/cli/command.h>
#include <ndmedic/cli/planned_files.h>

namespace ndmedic::cli {

struct PlannedCopy {
  Status status{};
  bool of_output = false;  ///< whom an Error is about: the new file, else the image
};

/// Writes the n-th file as it would be to `path` ("-": standard output), holes as holes; there
/// whole or not at all. `inputs` are not written over.
PlannedCopy copy_planned(const PlannedFiles& files, std::size_t n, const std::string& path,
                         const std::vector<std::string>& inputs, Io& io);

}  // namespace ndmedic::cli
