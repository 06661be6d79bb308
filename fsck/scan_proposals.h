// SPDX-License-Identifier: BSD-3-Clause
// What follows from what a scan found: where images begin and end in the media, and arenas whose
// info blocks are both gone (btt.md 5.1: IB-05, IB-06).
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include <ndmedic/btt/arena.h>
#include <ndmedic/fsck/scan.h>
#include <ndmedic/image/open_options.h>

namespace ndmedic {

/// An image that lies in the media, whole or in part. Bytes of the media.
struct ImageProposal {
  DeviceKind kind = DeviceKind::bare;  ///< bare, pool, dimm or label_area
  std::uint64_t base = 0;              ///< its first byte that is there
  std::uint64_t length = 0;            ///< from there on, as far as it is there
  std::uint64_t missing_before = 0;    ///< bytes that a cut took away in front of it
  std::uint64_t missing_behind = 0;
  bool length_known = false;              ///< else it reaches to the end of the media
  std::vector<std::uint64_t> evidence{};  ///< offsets of sightings, ascending
};

/// An arena by its flog: info blocks that nothing has, computed from the geometry of formatters.
struct ArenaProposal {
  std::uint64_t flog = 0;  ///< offset of the sighting it stands on
  /// By start, counted from `missing_before` bytes before the media; uuid null where no other arena
  /// of the BTT tells it.
  Arena arena{};
  std::uint64_t missing_before = 0;
  BttContainer container = BttContainer::ns;
  std::uint64_t fitting = 0;  ///< lanes that map or formatter confirm
  std::uint64_t contradicting =
      0;                          ///< lanes that cannot be of this geometry, or that the map denies
  std::uint64_t map_entries = 0;  ///< that were looked at
  std::uint64_t map_beyond = 0;   ///< of them, with a block that the arena does not have
  bool anchored = false;          ///< begins where a label, pool, arena or the media says
  bool only = false;              ///< nothing else fits as well (IB-06: "one and only one")
};

struct ScanProposals {
  std::vector<ImageProposal> images{};  ///< by base
  std::vector<ArenaProposal> arenas{};  ///< by flog, best first; at most 8 each
};

/// Reads structures again, and flogs and maps of arenas that might be. Errors: those of Media but
/// absent and bad_media.
Result<ScanProposals> propose(const Media& media, const ScanReport& report);

}  // namespace ndmedic
