// SPDX-License-Identifier: BSD-3-Clause
// The verbs that make, read and write BTTs, by the bytes they leave: what transcripts cannot hold.
#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>
#include <random>

#include <ndmedic/cli/cancel.h>

#include "workbench.h"

namespace ndmedic::cli::test {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

/// An empty folder of the workbench, which is the working directory from now on.
std::string folder(const std::string& name) {
  run({"--version"});
  clear(name);
  return name + "/";
}

std::string random_text(std::size_t size, unsigned seed) {
  std::mt19937 random(seed);
  std::string text(size, '\0');
  for (char& c : text) c = static_cast<char>(random() & 0xFF);
  return text;
}

void must(const std::vector<std::string>& arguments) {
  const Outcome outcome = run(arguments);
  INFO(outcome.err);
  REQUIRE(outcome.exit == 0);
}

/// Runs with `path` as standard input.
Outcome run_with_input(const std::string& path, const std::vector<std::string>& arguments) {
  const int saved = ::dup(STDIN_FILENO);
  const int file = ::open(path.c_str(), O_RDONLY);
  REQUIRE(file >= 0);
  ::dup2(file, STDIN_FILENO);
  const Outcome outcome = run(arguments);
  ::dup2(saved, STDIN_FILENO);
  ::close(file);
  ::close(saved);
  return outcome;
}

/// The exit code of `body` in a child process; 255 when it fails.
int in_child(const std::function<int()>& body) {
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) ::_exit(body());
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 255;
}

std::uint64_t stored_bytes(const std::string& path) {
  struct stat status = {};
  REQUIRE(::stat(path.c_str(), &status) == 0);
  return static_cast<std::uint64_t>(status.st_blocks) * 512;
}

TEST_CASE("what is written is read and exported again, with every sector size and container") {
  struct Kind {
    std::vector<std::string> create;
    std::size_t seen;
    std::size_t stored;
  };
  const std::vector<Kind> kinds = {
      {{"btt", "--sector-size", "512"}, 512, 512},
      {{"btt", "--sector-size", "520", "--version", "2.0"}, 512, 520},
      {{"btt", "--sector-size", "4096"}, 4096, 4096},
      {{"btt", "--sector-size", "4224"}, 4096, 4224},
      {{"btt", "--sector-size", "1000", "--geometry", "libpmemblk"}, 1000, 1000},
      {{"pool", "--sector-size", "520"}, 520, 520},
  };
  for (const Kind& kind : kinds) {
    const std::string at = folder("round-trip");
    std::vector<std::string> create = {"create"};
    create.insert(create.end(), kind.create.begin(), kind.create.end());
    create.insert(create.end(), {"--size", "17M", at + "image"});
    must(create);
    const std::string data = random_text(kind.seen * 300, 1);
    write_text(at + "data", data);
    must({"write", "--lba", "100", "-i", at + "data", at + "image"});
    CHECK(run({"read", "--lba", "100", "--count", "300", at + "image"}).out == data);
    const std::string with_metadata = random_text(kind.stored * 3, 2);
    write_text(at + "metadata", with_metadata);
    must({"write", "--with-metadata", "--lba", "7", "-i", at + "metadata", at + "image"});
    CHECK(run({"read", "--with-metadata", "--lba", "7", "--count", "3", at + "image"}).out ==
          with_metadata);
    CHECK(run({"read", "--lba", "8", at + "image"}).out ==
          with_metadata.substr(kind.stored, kind.seen));
    must({"export", "-o", at + "raw", at + "image"});
    CHECK(text_of(at + "raw").substr(100 * kind.seen, data.size()) == data);
    CHECK(stored_bytes(at + "raw") < 2 * data.size() + (1U << 20));
    CHECK(run({"show", at + "image"}).exit == 0);
  }
}

