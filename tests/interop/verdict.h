// SPDX-License-Identifier: BSD-3-Clause
// Compares pools with what was written to them.
#pragma once

#include <cstdint>
#include <filesystem>

#include "disk.h"
#include "workload.h"

namespace interop {

/// Every place holds one of its candidates, which becomes the only one.
void check_and_settle(Disk& disk, Model& model);

/// States that pools were found in.
struct Tally {
  unsigned pools = 0;
  unsigned interrupted = 0;   ///< with an interrupted write
  unsigned half_written = 0;  ///< with a lane whose first entry is half written
};

/// A pool whose writer died: libpmempool's verdict, our reading of it as it is, and what each side
/// recovers from a copy of its own agree, and are of `model`. The pool itself stays as it is.
/// One exception, PF-62: a lane's first entry half written is legal, and libpmempool calls it
/// damage.
void judge_broken_off(const std::filesystem::path& pool, std::uint32_t bsize, Model& model,
                      Tally& tally);

}  // namespace interop
