// SPDX-License-Identifier: BSD-3-Clause
// A folder in the build tree where images lie under stable relative names, and the program run on
// them in-process:
//   crash-pending/dimm.img   a case of corpora/real, unpacked sparse; poolset/pool.set added
//   corpora/KIND/CASE/d0.img the devices of a recipe of corpora/
//   odd/                     empty, one-byte, random, directory, fifo
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace ndmedic::cli::test {

struct Outcome {
  int exit = 0;
  std::string out;
  std::string err;
};

/// Runs `ndmedic ARGUMENTS...` with the workbench as working directory.
Outcome run(const std::vector<std::string>& arguments);

/// Makes the image that `argument` names, when it is one of those above: once a process.
void lay_out(const std::string& argument);

/// Makes the devices of a recipe: `folder`/d0.img, d1.img, ... Returns their names.
std::vector<std::string> lay_out_recipe(std::string_view recipe, const std::string& folder);

/// An empty folder for what a run makes.
void clear(const std::string& folder);

/// Folders of corpora/real, sorted.
std::vector<std::string> real_cases();

/// The images that show is called with for a real case, in order, with the options they need.
std::vector<std::string> arguments_for(const std::string& real_case);

std::string text_of(const std::filesystem::path& path);
void write_text(const std::filesystem::path& path, std::string_view text);

/// True when NDMEDIC_UPDATE=1: expectations are rewritten, and the test fails for it.
bool updating();

/// Checks that `file` holds what was seen; when updating, writes it, and fails if that changes it.
void compare(const std::filesystem::path& file, const std::string& seen);

}  // namespace ndmedic::cli::test
