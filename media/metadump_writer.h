// SPDX-License-Identifier: BSD-3-Clause
// Writes a metadump (metadump_format.h) of parts of an image.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include <ndmedic/media/media.h>

namespace ndmedic {

struct MetadumpSummary {
  std::uint64_t kept = 0;        ///< bytes of the image: data, zeros and what could not be read
  std::uint64_t data = 0;        ///< of them, those stored
  std::uint64_t unreadable = 0;  ///< of them, those that could not be read
};

using MetadumpSink = std::function<Status(std::span<const std::byte>)>;

/// Gives the file to `sink` from its first byte to the last. `keep` may overlap and be in any
/// order; what is absent in the image stays so. Data are read twice: once for their checksums,
/// which come first. Errors: out_of_range, too_large (metadump_extents_max), those of reading but
/// bad_media and absent, and of the sink.
Result<MetadumpSummary> write_metadump(const Media& image, std::vector<Extent> keep,
                                       bool anonymised, const MetadumpSink& sink);

}  // namespace ndmedic
