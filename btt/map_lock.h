// SPDX-License-Identifier: BSD-3-Clause
// Mutual exclusion over one stripe of a map: 4 bytes of state in a cache line of its own.
#pragma once

#include <atomic>
#include <cstdint>

namespace ndmedic {

/// 0: free, 1: held, 2: held and somebody sleeps. Access policies decide how to wait for it.
struct alignas(64) MapLock {
  std::atomic<std::uint32_t> state{0};
};

/// Spins a little, then sleeps.
void wait_for_map(MapLock& lock);
void wake_waiter(MapLock& lock);

/// Not recursive.
inline void lock_map(MapLock& lock) {
  std::uint32_t free = 0;
  if (!lock.state.compare_exchange_strong(free, 1, std::memory_order_acquire)) wait_for_map(lock);
}
inline void unlock_map(MapLock& lock) {
  if (lock.state.exchange(0, std::memory_order_release) == 2) wake_waiter(lock);
}

/// The same for work of less than a microsecond under the lock: who waits does not sleep, and
/// unlocking costs a plain store. One lock is used in one of the two ways.
void spin_for_map(MapLock& lock);
inline void spin_lock_map(MapLock& lock) {
  std::uint32_t free = 0;
  if (!lock.state.compare_exchange_strong(free, 1, std::memory_order_acquire)) spin_for_map(lock);
}
inline void spin_unlock_map(MapLock& lock) { lock.state.store(0, std::memory_order_release); }

/// For short waits on other threads: a few times the processor's pause, then the scheduler's.
void pause_thread();

/// The lowest number that no other living thread has.
unsigned take_thread_number();

/// The calling thread's number: small, its own while it lives.
inline unsigned thread_number() {
  constinit thread_local unsigned number = ~0U;
  if (number == ~0U) number = take_thread_number();
  return number;
}

}  // namespace ndmedic
