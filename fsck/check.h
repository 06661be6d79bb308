// SPDX-License-Identifier: BSD-3-Clause
// The full check of opened images: everything that opening them did not read. Writes nothing.
#pragma once

#include <cstdint>

#include <ndmedic/format/finding.h>
#include <ndmedic/image/image.h>

namespace ndmedic {

struct CheckResult {
  std::uint64_t entries = 0;  ///< map entries that were read
  bool cancelled = false;     ///< `progress` said so: what was found is not all
};

/// Reads the map of every arena of `tree` and fills in its censuses. Findings go to `findings`,
/// behind those of open_images(). `progress` gets entries done and entries in all. Not
/// thread-safe. Errors: those of Media but absent and bad_media, which are told as findings.
Result<CheckResult> check(ImageTree& tree, const Progress& progress, FindingSink& findings);

}  // namespace ndmedic
