// SPDX-License-Identifier: BSD-3-Clause
// Sightings with what they say of places: the arenas, label areas and labels behind proposals.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include <ndmedic/btt/arena.h>
#include <ndmedic/fsck/scan.h>

namespace ndmedic {

/// Offset in the media, or before them when negative. Media beyond 2^63 bytes do not exist.
using MediaPlace = std::int64_t;

/// An arena by one of its info blocks, or both.
struct SeenArena {
  MediaPlace start = 0;
  Arena arena{};  ///< its `start` is not used
  std::vector<std::uint64_t> copies{};
  std::uint64_t end() const { return arena.geometry.infooff + info_block_size; }  ///< from start
};

/// A label of one namespace, and of the only DIMM of it.
struct SeenExtent {
  Guid uuid{};
  std::uint64_t offset = 0;  ///< of the label
  std::uint64_t dpa = 0;
  std::uint64_t size = 0;
  std::uint64_t lbasize = 0;
};

struct SeenArea {
  std::uint64_t offset = 0;
  std::uint64_t size = 0;
  std::vector<std::uint64_t> index_blocks{};
  std::vector<SeenExtent> extents{};
};

struct SeenPage {  ///< PFN or DAX
  std::uint64_t offset = 0;
  Guid parent_uuid{};
};

struct SeenPool {
  std::uint64_t offset = 0;
  Guid poolset_uuid{};
  std::uint32_t block_size = 0;  ///< 0: the descriptor cannot be read
};

struct ScanEvidence {
  std::vector<SeenArena> arenas{};  ///< by start
  std::vector<SeenArea> areas{};
  std::vector<SeenPage> pages{};
  std::vector<SeenPool> pools{};
  std::vector<Sighting> lost_flogs{};  ///< that no arena names
};

/// Structures with a right checksum, read again. Errors: those of Media but absent and bad_media.
Result<ScanEvidence> gather_evidence(const Media& media, const ScanReport& report);

}  // namespace ndmedic
