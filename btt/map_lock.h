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

/// Spins a little, then sleeps. Not recursive.
void lock_map(MapLock& lock);
void unlock_map(MapLock& lock);

/// For short waits on other threads: a few times the processor's pause, then the scheduler's.
void pause_thread();

/// A small number for the calling thread, given out in order of the first call.
unsigned thread_number();

}  // namespace ndmedic
