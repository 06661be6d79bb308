// SPDX-License-Identifier: BSD-3-Clause
// Whether untrusted text is UTF-8 (Unicode 15, table 3-7).
#pragma once

#include <string_view>

namespace ndmedic {

/// True when `text` is well-formed UTF-8: no overlong form, no surrogate, nothing above U+10FFFF,
/// no sequence cut short. NUL and control characters are allowed. Thread-safe.
bool is_utf8(std::string_view text);

}  // namespace ndmedic