TEST_CASE("an import is exported as it was, holes and all, into a new image and into a used one") {
  const std::string at = folder("import-export");
  std::string data = random_text(1 << 20, 3) + std::string(8 << 20, '\0') + random_text(5120, 4);
  data += std::string(512, '\0') + random_text(512, 5);
  write_text(at + "data", data);
  must({"import", "--create", "--sector-size", "512", "-i", at + "data", at + "new"});
  const auto exported = [&](const std::string& image) {
    return run({"export", "-o", "-", at + image}).out.substr(0, data.size());
  };
  CHECK(exported("new") == data);
  CHECK(stored_bytes(at + "new") < (4U << 20));

  for (const char* const sector : {"512", "4096"}) {
    must({"create", "btt", "--force", "--size", "32M", "--sector-size", sector, at + sector});
    write_text(at + "old", random_text(20 << 20, 6));
    must({"import", "-i", at + "old", at + sector});
    const std::string whole = data.substr(0, data.size() / 4096 * 4096);
    write_text(at + "whole", whole);
    must({"import", "--durability", "process", "-i", at + "whole", at + sector});
    const std::string after = run({"export", "-o", "-", at + sector}).out;
    CHECK(after.substr(0, whole.size()) == whole);
    CHECK(after.substr(whole.size(), 1 << 20) == text_of(at + "old").substr(whole.size(), 1 << 20));
  }
}

TEST_CASE("standard input may be a file or a pipe") {
  const std::string at = folder("input");
  must({"create", "btt", "--size", "16M", "--version", "2.0", at + "image"});
  const std::string data = random_text(8192, 7);
  write_text(at + "data", data);
  CHECK(run_with_input(at + "data", {"write", "--lba", "3", at + "image"}).exit == 0);
  CHECK(run({"read", "--lba", "3", "--count", "2", at + "image"}).out == data);

  REQUIRE(::mkfifo((at + "pipe").c_str(), 0600) == 0);
  const auto feed = [&](std::size_t bytes) {
    const pid_t child = ::fork();
    if (child != 0) return child;
    std::ofstream(at + "pipe") << random_text(3 << 20, 8).substr(0, bytes);
    ::_exit(0);
  };
  pid_t child = feed(3 << 20);
  CHECK(run({"import", "-i", at + "pipe", at + "image"}).exit == 0);
  ::waitpid(child, nullptr, 0);
  CHECK(run({"export", "-o", "-", at + "image"}).out.substr(0, 3 << 20) == random_text(3 << 20, 8));

  child = feed((2 << 20) + 100);  // the end is within a sector, which only the end tells
  const Outcome short_one = run({"write", "--lba", "1000", "-i", at + "pipe", at + "image"});
  ::waitpid(child, nullptr, 0);
  CHECK(short_one.exit == 16);
  CHECK(short_one.out.empty());
  CHECK(short_one.err.find("no whole number of sectors") != std::string::npos);
  CHECK(short_one.err.find("512 sectors from LBA 1000 on were written") != std::string::npos);
}

TEST_CASE("a dry run changes nothing, and the run after it writes what was told, no more") {
  const std::string at = folder("dry-run");
  const auto images = lay_out_recipe("arena 24M sector 512\nwrite 5 fill 0x41\n", "dry-run");
  const std::string before = text_of(images.front());
  const std::vector<std::string> create = {"create", "btt", "--force",
                                           "--seed", "9",   images.front()};
  std::vector<std::string> dry = create;
  dry.insert(dry.begin() + 2, {"--dry-run", "--json"});
  const Outcome told = run(dry);
  REQUIRE(told.exit == 0);
  CHECK(text_of(images.front()) == before);
  must(create);
  const std::string after = text_of(images.front());
  std::string covered = before;
  std::uint64_t changed_steps = 0;
  const json plan = json::parse(told.out).at("plan");
  for (const json& step : plan) {
    const std::uint64_t offset = step.at("offset");
    const std::uint64_t size = step.at("size");
    if (covered.compare(offset, size, after, offset, size) != 0) ++changed_steps;
    covered.replace(offset, size, after.substr(offset, size));
  }
  CHECK(covered == after);
  CHECK(changed_steps >= 4);
  CHECK(run({"create", "btt", "--dry-run", "--size", "16M", at + "none"}).exit == 16);
  CHECK(run({"create", "btt", "--dry-run", "--size", "17M", at + "none"}).exit == 0);
  CHECK_FALSE(fs::exists(at + "none"));
}

TEST_CASE("with a seed a pool comes out alike, whenever it is made") {
  const std::string at = folder("seed");
  ::setenv("SOURCE_DATE_EPOCH", "1700000000", 1);
  must({"create", "pool", "--size", "17M", "--seed", "4", at + "one"});
  must({"create", "pool", "--size", "17M", "--seed", "4", at + "two"});
  ::unsetenv("SOURCE_DATE_EPOCH");
  CHECK(text_of(at + "one") == text_of(at + "two"));
  CHECK(run({"dump", at + "one", "pool/header.crtime"}).out.find("1700000000") !=
        std::string::npos);
}

