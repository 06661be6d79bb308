// SPDX-License-Identifier: BSD-3-Clause
// Text of our own in lines of limited width.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace ndmedic::cli {

/// `text` broken at blanks into lines of at most `width` columns, each behind `indent` blanks and
/// ended by a newline. A longer word stands alone.
std::string wrapped(std::string_view text, std::size_t indent, std::size_t width);

}  // namespace ndmedic::cli
