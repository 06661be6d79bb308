// SPDX-License-Identifier: BSD-3-Clause
#include <ndmedic/btt/map_lock.h>

#include <algorithm>
#include <mutex>
#include <thread>
#include <vector>

namespace ndmedic {
namespace {

constexpr unsigned spins = 64;

void pause_processor() {
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}

/// Numbers of living threads. Never destroyed: threads may outlive static objects.
class ThreadNumbers {
 public:
  static ThreadNumbers& instance() {
    static auto* const numbers = new ThreadNumbers;
    return *numbers;
  }
  unsigned take() {
    const std::lock_guard lock(mutex_);
    const auto free = std::ranges::find(taken_, false);
    const auto number = static_cast<unsigned>(free - taken_.begin());
    if (free == taken_.end())
      taken_.push_back(true);
    else
      *free = true;
    return number;
  }
  void put(unsigned number) {
    const std::lock_guard lock(mutex_);
    taken_[number] = false;
  }

 private:
  std::mutex mutex_;
  std::vector<bool> taken_;
};

/// Gives the number back when its thread ends.
struct ThreadNumber {
  unsigned value = ThreadNumbers::instance().take();
  ~ThreadNumber() { ThreadNumbers::instance().put(value); }
};

}  // namespace

void wait_for_map(MapLock& lock) {
  for (unsigned i = 0; i < spins; ++i) {
    pause_processor();
    std::uint32_t free = 0;
    if (lock.state.compare_exchange_weak(free, 1, std::memory_order_acquire)) return;
  }
  // Whoever sleeps leaves a 2 behind, so that the holder wakes one.
  while (lock.state.exchange(2, std::memory_order_acquire) != 0)
    lock.state.wait(2, std::memory_order_relaxed);
}

void spin_for_map(MapLock& lock) {
  constexpr unsigned spins_before_yield = 1024;
  for (unsigned i = 1;; ++i) {
    pause_processor();
    std::uint32_t free = 0;
    if (lock.state.load(std::memory_order_relaxed) == 0 &&
        lock.state.compare_exchange_weak(free, 1, std::memory_order_acquire))
      return;
    if (i % spins_before_yield == 0) std::this_thread::yield();
  }
}

void wake_waiter(MapLock& lock) { lock.state.notify_one(); }

void pause_thread() {
  for (unsigned i = 0; i < spins; ++i) pause_processor();
  std::this_thread::yield();
}

unsigned take_thread_number() {
  thread_local const ThreadNumber number;
  return number.value;
}

}  // namespace ndmedic
