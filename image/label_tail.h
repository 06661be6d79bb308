// SPDX-License-Identifier: BSD-3-Clause
// Finds the label area at the end of a DIMM image: QEMU puts it into the last label-size bytes,
// whatever their number (labels.md 8.1), and an area of any size can be a file of its own.
#pragma once

#include <cstdint>
#include <optional>

#include <ndmedic/format/result.h>
#include <ndmedic/image/evidence.h>
#include <ndmedic/media/media.h>

namespace ndmedic {

/// A label area at the end of an image.
struct LabelTail {
  std::optional<std::uint64_t> offset{};  ///< where it begins; none: no area, or several as likely
  std::uint64_t area_size = 0;            ///< bytes, by its own words; more than are left when cut
  EvidenceList evidence{};
};

/// Searches the last 32 MiB of `media` for index blocks that place an area's end at the media's
/// end, or behind it (a cut image), then the usual sizes for labels whose index is lost. An index
/// block whose area would end elsewhere is data: told as evidence, never taken. Time is bounded by
/// the 32 MiB; holes cost nothing. Errors: those of Media::read on ranges that are not bad or
/// absent; unreadable parts are passed over and told as evidence.
Result<LabelTail> find_label_tail(const Media& media);

}  // namespace ndmedic
