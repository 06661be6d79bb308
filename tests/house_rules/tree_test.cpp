// SPDX-License-Identifier: BSD-3-Clause
// The rules, applied to every text file of the project.
#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "rules.h"

namespace fs = std::filesystem;
using namespace house_rules;

namespace {

bool is_text(const fs::path& path) {
  static constexpr std::array extensions = {".h",  ".cpp", ".md",  ".cmake",
                                            ".sh", ".in",  ".txt", ".json"};
  return std::ranges::find(extensions, path.extension()) != extensions.end();
}

/// Build trees, the version control's folder and images are not looked at.
bool is_ours(const fs::path& folder) {
  const std::string name = folder.filename().string();
  return !name.starts_with("build") && name != ".git" && name != "corpora";
}

std::vector<fs::path> text_files(const fs::path& root) {
  std::vector<fs::path> files;
  for (auto it = fs::recursive_directory_iterator(root); it != fs::end(it); ++it) {
    if (it->is_directory() && !is_ours(it->path())) it.disable_recursion_pending();
    if (it->is_regular_file() && is_text(it->path())) files.push_back(it->path());
  }
  std::ranges::sort(files);
  return files;
}

SourceText read(const fs::path& root, const fs::path& path) {
  std::ifstream stream(path, std::ios::binary);
  const std::string text(std::istreambuf_iterator<char>(stream), {});
  return parse(fs::relative(path, root).generic_string(), text);
}

}  // namespace

TEST_CASE("every file of the project keeps the house rules") {
  const fs::path root = NDMEDIC_SOURCE_DIR;
  const std::vector<fs::path> files = text_files(root);
  CHECK(files.size() > 60);  // the walk found the project
  for (const fs::path& path : files)
    for (const Complaint& complaint : all_rules(read(root, path)))
      FAIL_CHECK(complaint.path << ":" << complaint.line << ": " << complaint.text);
}

TEST_CASE("the committed images stay small: at most 400 KiB in all") {
  const fs::path real = fs::path(NDMEDIC_SOURCE_DIR) / "corpora" / "real";
  std::uintmax_t bytes = 0;
  if (fs::exists(real))
    for (const auto& entry : fs::recursive_directory_iterator(real))
      if (entry.is_regular_file()) bytes += entry.file_size();
  CHECK(bytes <= 400 * 1024);
}
