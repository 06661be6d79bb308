// SPDX-License-Identifier: BSD-3-Clause
// Writes of single sectors by many threads as few commits, where a fence costs more than waking a
// thread: whoever comes while a commit runs is part of the next one, which one of them carries out
// for all.
#pragma once

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <span>
#include <utility>
#include <vector>

#include <ndmedic/btt/commit.h>
#include <ndmedic/btt/engine_core.h>
#include <ndmedic/format/result.h>

namespace ndmedic {

/// How threads wait for each other in a WriteQueue: under a lock, which who sleeps gives up
/// meanwhile. Sleep may end early.
class ThreadMonitor {
 public:
  using Clock = std::chrono::steady_clock;

  void lock() { mutex_.lock(); }
  void unlock() { mutex_.unlock(); }
  void sleep() {
    std::unique_lock lock(mutex_, std::adopt_lock);
    changed_.wait(lock);
    lock.release();
  }
  /// False: the time has come.
  bool sleep_until(Clock::time_point time) {
    std::unique_lock lock(mutex_, std::adopt_lock);
    const bool early = changed_.wait_until(lock, time) == std::cv_status::no_timeout;
    lock.release();
    return early;
  }
  /// Not under the lock: those who wake want it.
  void wake_all() { changed_.notify_all(); }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
};

/// Thread-safe. Core: EngineCore, or what has its write() of scattered sectors.
///
/// A commit of n sectors takes three fences as one of a single sector does, so n threads have most
/// of it when all of them are in it. Served together, they come back at nearly the same time: the
/// first waits for as many as there were, though not for long, and the last of them leads.
template <class Core, class Monitor = ThreadMonitor>
class WriteQueue {
 public:
  /// The core must outlive the queue. `monitor` is what a Monitor is made of.
  template <class... Arguments>
  explicit WriteQueue(Core& core, Arguments&&... monitor)
      : core_(core), monitor_(std::forward<Arguments>(monitor)...) {}

  /// As core.write() of this sector alone. The LBA must be in range.
  Status write(const SectorWrite& sector) {
    Request mine{sector, {}, false};
    std::unique_lock lock(monitor_);
    waiting_.push_back(&mine);
    while (!mine.done) {
      if (leading_)
        monitor_.sleep();
      else if (waiting_.size() >= expected_)
        lead(lock);
      else if (gathering_)
        monitor_.sleep();  // another one looks at the clock
      else
        gather();
    }
    return std::move(mine.status);
  }

 private:
  using Clock = std::chrono::steady_clock;

  struct Request {
    SectorWrite sector;
    Status status;
    bool done;
  };

  /// Waits for those who wrote last time, or waited then. Half a commit: more is not to be had
  /// from their company. Whoever comes last leads.
  void gather() {
    gathering_ = true;
    const std::uint64_t before = commits_;
    const Clock::time_point end = Clock::now() + lasted_ / 2;
    while (monitor_.sleep_until(end))
      if (commits_ != before || waiting_.size() >= expected_) return;
    if (commits_ != before) return;
    expected_ = 0;
    in_vain_ = std::min(2 * in_vain_ + 1, in_vain_max);
    without_ = in_vain_;
  }

  /// One commit, under the lock but for the work itself.
  void lead(std::unique_lock<Monitor>& lock) {
    leading_ = true;
    ++commits_;
    if (std::exchange(gathering_, false) && expected_ > 0) in_vain_ = 0;
    take();
    const Clock::time_point begin = Clock::now();
    lock.unlock();
    commit();
    lock.lock();
    lasted_ = Clock::now() - begin;
    for (Request* request : batch_) request->done = true;
    expected_ = without_ > 0 ? 1 : std::min(batch_.size() + waiting_.size(), commit_max);
    if (without_ > 0) --without_;
    leading_ = false;
    lock.unlock();
    monitor_.wake_all();
    lock.lock();
  }

  /// The first that can be one commit: distinct LBAs.
  void take() {
    batch_.clear();
    const std::size_t most = std::min(waiting_.size(), commit_max);
    while (batch_.size() < most && !is_taken(waiting_[batch_.size()]->sector.lba))
      batch_.push_back(waiting_[batch_.size()]);
    waiting_.erase(waiting_.begin(), waiting_.begin() + static_cast<std::ptrdiff_t>(batch_.size()));
  }

  bool is_taken(ExternalLba lba) const {
    return std::ranges::any_of(batch_, [&](const Request* r) { return r->sector.lba == lba; });
  }

  /// An error is that of the sector which it names: those before it are written, and those behind
  /// it are tried without it.
  void commit() {
    sectors_.clear();
    for (const Request* request : batch_) sectors_.push_back(request->sector);
    for (std::size_t first = 0; first < batch_.size(); ++first) {
      Status status = core_.write(std::span<const SectorWrite>(sectors_).subspan(first));
      if (status) return;
      const ExternalLba failed{status.error().where.offset};
      while (first + 1 < batch_.size() && sectors_[first].lba != failed) ++first;
      batch_[first]->status = std::move(status);
    }
  }

  static constexpr unsigned in_vain_max = 63;

  Core& core_;
  Monitor monitor_;

  // Guarded by the monitor.
  std::vector<Request*> waiting_;  // in the order they came
  bool leading_ = false;           // a commit runs
  bool gathering_ = false;         // one waits for company
  std::size_t expected_ = 1;       // so many waiting are all that may come
  std::uint64_t commits_ = 0;
  Clock::duration lasted_{};  // the last commit
  unsigned in_vain_ = 0;      // grows with each waiting for company that did not come
  unsigned without_ = 0;      // commits that are not waited with after that

  // The leader's.
  std::vector<Request*> batch_;
  std::vector<SectorWrite> sectors_;
};

}  // namespace ndmedic