TEST_CASE("an image that somebody holds is not written to") {
  const std::string at = folder("held");
  must({"create", "btt", "--size", "17M", at + "image"});
  const std::string before = text_of(at + "image");
  write_text(at + "data", std::string(4096, 'x'));
  const std::ifstream holder(at + "image");
  REQUIRE(holder);
  for (const std::vector<std::string>& arguments :
       std::vector<std::vector<std::string>>{{"write", "-i", at + "data", at + "image"},
                                             {"import", "-i", at + "data", at + "image"},
                                             {"create", "btt", "--force", at + "image"}}) {
    const Outcome outcome = run(arguments);
    CHECK(outcome.exit == 8);
    CHECK(outcome.out.empty());
    CHECK(outcome.err.find("in use by another process") != std::string::npos);
  }
  CHECK(run({"create", "btt", "--force", "--dry-run", at + "image"}).exit == 0);
  CHECK(text_of(at + "image") == before);
  const Outcome read = run({"read", at + "image"});
  CHECK(read.exit == 0);
  CHECK(read.err.find("IMG-708") != std::string::npos);
}

TEST_CASE("sets of DIMMs and pools of several files are written through, to every file") {
  const std::string at = folder("several-files");
  const auto images =
      lay_out_recipe("dimm 64M ways 2\nnamespace sector 512 size 32M\n", "several-files");
  const std::string data = random_text(1 << 20, 12);
  write_text(at + "data", data);
  std::vector<std::string> set = {"--interleave", "4096", images[0], images[1]};
  const auto with_set = [&](std::vector<std::string> arguments) {
    arguments.insert(arguments.end(), set.begin(), set.end());
    return arguments;
  };
  must(with_set({"write", "--lba", "77", "-i", at + "data"}));
  CHECK(run(with_set({"read", "--lba", "77", "--count", "2048"})).out == data);

  lay_out("poolset/pool.set");
  for (const char* const name : {"part0.img", "part1.img"})
    fs::copy_file(std::string("poolset/") + name, at + name);
  write_text(at + "pool.set",
             "PMEMPOOLSET\n12M several-files/part0.img\n"
             "8M several-files/part1.img\n");
  must({"write", "--lba", "22000", "-i", at + "data", at + "pool.set"});
  CHECK(run({"read", "--lba", "22000", "--count", "2048", at + "pool.set"}).out == data);
  CHECK(run({"show", at + "pool.set"}).exit == 0);
  const std::ifstream holder(at + "part1.img");
  const Outcome held = run({"write", "-i", at + "data", at + "pool.set"});
  CHECK(held.exit == 8);
  CHECK(held.err.find("in use") != std::string::npos);
}

TEST_CASE("an image that may only be read is told as that") {
  const std::string at = folder("read-only");
  must({"create", "btt", "--size", "17M", at + "image"});
  write_text(at + "data", std::string(4096, 'x'));
  REQUIRE(::chmod((at + "image").c_str(), 0444) == 0);
  const int code = in_child([&] {
    if (::geteuid() == 0 && ::setuid(65534) != 0) return 254;
    if (::access((at + "image").c_str(), R_OK) != 0) return 253;
    const Outcome outcome = run({"write", "-i", at + "data", at + "image"});
    const bool told = outcome.err.find("cannot be opened for writing") != std::string::npos;
    return told && outcome.out.empty() ? outcome.exit : 255;
  });
  if (code == 253 || code == 254) {
    MESSAGE("skipped: no other user can get here");
    return;
  }
  CHECK(code == 8);
}

/// In a process that may not write behind `limit` bytes of a file, as on a disk that is full.
int import_limited(rlim_t limit, const std::vector<std::string>& arguments, std::string_view told) {
  return in_child([&] {
    std::signal(SIGXFSZ, SIG_IGN);
    const rlimit limits = {limit, limit};
    if (::setrlimit(RLIMIT_FSIZE, &limits) != 0) return 254;
    const Outcome outcome = run(arguments);
    const bool said = outcome.err.find(told) != std::string::npos && outcome.out.empty();
    return said ? outcome.exit : 255;
  });
}

