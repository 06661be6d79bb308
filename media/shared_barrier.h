// SPDX-License-Identifier: BSD-3-Clause
// One slow barrier for many who ask at once: group commit.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <utility>

namespace ndmedic {

/// Thread-safe. Who asks for a barrier waits for one that began after his last note(); while one
/// runs, others go on noting, and the next one serves all of them.
class SharedBarrier {
 public:
  /// `sync` makes durable what was written before it was called, and gives 0 or an errno. Never
  /// called by two threads at once.
  explicit SharedBarrier(std::function<int()> sync) : sync_(std::move(sync)) {}

  /// Something was written that the next barrier must cover. Does not wait.
  void note() { noted_.fetch_add(1, std::memory_order_release); }

  /// Returns when all that the caller has noted is durable: 0, or the errno of the first sync that
  /// failed. After a failure all do: nobody knows what was lost.
  int wait();

 private:
  std::function<int()> sync_;
  std::atomic<std::uint64_t> noted_{0};
  std::mutex mutex_;  // guards what follows; not held while sync_ runs
  std::condition_variable changed_;
  std::uint64_t synced_ = 0;  // of noted_
  bool running_ = false;
  int failed_ = 0;
};

}  // namespace ndmedic
