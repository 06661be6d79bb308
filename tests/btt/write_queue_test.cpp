// SPDX-License-Identifier: BSD-3-Clause
#include <ndmedic/btt/write_queue.h>

#include <doctest/doctest.h>

#include <atomic>
#include <functional>
#include <set>
#include <thread>
#include <utility>
#include <vector>

namespace ndmedic {
namespace {

/// Notes each commit that is asked for, and fails at some LBAs.
struct NotingCore {
  Status write(std::span<const SectorWrite> sectors) {
    std::vector<std::uint64_t>& lbas = commits.emplace_back();
    for (const SectorWrite& sector : sectors) lbas.push_back(sector.lba.value);
    if (const auto once = std::exchange(before_end, nullptr)) once();
    for (std::size_t i = 0; i < lbas.size(); ++i) {
      if (std::ranges::find(bad, lbas[i]) != bad.end())
        return Error{Errc::bad_media, {lbas[i], 1}, "test"};
      written.push_back(lbas[i]);
    }
    return {};
  }

  std::vector<std::uint64_t> bad{};
  std::function<void()> before_end{};
  std::vector<std::vector<std::uint64_t>> commits{};
  std::vector<std::uint64_t> written{};
};

/// Knows how many threads have gone to sleep.
class CountingMonitor {
 public:
  explicit CountingMonitor(std::atomic<unsigned>& sleepers) : sleepers_(sleepers) {}
  void lock() { monitor_.lock(); }
  void unlock() { monitor_.unlock(); }
  void sleep() {
    if (asleep_.insert(std::this_thread::get_id()).second) {
      ++sleepers_;
      sleepers_.notify_all();
    }
    monitor_.sleep();
  }
  bool sleep_until(ThreadMonitor::Clock::time_point time) { return monitor_.sleep_until(time); }
  void wake_all() { monitor_.wake_all(); }

 private:
  ThreadMonitor monitor_;
  std::atomic<unsigned>& sleepers_;
  std::set<std::thread::id> asleep_;  // ever
};

struct Outcome {
  std::uint64_t lba;
  Status status;
};

/// One thread writes LBA 1000; while its commit runs, one each the others come. What each got.
std::vector<Outcome> write_meanwhile(NotingCore& core, const std::vector<std::uint64_t>& lbas) {
  std::atomic<unsigned> sleepers{0};
  WriteQueue<NotingCore, CountingMonitor> queue(core, sleepers);
  std::vector<Outcome> outcomes;
  for (const std::uint64_t lba : lbas) outcomes.push_back({lba, Status{}});
  std::vector<std::jthread> threads;
  core.before_end = [&] {
    for (unsigned i = 0; i < lbas.size(); ++i) {
      threads.emplace_back([&, i] { outcomes[i].status = queue.write({{lbas[i]}, nullptr}); });
      while (sleepers == i) sleepers.wait(i);  // so that they come in this order
    }
  };
  CHECK(queue.write({{1000}, nullptr}));
  threads.clear();
  return outcomes;
}

TEST_CASE("write queue: who comes while a commit runs is part of the next one") {
  NotingCore core;
  for (const Outcome& outcome : write_meanwhile(core, {3, 1, 4, 15, 9, 2, 6}))
    CHECK(outcome.status.has_value());
  REQUIRE(core.commits.size() == 2);
  CHECK(core.commits[0] == std::vector<std::uint64_t>{1000});
  CHECK(core.commits[1] == std::vector<std::uint64_t>{3, 1, 4, 15, 9, 2, 6});
}

TEST_CASE("write queue: writes of one LBA are commits of their own, in the order they came") {
  NotingCore core;
  write_meanwhile(core, {3, 1, 3, 2, 2});
  REQUIRE(core.commits.size() == 4);
  CHECK(core.commits[1] == std::vector<std::uint64_t>{3, 1});
  CHECK(core.commits[2] == std::vector<std::uint64_t>{3, 2});
  CHECK(core.commits[3] == std::vector<std::uint64_t>{2});
}

TEST_CASE("write queue: an error reaches the one whose sector failed, and no other") {
  NotingCore core;
  core.bad = {4, 6};
  for (const Outcome& outcome : write_meanwhile(core, {3, 1, 4, 15, 6})) {
    CAPTURE(outcome.lba);
    const bool bad = outcome.lba == 4 || outcome.lba == 6;
    CHECK(outcome.status.has_value() != bad);
    if (!outcome.status) CHECK(outcome.status.error().where == Extent{outcome.lba, 1});
  }
  CHECK(core.written == std::vector<std::uint64_t>{1000, 3, 1, 15});  // each once
}

TEST_CASE("write queue: every write is carried out once, by as many threads as like") {
  constexpr unsigned writers = 8;
  constexpr unsigned each = 500;
  NotingCore core;
  WriteQueue<NotingCore> queue(core);
  std::atomic<unsigned> failed{0};
  std::vector<std::jthread> threads;
  for (unsigned writer = 0; writer < writers; ++writer)
    threads.emplace_back([&, writer] {
      for (unsigned i = 0; i < each; ++i)
        if (!queue.write({{writer * each + i}, nullptr})) ++failed;
    });
  threads.clear();
  CHECK(failed == 0);
  std::ranges::sort(core.written);
  REQUIRE(core.written.size() == writers * each);
  for (std::uint64_t i = 0; i < writers * each; ++i) REQUIRE(core.written[i] == i);
}

}  // namespace
}  // namespace ndmedic
