// SPDX-License-Identifier: BSD-3-Clause
// Text from media on its way to a terminal: nothing in it may move the cursor, colour the screen or
// reorder what stands beside it.
#pragma once

#include <string>
#include <string_view>

namespace ndmedic {

/// `text` with control characters, line separators, bidirectional controls, backslashes and bytes
/// that are not UTF-8 written as \\, \xNN (bytes below 0x80 and invalid ones) or \u{NNNN}.
/// Everything else stays as it is. The result is UTF-8. Thread-safe.
std::string escape_untrusted(std::string_view text);

}  // namespace ndmedic
