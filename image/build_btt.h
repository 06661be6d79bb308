// SPDX-License-Identifier: BSD-3-Clause
// Plain image maker for BTTs: for recipes, tests and fuzz. Not a writer for media in use.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include <ndmedic/btt/layout.h>
#include <ndmedic/image/place_map.h>
#include <ndmedic/media/media.h>

namespace ndmedic {

/// Formats arenas over `media`, whose bytes are taken to be zero; sectors of any size. Gives their
/// places. Errors: those of lay_out(), too_large (nfree above build_nfree_max), and those of Media.
Result<std::vector<ArenaPlaces>> build_btt(Media& media, const FormatPlan& plan);
inline constexpr std::uint32_t build_nfree_max = 4096;

/// How far a write gets before the power fails (btt.md 4, states T-0 to T-4).
enum class WriteStop : std::uint8_t {
  none,  ///< complete
  half,  ///< data, and the first 8 bytes of the flog entry
  flog,  ///< data and flog entry, not the map
};

struct BuiltWrite {
  std::uint64_t lba = 0;  ///< external: counted over all arenas
  std::uint32_t lane = 0;
  std::byte fill{};  ///< every byte of the sector
  WriteStop stop = WriteStop::none;
};

/// Writes one sector through a lane whose flog pair is intact (btt.md 3.4). Errors: not_found (no
/// such LBA or lane), invalid (the lane's pair has no current entry), and those of Media. The flog
/// entry is that of Linux in a namespace and that of libpmemblk in a pool (2.5.4).
Status build_write(Media& media, const std::vector<ArenaPlaces>& arenas, const BuiltWrite& write,
                   BttContainer container);

}  // namespace ndmedic
