// SPDX-License-Identifier: BSD-3-Clause
// A process is killed while it writes to a pool; both sides then find every sector old or new, and
// the acknowledged ones new, and the other goes on. What this cannot show: stores that a power loss
// takes away or reorders, which the crash laboratory is for.
#include <sys/wait.h>
#include <unistd.h>

#include <doctest/doctest.h>

#include <array>
#include <atomic>
#include <csignal>
#include <thread>

#include "pools.h"
#include "verdict.h"

namespace interop {
namespace {

using namespace ndmedic;
namespace fs = std::filesystem;

struct Acknowledgement {
  std::uint32_t thread;
  std::uint32_t number;
};

/// In the child, until it is killed: operations, each followed by its acknowledgement.
[[noreturn]] void write_on(Side side, const fs::path& pool, std::uint32_t bsize, const Round& round,
                           int pipe) {
  const auto disk = open_disk(side, pool, bsize);
  const auto work = [&](unsigned thread) {
    for (std::uint32_t number = 1;; ++number) {
      disk->run(round.operation(thread, number));
      const Acknowledgement done{thread, number};
      if (::write(pipe, &done, sizeof done) != sizeof done) std::_Exit(1);
    }
  };
  std::vector<std::thread> others;
  for (unsigned thread = 1; thread < round.threads; ++thread) others.emplace_back(work, thread);
  work(0);
  std::_Exit(1);
}

/// Kills a writer when it has acknowledged `enough` operations and a little later; gives the last
/// acknowledged operation of each thread.
std::vector<std::uint32_t> write_and_kill(Side side, const fs::path& pool, std::uint32_t bsize,
                                          const Round& round, std::uint32_t enough,
                                          std::uint32_t spins) {
  std::array<int, 2> ends = {};
  REQUIRE(::pipe(ends.data()) == 0);
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    ::close(ends[0]);
    write_on(side, pool, bsize, round, ends[1]);
  }
  ::close(ends[1]);
  std::vector<std::uint32_t> last(round.threads);
  std::uint32_t count = 0;
  for (Acknowledgement done = {}; ::read(ends[0], &done, sizeof done) == sizeof done;) {
    last.at(done.thread) = done.number;
    if (++count != enough) continue;
    for (std::atomic<std::uint32_t> spin = 0; spin < spins; ++spin) {
    }
    REQUIRE(::kill(child, SIGKILL) == 0);
  }
  ::close(ends[0]);
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  REQUIRE(WIFSIGNALED(status));
  REQUIRE(WTERMSIG(status) == SIGKILL);
  return last;
}

void apply_round(const Round& round, const std::vector<std::uint32_t>& last, Model& model) {
  for (unsigned thread = 0; thread < round.threads; ++thread) {
    for (std::uint32_t number = 1; number <= last[thread]; ++number)
      model.apply(round.operation(thread, number));
    model.apply_perhaps(round.operation(thread, last[thread] + 1));
  }
}

void kill_in_turns(std::uint32_t bsize, bool theirs, std::span<const Side> sides, unsigned rounds,
                   Tally& tally) {
  const ScratchFolder scratch;
  const fs::path pool = scratch / "pool";
  if (theirs)
    create_theirs_formatted(pool, bsize);
  else
    create_ours(pool, bsize);
  Model model;
  for (unsigned i = 0; i < rounds; ++i) {
    const Round round{bsize + 1000 * i, 1 + i % 2};
    const Operation dice = Round{round.seed, 1}.operation(0, 0);
    const Side side = sides[i % sides.size()];
    CAPTURE(i);
    CAPTURE(static_cast<int>(side));
    const auto last = write_and_kill(side, pool, bsize, round, 1 + dice.place % 64,
                                     static_cast<std::uint32_t>(dice.version >> 40) % 4096);
    apply_round(round, last, model);
    judge_broken_off(pool, bsize, model, tally);
  }
}

}  // namespace

TEST_CASE("killed in turns, each continues what the other left: old or new, on either side") {
  constexpr std::array sides = {Side::ours_mapped, Side::libpmemblk, Side::ours_without_power,
                                Side::libpmemblk, Side::ours_on_file};
  Tally tally;
  for (const std::uint32_t bsize : {8U, 512U, 520U, 1000U, 4096U}) {
    CAPTURE(bsize);
    kill_in_turns(bsize, bsize % 1000 == 0, sides, 40, tally);
  }
  MESSAGE("of " << tally.pools << " pools " << tally.interrupted << " with an interrupted write");
}

}  // namespace interop
