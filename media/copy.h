// SPDX-License-Identifier: BSD-3-Clause
// Copying what a medium holds, holes left out.
#pragma once

#include <ndmedic/media/media.h>

namespace ndmedic {

/// Copies the data runs of `from` to the same offsets of `to`, which is at least as large and all
/// zero where `from` has holes, then flushes and fences. Windows of 1 MiB. Errors: those of reading
/// and writing; absent and bad for runs of `from` that are so.
Status copy_data(const Media& from, Media& to);

}  // namespace ndmedic
