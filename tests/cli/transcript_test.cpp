// SPDX-License-Identifier: BSD-3-Clause
// Whole runs of the program, compared byte for byte: transcripts/CASE/{name,command,stdout,stderr,
// exit}. A recipe beside them makes CASE/d0.img, d1.img, ...; a file platform.json lies in CASE
// too. NDMEDIC_UPDATE=1 rewrites what is expected, and fails.
#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <sstream>

#include "workbench.h"

namespace ndmedic::cli::test {
namespace {

namespace fs = std::filesystem;

const fs::path transcripts = NDMEDIC_SOURCE_DIR "/tests/cli/transcripts";

/// Words between blanks; "" stands for an empty one.
std::vector<std::string> words_of(const std::string& line) {
  std::vector<std::string> words;
  std::istringstream stream(line);
  for (std::string word; stream >> word;) words.push_back(word == "\"\"" ? "" : word);
  return words;
}

void check_case(const fs::path& folder) {
  CAPTURE(folder.filename().string());
  CHECK(text_of(folder / "name").size() > 1);
  clear(folder.filename().string());
  if (fs::exists(folder / "recipe"))
    lay_out_recipe(text_of(folder / "recipe"), folder.filename().string());
  if (fs::exists(folder / "platform.json"))
    write_text(folder.filename() / "platform.json", text_of(folder / "platform.json"));
  const auto arguments = words_of(text_of(folder / "command"));
  for (const std::string& argument : arguments) lay_out(argument);
  const Outcome outcome = run(arguments);
  compare(folder / "stdout", outcome.out);
  compare(folder / "stderr", outcome.err);
  compare(folder / "exit", std::to_string(outcome.exit) + "\n");
}

TEST_CASE("every transcript is what the program says") {
  std::vector<fs::path> folders;
  for (const auto& entry : fs::directory_iterator(transcripts)) folders.push_back(entry.path());
  std::sort(folders.begin(), folders.end());
  REQUIRE(folders.size() > 30);
  for (const fs::path& folder : folders) check_case(folder);
}

}  // namespace
}  // namespace ndmedic::cli::test
