// SPDX-License-Identifier: BSD-3-Clause
// The full check of opened images: everything that opening them did not read. Writes nothing.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include <ndmedic/format/finding.h>
#include <ndmedic/fsck/ownership.h>
#include <ndmedic/image/image.h>

namespace ndmedic {

/// Who owns what in one arena: `ns` is an index into ImageTree::namespaces, `arena` into the
/// arenas of its BTT.
struct ArenaOwnership {
  std::size_t ns = 0;
  std::size_t arena = 0;
  Ownership ownership{};
};

struct CheckResult {
  std::uint64_t entries = 0;  ///< map entries that were read
  bool cancelled = false;     ///< `progress` said so: what was found is not all
  std::vector<ArenaOwnership> arenas{};
};

/// Reads the map of every arena of `tree`, fills in its censuses, and tells who owns each block.
/// Findings go to `findings`, behind those of open_images(). `progress` gets entries done and
/// entries in all. Not thread-safe. Errors: those of Media but absent and bad_media, which are told
/// as findings.
Result<CheckResult> check(ImageTree& tree, const Progress& progress, FindingSink& findings);

}  // namespace ndmedic