TEST_CASE("an import that runs out of room says how far it came, and leaves a sound BTT") {
  const std::string at = folder("no-room");
  must({"create", "btt", "--size", "32M", "--version", "2.0", at + "image"});
  const std::string old = random_text(12 << 20, 10);
  const std::string data = random_text(12 << 20, 11);
  write_text(at + "old", old);
  write_text(at + "data", data);
  must({"import", "-i", at + "old", at + "image"});
  // The free blocks lie behind the limit: the first write there fails.
  CHECK(import_limited(rlim_t{31} << 20, {"import", "-i", at + "data", at + "image"},
                       "behind that each sector is old or new") == 8);
  CHECK(run({"show", at + "image"}).exit == 0);
  const std::string after = run({"export", "-o", "-", at + "image"}).out;
  for (std::size_t lba = 0; lba < old.size() / 4096; ++lba) {
    const std::string_view sector = std::string_view(after).substr(lba * 4096, 4096);
    const bool whole = sector == std::string_view(old).substr(lba * 4096, 4096) ||
                       sector == std::string_view(data).substr(lba * 4096, 4096);
    CHECK(whole);
  }
  // A new image is removed.
  CHECK(import_limited(rlim_t{16} << 20,
                       {"import", "--create", "--size", "32M", "-i", at + "data", at + "new"},
                       "File too large") == 8);
  CHECK_FALSE(fs::exists(at + "new"));
}

TEST_CASE("an export that the user cancels leaves no file, and an import says so") {
  const std::string at = folder("cancelled");
  must({"create", "btt", "--size", "17M", at + "image"});
  write_text(at + "data", std::string(4096, 'x'));
  const auto cancelled = [&](const std::vector<std::string>& arguments) {
    return in_child([&] {
      request_cancel();
      const Outcome outcome = run(arguments);
      return outcome.err.find("cancelled") != std::string::npos && outcome.out.empty()
                 ? outcome.exit
                 : 255;
    });
  };
  CHECK(cancelled({"export", "-o", at + "raw", at + "image"}) == 32);
  CHECK(cancelled({"import", "-i", at + "data", at + "image"}) == 32);
  CHECK(cancelled({"create", "btt", "--size", "17M", at + "new"}) == 32);
  int files = 0;
  for ([[maybe_unused]] const auto& entry : fs::directory_iterator(at)) ++files;
  CHECK(files == 2);
}

TEST_CASE("the map file lists what could not be read, as ddrescue reads it") {
  const std::string at = folder("rescue");
  const auto images = lay_out_recipe(
      "arena 16M sector 512\nwrite 8 fill 0x41\n"
      "set ns/0/arena0/map/7 = 0x40000007\n"
      "set ns/0/arena0/map/32200..32201 = 0x40000001\n",
      "rescue");
  const Outcome outcome =
      run({"export", "--ignore-errors", "--map", at + "map", "-o", at + "raw", images.front()});
  CHECK(outcome.exit == 8);
  const std::string raw = text_of(at + "raw");
  CHECK(raw.size() == 32202 * 512);
  CHECK(raw.substr(7 * 512, 512) == std::string(512, '\0'));
  CHECK(raw.substr(8 * 512, 512) == std::string(512, 'A'));
  const std::string map = text_of(at + "map");
  CHECK(map.substr(map.find("status\n0x")) ==
        "status\n"
        "0x00000000  0x00000E00  +\n"
        "0x00000E00  0x00000200  -\n"
        "0x00001000  0x00FB8000  +\n"
        "0x00FB9000  0x00000400  -\n");
  CHECK(run({"export", "-o", at + "other", images.front()}).exit == 8);
  CHECK_FALSE(fs::exists(at + "other"));
}

TEST_CASE("an error sector is healed by a write") {
  const std::string at = folder("heal");
  const auto images =
      lay_out_recipe("arena 16M sector 512\nset ns/0/arena0/map/7 = 0x40000007\n", "heal");
  CHECK(run({"read", "--lba", "7", images.front()}).exit == 8);
  write_text(at + "data", std::string(512, 'x'));
  must({"write", "--lba", "7", "-i", at + "data", images.front()});
  CHECK(run({"read", "--lba", "7", images.front()}).out == std::string(512, 'x'));
}

}  // namespace
}  // namespace ndmedic::cli::test
