// SPDX-License-Identifier: BSD-3-Clause
// Plain image maker for BTTs: for recipes, tests and fuzz. It leaves on fresh (zero) media what a
// formatter leaves there (btt.md 3.1), without its order of stores: not a writer for media in use.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include <ndmedic/format/btt_geometry.h>
#include <ndmedic/format/guid.h>
#include <ndmedic/image/place_map.h>
#include <ndmedic/media/media.h>

namespace ndmedic {

/// How old_map and new_map of flog entries are written (btt.md 2.5.4).
enum class FlogEncoding : std::uint8_t {
  plain,    ///< Linux: block numbers
  flagged,  ///< libpmemblk: with Z when pristine, with the map's flags afterwards
};

struct BttPlan {
  Guid uuid{};
  Guid parent_uuid{};
  std::uint16_t major = 2;
  std::uint16_t minor = 0;
  std::uint32_t external_lbasize = 4096;
  std::uint32_t nfree = 256;
  GeometryRule rule = GeometryRule::kernel;
  FlogEncoding encoding = FlogEncoding::plain;
};

/// Formats arenas from `offset` to the end of `media`, whose bytes are taken to be zero. Gives
/// their places. Errors: invalid (no arena fits, or no geometry), too_large (nfree above
/// build_nfree_max), and those of Media::write.
Result<std::vector<ArenaPlaces>> build_btt(Media& media, std::uint64_t offset, const BttPlan& plan);
inline constexpr std::uint32_t build_nfree_max = 4096;

/// How far a write gets before the power fails (btt.md 4, states T-0 to T-4).
enum class WriteStop : std::uint8_t {
  none,  ///< complete
  half,  ///< data, and the first 8 bytes of the flog entry
  flog,  ///< data and flog entry, not the map
};

struct SectorWrite {
  std::uint64_t lba = 0;  ///< external: counted over all arenas
  std::uint32_t lane = 0;
  std::byte fill{};  ///< every byte of the sector
  WriteStop stop = WriteStop::none;
};

/// Writes one sector through a lane whose flog pair is intact (btt.md 3.4). Errors: not_found (no
/// such LBA or lane), invalid (the lane's pair has no current entry), and those of Media.
Status build_write(Media& media, const std::vector<ArenaPlaces>& arenas, const SectorWrite& write,
                   FlogEncoding encoding);

}  // namespace ndmedic
