// SPDX-License-Identifier: BSD-3-Clause
// The transcript in README.md is a real one. NDMEDIC_UPDATE=1 rewrites it, and fails.
#include <doctest/doctest.h>

#include <filesystem>
#include <sstream>

#include "workbench.h"

namespace ndmedic::cli::test {
namespace {

const std::filesystem::path readme = NDMEDIC_SOURCE_DIR "/README.md";
constexpr std::string_view begin_mark = "<!-- transcript -->\n";
constexpr std::string_view end_mark = "<!-- end of transcript -->";
constexpr std::string_view prompt = "$ ndmedic ";

/// The block as it should read, for the command in its first line.
std::string transcript_of(const std::string& command) {
  std::vector<std::string> arguments;
  std::istringstream words(command);
  for (std::string word; words >> word;) arguments.push_back(word);
  for (const std::string& argument : arguments) lay_out(argument);
  const Outcome outcome = run(arguments);
  REQUIRE(outcome.err.empty());
  return "```text\n" + std::string(prompt) + command + '\n' + outcome.out + "```\n";
}

TEST_CASE("the transcript in the README is what the program says") {
  const std::string text = text_of(readme);
  const std::size_t begin = text.find(begin_mark) + begin_mark.size();
  const std::size_t end = text.find(end_mark);
  REQUIRE(end != std::string::npos);
  const std::string block = text.substr(begin, end - begin);
  const std::size_t command = block.find(prompt) + prompt.size();
  REQUIRE(block.find(prompt) != std::string::npos);
  const std::string expected =
      transcript_of(block.substr(command, block.find('\n', command) - command));
  if (updating() && block != expected) {
    write_text(readme, text.substr(0, begin) + expected + text.substr(end));
    FAIL_CHECK("rewritten: README.md");
    return;
  }
  CHECK(block == expected);
}

}  // namespace
}  // namespace ndmedic::cli::test
