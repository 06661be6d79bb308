// SPDX-License-Identifier: BSD-3-Clause
#include <ndmedic/media/shared_barrier.h>

namespace ndmedic {

int SharedBarrier::wait() {
  const std::uint64_t wanted = noted_.load(std::memory_order_acquire);
  std::unique_lock lock(mutex_);
  while (failed_ == 0 && synced_ < wanted) {
    if (running_) {
      changed_.wait(lock);
      continue;
    }
    running_ = true;
    const std::uint64_t covered = noted_.load(std::memory_order_acquire);
    lock.unlock();
    const int error = sync_();
    lock.lock();
    running_ = false;
    if (error == 0)
      synced_ = covered;
    else
      failed_ = error;
    changed_.notify_all();
  }
  return failed_;
}

}  // namespace ndmedic
