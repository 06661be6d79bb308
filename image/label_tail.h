// SPDX-License-Identifier: BSD-3-Clause
// Finds the label area at the end of a DIMM image: QEMU puts it into the last label-size bytes,
// whatever their number (labels.md 8.1), and an area of any size can be a file of its own.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include <ndmedic/format/result.h>
#include <ndmedic/image/evidence.h>
#include <ndmedic/media/media.h>

namespace ndmedic {

/// A place where a label area may begin; it always ends with the media.
struct AreaCandidate {
  std::uint64_t area_size = 0;
  unsigned score = 0;  ///< comparable between candidates of one file
  Clue clue = Clue::index_valid;
};

/// What was found. `area_size` is set when exactly one candidate scores highest.
struct LabelTail {
  std::optional<std::uint64_t> area_size;
  EvidenceList evidence;
};

/// Searches the last 32 MiB of `media` for index blocks whose own numbers place the area's end at
/// the media's end, then the usual sizes for labels whose index is lost. Time is bounded by the
/// 32 MiB; holes cost nothing. Errors: those of Media::read on ranges that are not bad or absent;
/// unreadable parts are passed over and told as evidence.
Result<LabelTail> find_label_tail(const Media& media);

}  // namespace ndmedic
