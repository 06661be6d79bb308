// SPDX-License-Identifier: BSD-3-Clause
// The recovery scan: structures anywhere in a file or device, found by signature, checksum and
// shape, whatever the file is and wherever it begins; and what follows from where they lie.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include <ndmedic/btt/record_stream.h>
#include <ndmedic/format/guid.h>
#include <ndmedic/media/media.h>

namespace ndmedic {

enum class SightingKind : std::uint8_t {
  btt_info,
  pfn_info,
  dax_info,
  pool_header,
  index_block,
  label_1_1,
  label_1_2,
  cxl_namespace,
  cxl_region,
  flog,
};
inline constexpr std::size_t sighting_kind_count = 10;

/// Kept of each kind; those behind are counted.
inline constexpr std::size_t sightings_max = 4096;

/// A structure, or what is left of one. Bytes of the media.
struct Sighting {
  SightingKind kind{};
  std::uint64_t offset = 0;
  std::uint64_t size = 0;  ///< of a flog: its groups, without padding
  /// The checksum is right. Of a flog: every group is one. Labels 1.1 have no checksum; they are
  /// told where an index block says that they are in use, and count as whole.
  bool whole = false;
  Guid uuid{};  ///< of the structure: BTT, PFN, DAX, label, poolset; null of others
  friend bool operator==(const Sighting&, const Sighting&) = default;
};

struct ScanReport {
  std::vector<Sighting> sightings{};  ///< by offset, then kind
  /// Of each kind, those that are not kept included.
  std::array<std::uint64_t, sighting_kind_count> counts{};
  std::uint64_t scanned = 0;     ///< bytes read
  std::uint64_t skipped = 0;     ///< bytes in holes
  std::uint64_t unreadable = 0;  ///< bytes that are bad or absent
  bool cancelled = false;        ///< `progress` said so: the rest was not looked at
};

/// Reads `media` from end to end, holes left out. Found at any byte: signatures of info blocks
/// (BTT, PFN, DAX), pool headers and index blocks; labels where an index block says. Found at
/// multiples of 4: labels 1.2 and 2.1 by type GUID and checksum, whose index blocks may be gone. At
/// multiples of 512: flogs of 16 lanes and more, by shape. A signature with a wrong checksum counts
/// where its fields make sense, so that programs and texts that name one do not.
/// Memory: some MiB, whatever the media hold. Not thread-safe. `progress` gets bytes.
/// Errors: those of Media but absent and bad_media.
Result<ScanReport> scan(const Media& media, const Progress& progress = {});

}  // namespace ndmedic
