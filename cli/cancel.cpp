// SPDX-License-Identifier: BSD-3-Clause
#include <ndmedic/cli/cancel.h>

#include <atomic>

namespace ndmedic::cli {
namespace {

std::atomic<bool> requested = false;
static_assert(std::atomic<bool>::is_always_lock_free, "a signal handler may store it");

}  // namespace

void request_cancel() { requested = true; }

bool cancel_requested() { return requested; }

}  // namespace ndmedic::cli
