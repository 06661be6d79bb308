// SPDX-License-Identifier: BSD-3-Clause
// Ctrl-C: long passes ask, and end where they are; the exit code is exit_cancelled.
#pragma once

namespace ndmedic::cli {

/// Async-signal-safe.
void request_cancel();
bool cancel_requested();

}  // namespace ndmedic::cli
