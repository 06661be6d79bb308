// SPDX-License-Identifier: BSD-3-Clause
// Bytes that operator new has given out in this process, to bound what a reader takes.
#pragma once

#include <cstddef>

namespace bad_input {

/// The most bytes that were allocated at once since the last forget_peak(), beyond those that were
/// allocated then.
std::size_t peak_bytes();
void forget_peak();

}  // namespace bad_input
