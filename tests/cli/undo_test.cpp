// SPDX-License-Identifier: BSD-3-Clause
// The verb undo, and the program killed at each of its writes: whatever was reached, undo brings
// the image back.
#include <doctest/doctest.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>

#include "workbench.h"

namespace {

/// Calls of pwrite and fdatasync until this process is killed; 0: it is not.
unsigned calls_left = 0;

void count_call() {
  if (calls_left > 0 && --calls_left == 0) ::raise(SIGKILL);
}

}  // namespace

// In place of the C library's, for the whole test program.
extern "C" ssize_t pwrite(int fd, const void* from, size_t size, off_t offset) {
  count_call();
  return ::syscall(SYS_pwrite64, fd, from, size, offset);
}

extern "C" int fdatasync(int fd) {
  count_call();
  return static_cast<int>(::syscall(SYS_fdatasync, fd));
}

namespace ndmedic::cli::test {
namespace {

namespace fs = std::filesystem;

constexpr const char* recipe = "arena 20M sector 512\nwrite 7 fill 5\nwrite 7 fill 6\n";

/// A BTT in undo/d0.img, and its bytes.
std::string fresh_image() {
  clear("undo");
  lay_out_recipe(recipe, "undo");
  run({"--version"});  // makes the workbench the working directory
  return text_of("undo/d0.img");
}

const std::vector<std::string> create = {"create", "btt",           "--force", "--seed",
                                         "2",      "--sector-size", "4096",    "undo/d0.img"};

/// Runs the program in a process of its own, killed at the n-th write or sync. True: it was.
bool killed_at(unsigned n, const std::vector<std::string>& arguments) {
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    calls_left = n;
    run(arguments);
    ::_exit(0);
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  return WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
}

TEST_CASE("undo: what create destroyed is back, and its undo file is not used twice") {
  const std::string before = fresh_image();
  const Outcome created = run(create);
  REQUIRE(created.exit == 0);
  CHECK(created.out.find("  undo file    undo/d0.img.undo\n") != std::string::npos);
  const std::string after = text_of("undo/d0.img");
  CHECK(after != before);

  CHECK(run({"undo", "--dry-run", "undo/d0.img.undo", "undo/d0.img"}).out ==
        "undo/d0.img.undo: would take back \"create btt\" (finished), 5 changes\n"
        "  undo/d0.img\n");
  CHECK(text_of("undo/d0.img") == after);
  CHECK(run({"undo", "undo/d0.img.undo"}).exit == 0);
  CHECK((text_of("undo/d0.img") == before));
  const Outcome again = run({"undo", "undo/d0.img.undo"});
  CHECK(again.exit == 16);
  CHECK(again.err == "ndmedic: undo/d0.img.undo: it was undone already; --force does it again\n");
}

TEST_CASE("undo: an image that was changed since is refused, but with --force") {
  const std::string before = fresh_image();
  REQUIRE(run(create).exit == 0);
  std::string changed = text_of("undo/d0.img");
  changed[5000] = 'x';  // in the new info block
  write_text("undo/d0.img", changed);
  const Outcome refused = run({"undo", "undo/d0.img.undo", "undo/d0.img"});
  CHECK(refused.exit == 16);
  CHECK(refused.err ==
        "ndmedic: undo/d0.img: it is not as the command left it: d0/@0x1000+4096 was changed "
        "since; --force restores it all the same\n");
  CHECK((text_of("undo/d0.img") == changed));
  CHECK(run({"undo", "--force", "undo/d0.img.undo"}).exit == 0);
  CHECK((text_of("undo/d0.img") == before));
}

TEST_CASE("undo: a damaged undo file is told, and used as far as it is sound") {
  const std::string before = fresh_image();
  REQUIRE(run(create).exit == 0);
  std::string undo = text_of("undo/d0.img.undo");
  undo.back() = static_cast<char>(undo.back() + 1);
  write_text("undo/d0.img.undo", undo);
  CHECK(run({"undo", "undo/d0.img.undo"}).exit == 4);
  CHECK((text_of("undo/d0.img") != before));
  const Outcome forced = run({"undo", "--force", "undo/d0.img.undo"});
  CHECK(forced.exit == 4);
  CHECK(forced.err == "ndmedic: d0/@0x1000+4096 stays as it is: the undo file is damaged there\n");
  std::string restored = text_of("undo/d0.img");
  restored.replace(0x1000, 0x1000, before, 0x1000, 0x1000);
  CHECK((restored == before));
}

TEST_CASE("undo: files are never written over, and none is made where there is nothing to lose") {
  fresh_image();
  REQUIRE(run(create).exit == 0);
  REQUIRE(run(create).out.find("undo/d0.img.undo.2") != std::string::npos);
  auto named = create;
  named.insert(named.begin() + 2, {"--undo-file", "undo/d0.img.undo"});
  const std::string kept = text_of("undo/d0.img.undo");
  const Outcome refused = run(named);
  CHECK(refused.exit == 16);
  CHECK(refused.err ==
        "ndmedic: undo/d0.img.undo: it exists already; give --undo-file another name; nothing was "
        "changed\n");
  CHECK((text_of("undo/d0.img.undo") == kept));
  auto none = create;
  none.insert(none.begin() + 2, "--no-undo");
  CHECK(run(none).out.find("undo file") == std::string::npos);
  fs::resize_file((write_text("undo/zeros.img", ""), "undo/zeros.img"), std::uintmax_t{20} << 20);
  CHECK(run({"create", "btt", "undo/zeros.img"}).out.find("undo file") == std::string::npos);
  CHECK(run({"create", "btt", "--size", "20M", "undo/new.img"}).exit == 0);
  CHECK_FALSE(fs::exists("undo/new.img.undo"));
}

TEST_CASE("undo: what is no undo file is refused") {
  fresh_image();
  CHECK(run({"undo", "undo/d0.img"}).exit == 16);
  CHECK(run({"undo", "undo/missing"}).exit == 8);
}

TEST_CASE("undo: the program killed at each of its writes is taken back") {
  unsigned kills = 0;
  for (unsigned n = 1;; ++n) {
    CAPTURE(n);
    const std::string before = fresh_image();
    if (!killed_at(n, create)) break;
    ++kills;
    const bool changed = text_of("undo/d0.img") != before;
    if (changed) REQUIRE(fs::exists("undo/d0.img.undo"));
    const Outcome undone = run({"undo", "undo/d0.img.undo"});
    if (changed) CHECK(undone.exit == 0);
    CHECK((text_of("undo/d0.img") == before));
  }
  CHECK(kills > 10);
}

TEST_CASE("undo: undoing killed at each of its writes is done by doing it again") {
  unsigned kills = 0;
  for (unsigned n = 1;; ++n) {
    CAPTURE(n);
    const std::string before = fresh_image();
    REQUIRE(run(create).exit == 0);
    if (!killed_at(n, {"undo", "undo/d0.img.undo"})) break;
    ++kills;
    const Outcome undone = run({"undo", "undo/d0.img.undo"});
    CHECK((undone.exit == 0 || undone.err.find("undone already") != std::string::npos));
    CHECK((text_of("undo/d0.img") == before));
  }
  CHECK(kills > 5);
}

TEST_CASE("undo: a repair killed at each of its writes is taken back, or comes to its end again") {
  const char* const damaged = "arena 16M sector 4096\nwrite 5 lane 0\nzero ns/0/arena0/flog/9\n";
  const std::vector<std::string> repair = {"repair", "-y", "undo/d0.img"};
  unsigned kills = 0;
  for (unsigned n = 1;; ++n) {
    CAPTURE(n);
    clear("undo");
    lay_out_recipe(damaged, "undo");
    run({"--version"});  // makes the workbench the working directory
    const std::string before = text_of("undo/d0.img");
    if (!killed_at(n, repair)) break;
    ++kills;
    const std::string cut = text_of("undo/d0.img");
    if (cut != before) REQUIRE(run({"undo", "undo/d0.img.undo"}).exit == 0);
    CHECK((text_of("undo/d0.img") == before));
    write_text("undo/d0.img", cut);
    run(repair);
    CHECK(run({"check", "undo/d0.img"}).exit == 0);
  }
  CHECK(kills > 5);
}

/// `arguments` for the two DIMMs and the NFIT of a recipe in killed/.
std::vector<std::string> two_dimms(std::vector<std::string> arguments) {
  for (const char* const argument : {"--nfit", "killed/d2.img", "killed/d0.img", "killed/d1.img"})
    arguments.emplace_back(argument);
  return arguments;
}

TEST_CASE(
    "labels: a change of two DIMMs, killed at each of its writes, is recovered to old or new") {
  const std::string list =
      "ns/0   00000000-0000-4000-8000-000000000001  16 MiB      raw               ";
  std::size_t old_seen = 0;
  std::size_t new_seen = 0;
  for (unsigned n = 1;; ++n) {
    clear("killed");
    lay_out_recipe("dimm 16M ways 2 label-size 4K\nnamespace raw size 16M name old\nnfit\n",
                   "killed");
    run({"--version"});  // makes the workbench the working directory
    const bool killed = killed_at(n, two_dimms({"labels", "rename", "--no-undo", "--to", "new"}));
    CAPTURE(n);
    const Outcome recovered = run(two_dimms({"labels", "recover", "--no-undo"}));
    CHECK(recovered.exit == 0);
    CHECK(run(two_dimms({"labels", "recover"})).out == "no update was interrupted\n");
    const std::string seen = run(two_dimms({"labels", "list"})).out;
    old_seen += seen == list + "old\n" ? 1u : 0u;
    new_seen += seen == list + "new\n" ? 1u : 0u;
    if (!killed) break;
    CHECK(old_seen + new_seen == n);
  }
  CHECK(old_seen > 5);
  CHECK(new_seen > 5);
}

TEST_CASE("labels: what was changed on two DIMMs is taken back by one undo") {
  clear("killed");
  lay_out_recipe("dimm 16M ways 2 label-size 4K\nnamespace raw size 16M name old\nnfit\n",
                 "killed");
  run({"--version"});
  const std::string first = text_of("killed/d0.img");
  const std::string second = text_of("killed/d1.img");
  CHECK(run(two_dimms({"labels", "remove"})).exit == 0);
  CHECK((text_of("killed/d0.img") != first));
  CHECK((text_of("killed/d1.img") != second));
  CHECK(run({"undo", "killed/d0.img.undo"}).exit == 0);
  CHECK((text_of("killed/d0.img") == first));
  CHECK((text_of("killed/d1.img") == second));
}

}  // namespace
}  // namespace ndmedic::cli::test
