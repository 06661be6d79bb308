// SPDX-License-Identifier: BSD-3-Clause
// The harness that must fail, so that a machinery which notices nothing is noticed. Contract: it
// aborts on inputs that begin with "CANARY".
#include "fuzz/harness.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::require(!fuzz::text_of(data, size).starts_with("CANARY"), "the canary is alive");
  return 0;
}
