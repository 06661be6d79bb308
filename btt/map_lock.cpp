// SPDX-License-Identifier: BSD-3-Clause
#include <ndmedic/btt/map_lock.h>

#include <thread>

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

}  // namespace

void lock_map(MapLock& lock) {
  for (unsigned i = 0; i < spins; ++i) {
    std::uint32_t free = 0;
    if (lock.state.compare_exchange_weak(free, 1, std::memory_order_acquire)) return;
    pause_processor();
  }
  // Whoever sleeps leaves a 2 behind, so that the holder wakes one.
  while (lock.state.exchange(2, std::memory_order_acquire) != 0)
    lock.state.wait(2, std::memory_order_relaxed);
}

void unlock_map(MapLock& lock) {
  if (lock.state.exchange(0, std::memory_order_release) == 2) lock.state.notify_one();
}

void pause_thread() {
  for (unsigned i = 0; i < spins; ++i) pause_processor();
  std::this_thread::yield();
}

unsigned thread_number() {
  static std::atomic<unsigned> next{0};
  thread_local const unsigned number = next.fetch_add(1, std::memory_order_relaxed);
  return number;
}

}  // namespace ndmedic
