// SPDX-License-Identifier: BSD-3-Clause
#include <ndmedic/media/shared_barrier.h>

#include <doctest/doctest.h>

#include <atomic>
#include <cerrno>
#include <latch>
#include <thread>
#include <vector>

namespace ndmedic {
namespace {

TEST_CASE("barrier: nothing noted since the last one asks for none") {
  int syncs = 0;
  SharedBarrier barrier([&] { return ++syncs, 0; });
  CHECK(barrier.wait() == 0);
  CHECK(syncs == 0);
  barrier.note();
  CHECK(barrier.wait() == 0);
  CHECK(barrier.wait() == 0);
  CHECK(syncs == 1);
}

TEST_CASE("barrier: all who note while one runs are served by the next one, not by that one") {
  constexpr int followers = 15;
  std::latch running(1);
  std::latch noted(followers);
  std::atomic<int> syncs{0};
  std::atomic<int> early{0};
  SharedBarrier barrier([&] {
    if (++syncs > 1) return 0;
    running.count_down();
    noted.wait();
    return 0;
  });
  barrier.note();
  std::vector<std::jthread> threads;
  threads.emplace_back([&] { CHECK(barrier.wait() == 0); });
  for (int i = 0; i < followers; ++i)
    threads.emplace_back([&] {
      running.wait();
      barrier.note();
      noted.count_down();
      if (barrier.wait() != 0 || syncs < 2) ++early;
    });
  threads.clear();
  CHECK(early == 0);
  CHECK(syncs == 2);
}

TEST_CASE("barrier: what was noted after a sync began is not covered by it") {
  int syncs = 0;
  SharedBarrier* self = nullptr;
  SharedBarrier barrier([&] {
    if (++syncs == 1) self->note();
    return 0;
  });
  self = &barrier;
  barrier.note();
  CHECK(barrier.wait() == 0);
  CHECK(syncs == 1);
  CHECK(barrier.wait() == 0);
  CHECK(syncs == 2);
}

TEST_CASE("barrier: after one failure all fail, without a call") {
  int syncs = 0;
  SharedBarrier barrier([&] { return ++syncs, EIO; });
  barrier.note();
  CHECK(barrier.wait() == EIO);
  barrier.note();
  CHECK(barrier.wait() == EIO);
  CHECK(syncs == 1);
}

}  // namespace
}  // namespace ndmedic
