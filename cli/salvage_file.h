// SPDX-License-Identifier: BSD-3-Clause
// What blocks hold whose owner is not certain, kept before they are given away (btt.md RP-5).
#pragma once

#include <span>
#include <string>
#include <vector>

#include <ndmedic/fsck/repair.h>

namespace ndmedic::cli {

/// A block with its content, as it was before the repair.
struct SalvagedBlock {
  SalvageBlock block{};
  std::vector<std::byte> content{};
};

/// The contents of the blocks that `repairs` would give away or whose sectors they mark. Errors:
/// too_large (more than 1 GiB), those of Media.
Result<std::vector<SalvagedBlock>> read_salvage(const ImageTree& tree,
                                                std::span<const Repair> repairs);

/// Makes the file, durably: one line of JSON {"format": "ndmedic-salvage", "version": 1, "blocks":
/// [{"namespace", "arena", "block", "candidates", "offset", "size"}]}, blanks up to a multiple of
/// 4096, then the contents at their offsets. Errors: those of the system (EEXIST).
Status write_salvage(const std::string& path, std::span<const SalvagedBlock> blocks);

}  // namespace ndmedic::cli
