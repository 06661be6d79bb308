// SPDX-License-Identifier: BSD-3-Clause
// Whether a structure stands where its signature does, and the labels behind an index block.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>

#include <ndmedic/fsck/scan.h>

namespace ndmedic {

/// The media have no such bytes, or cannot give them: nothing is sighted there.
inline bool is_gap(const Error& error) {
  return is_unreadable(error.code) || error.code == Errc::out_of_range;
}

/// The structure at `offset` if its checksum is right or its fields make sense. A label must have
/// the right checksum. Errors: those of Media but absent, bad_media and out_of_range, which give
/// none.
Result<std::optional<Sighting>> look_at_structure(const Media& media, SightingKind kind,
                                                  std::uint64_t offset);

/// Where the slots lie that an index block names; bytes of the media.
struct SlotArray {
  std::uint64_t area = 0;   ///< the label area's first byte
  std::uint64_t first = 0;  ///< slot 0
  std::uint32_t slot_size = 0;
  std::uint32_t count = 0;
  std::uint64_t index_size = 0;
  bool has(std::uint64_t offset) const {
    return offset >= first && (offset - first) % slot_size == 0 &&
           (offset - first) / slot_size < count;
  }
  friend bool operator==(const SlotArray&, const SlotArray&) = default;
};

/// By the index block at `offset`; none when its fields contradict each other or its area would
/// begin before the media. Errors: as above.
Result<std::optional<SlotArray>> slots_named_by(const Media& media, std::uint64_t offset);

/// Labels with a right checksum, and others in slots that the index block at `index_offset` has in
/// use. Errors: those of Media but absent and bad_media.
Status visit_labels(const Media& media, std::uint64_t index_offset, const SlotArray& slots,
                    const std::function<void(const Sighting&)>& visit);

}  // namespace ndmedic
