// SPDX-License-Identifier: BSD-3-Clause
// Runs a harness on files instead of an engine: in every ordinary build.
//   <harness> [--truncations=N] FILE|FOLDER...
// Each file is run as it is and cut to 0, 1, ... N bytes (64 unless told); equal inputs once.
// Folders that are not there are left out; the number of inputs is printed.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "fuzz/harness.h"

namespace {

namespace fs = std::filesystem;

class Replay {
 public:
  explicit Replay(std::size_t truncations) : truncations_(truncations) { run(""); }

  void file(const fs::path& path) {
    std::ifstream in(path, std::ios::binary);
    const std::string input{std::istreambuf_iterator<char>(in), {}};
    ++files_;
    run(input);
    for (std::size_t size = 0; size <= std::min(truncations_, input.size()); ++size)
      run(input.substr(0, size));
  }

  void add(const fs::path& path) {
    if (!fs::is_directory(path)) return fs::exists(path) ? file(path) : void();
    std::vector<fs::path> paths;
    for (const auto& entry : fs::recursive_directory_iterator(path))
      if (entry.is_regular_file()) paths.push_back(entry.path());
    std::ranges::sort(paths);
    for (const fs::path& found : paths) file(found);
  }

  void print() const { std::printf("%zu files, %zu inputs\n", files_, seen_.size()); }
  bool any() const { return files_ != 0; }

 private:
  void run(const std::string& input) {
    if (!seen_.insert(input).second) return;
    // A copy of its own size, so that a sanitizer sees a read behind the end.
    const std::vector<std::uint8_t> bytes(input.begin(), input.end());
    LLVMFuzzerTestOneInput(bytes.data(), bytes.size());
  }

  std::size_t truncations_;
  std::size_t files_ = 0;
  std::unordered_set<std::string> seen_;
};

}  // namespace

int main(int count, char** arguments) {
  std::size_t truncations = 64;
  std::vector<fs::path> paths;
  for (int i = 1; i < count; ++i) {
    const std::string_view argument = arguments[i];
    constexpr std::string_view option = "--truncations=";
    if (argument.starts_with(option))
      truncations = std::strtoul(argument.data() + option.size(), nullptr, 10);
    else
      paths.emplace_back(argument);
  }
  Replay replay(truncations);
  for (const fs::path& path : paths) replay.add(path);
  replay.print();
  return replay.any() ? 0 : 1;
}
