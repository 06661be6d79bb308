// SPDX-License-Identifier: BSD-3-Clause
// Threads of a run as fibers on one real thread: which goes on at a switch point is drawn from a
// seed, so that a run can be replayed.
#pragma once

#include <ucontext.h>

#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <vector>

#include "random.h"

namespace ndmedic::laboratory {

class Scheduler {
 public:
  explicit Scheduler(std::uint64_t seed);

  /// A fiber, numbered from 0. Before run(). Bodies do not throw.
  void spawn(std::function<void()> body);

  /// Runs all fibers to their ends. False: after `steps_max` switch points some had not finished,
  /// which then never go on.
  [[nodiscard]] bool run(std::uint64_t steps_max = 200000);

  /// From within a fiber: another one may go on here. Outside of run(): nothing.
  void point();
  /// From within a fiber: it cannot go on before another one has.
  void wait();
  /// The fiber that runs; 0 outside of run().
  unsigned current() const { return current_; }

 private:
  struct Fiber {
    std::function<void()> body;
    ucontext_t context{};
    std::unique_ptr<std::byte[]> stack;
    bool finished = false;
  };

  static void enter(unsigned low, unsigned high);
  void switch_away();

  Random random_;
  std::uint32_t calm_;  // one switch in so many points
  std::vector<std::unique_ptr<Fiber>> fibers_;
  ucontext_t main_{};
  unsigned current_ = 0;
  bool running_ = false;
  bool waiting_ = false;
  std::uint64_t steps_ = 0;
};

}  // namespace ndmedic::laboratory
