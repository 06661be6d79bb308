// SPDX-License-Identifier: BSD-3-Clause
// What transcripts cannot hold: files that only some users may not read, streams that are
// terminals, files that are written, and a user who cancels.
#include <doctest/doctest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <sstream>

#include <ndmedic/cli/cancel.h>
#include <ndmedic/cli/command.h>

#include "workbench.h"

namespace ndmedic::cli::test {
namespace {

Outcome run_on_terminal(const std::vector<std::string>& arguments) {
  std::ostringstream out;
  std::ostringstream err;
  Io io{out, err, true, 100};
  const int exit = run_command(arguments, io);
  return {exit, out.str(), err.str()};
}

TEST_CASE("a file without read permission is told, with the exit code for it") {
  lay_out("odd/empty");
  run({"--version"});
  write_text("odd/forbidden", "secret");
  REQUIRE(::chmod("odd/forbidden", 0) == 0);
  if (::access("odd/forbidden", R_OK) == 0) {
    MESSAGE("skipped: this user may read every file");
    return;
  }
  const Outcome outcome = run({"show", "odd/forbidden"});
  CHECK(outcome.exit == 8);
  CHECK(outcome.out.empty());
  CHECK(outcome.err.find("odd/forbidden") != std::string::npos);
  CHECK(outcome.err.find("Permission denied") != std::string::npos);
}

TEST_CASE("severities are coloured on a terminal, unless NO_COLOR is set") {
  lay_out("crash-pending/dimm.img");
  run({"--version"});
  ::unsetenv("NO_COLOR");
  const Outcome coloured = run_on_terminal({"show", "crash-pending/dimm.img"});
  CHECK(coloured.out.find("\x1b[33mneeds recovery\x1b[0m") != std::string::npos);
  ::setenv("NO_COLOR", "1", 1);
  const Outcome plain = run_on_terminal({"show", "crash-pending/dimm.img"});
  ::unsetenv("NO_COLOR");
  CHECK(plain.out.find('\x1b') == std::string::npos);
  CHECK(plain.out == run({"show", "crash-pending/dimm.img"}).out);
}

TEST_CASE("progress is told on standard error of a terminal only") {
  lay_out("crash-pending/dimm.img");
  const Outcome quiet = run({"show", "--count", "crash-pending/dimm.img"});
  CHECK(quiet.err.empty());
  const Outcome watched = run_on_terminal({"show", "--count", "crash-pending/dimm.img"});
  CHECK(watched.err.find("counting map entries") != std::string::npos);
}

TEST_CASE("-o writes to a file what would be printed, over what was there") {
  lay_out("crash-pending/dimm.img");
  lay_out("odd/empty");
  const std::vector<std::vector<std::string>> verbs = {
      {"explain", "LBL-104"},
      {"show", "--json", "crash-pending/dimm.img"},
      {"labels", "dump", "--ndctl", "crash-pending/dimm.img"},
      {"dump", "--raw", "crash-pending/dimm.img", "labels/index0"}};
  for (std::vector<std::string> arguments : verbs) {
    const Outcome printed = run(arguments);
    CHECK(!printed.out.empty());
    write_text("odd/output", std::string(std::size_t{1} << 20, 'x'));
    arguments.insert(arguments.end(), {"-o", "odd/output"});
    const Outcome written = run(arguments);
    CHECK(written.out.empty());
    CHECK(written.exit == printed.exit);
    CHECK(text_of("odd/output") == printed.out);
  }
}

TEST_CASE("output that cannot be written is told, with the exit code for it") {
  const Outcome outcome = run({"explain", "-o", "/dev/full"});
  CHECK(outcome.exit == 8);
  CHECK(outcome.err == "ndmedic: /dev/full: the output could not be written\n");
}

TEST_CASE("an image that -o names is left alone, whatever its path is called") {
  lay_out("odd/empty");
  run({"--version"});
  write_text("odd/target", "image");
  ::unlink("odd/link");
  REQUIRE(::symlink("target", "odd/link") == 0);
  CHECK(run({"show", "odd/target", "-o", "odd/link"}).exit == 16);
  CHECK(text_of("odd/target") == "image");
}

/// Exit code of a run in a child whose user has cancelled; 255 when what it printed is not told so.
int cancelled_run() {
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    request_cancel();
    const Outcome outcome = run({"show", "--count", "crash-pending/dimm.img"});
    const bool told = outcome.err.find("cancelled") != std::string::npos &&
                      outcome.out.find("cancelled before the end") != std::string::npos;
    ::_exit(told ? outcome.exit : 255);
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  REQUIRE(WIFEXITED(status));
  return WEXITSTATUS(status);
}

TEST_CASE("a pass that the user cancels ends, says so, and has an exit code of its own") {
  lay_out("crash-pending/dimm.img");
  CHECK(cancelled_run() == 32);
}

TEST_CASE("several --lsa take one file each, and leave the images alone") {
  lay_out("cxl-lsa-v12/mem.img");
  const Outcome before = run({"show", "--lsa", "cxl-lsa-v12/lsa.bin", "cxl-lsa-v12/mem.img"});
  CHECK(before.exit == 0);
  CHECK(before.out == run({"show", "cxl-lsa-v12/mem.img", "--lsa", "cxl-lsa-v12/lsa.bin"}).out);
}

}  // namespace
}  // namespace ndmedic::cli::test
