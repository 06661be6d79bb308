// SPDX-License-Identifier: BSD-3-Clause
// Counts the entries of an arena's map by state, in one pass (btt.md 2.4, 5.3).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <ndmedic/btt/arena.h>
#include <ndmedic/btt/record_stream.h>
#include <ndmedic/format/btt_map.h>
#include <ndmedic/format/finding.h>
#include <ndmedic/media/media.h>

namespace ndmedic {

struct PremapRange {
  PremapLba first{};
  std::uint64_t count = 0;
  friend bool operator==(const PremapRange&, const PremapRange&) = default;
};

/// Receives what the entries of a map claim, ascending, while they are counted. Entries that could
/// not be read are left out.
class MapClaims {
 public:
  virtual ~MapClaims() = default;
  /// Entries from `first` on whose words are zero: each owns the block of its own number.
  virtual void initial(std::uint64_t first, std::uint64_t count) = 0;
  /// Normal entries from `first` on whose blocks exist; whole words in host order.
  virtual void normal(std::uint64_t first, std::span<const std::uint32_t> words) = 0;
  /// An entry of any state; its block may lie beyond the arena (MP-01).
  virtual void other(PremapLba lba, MapEntry entry) = 0;
};

struct CensusOptions {
  BttContext context{};
  std::size_t error_ranges_max = 16;  ///< ranges of error entries that are kept
  Progress progress{};                ///< entries done, entries in all; false cancels
  MapClaims* claims = nullptr;        ///< also told every entry, or null
};

/// initial + error + zero + normal + not_checked = external_nlba, unless cancelled.
struct MapCensus {
  std::uint64_t initial = 0;
  std::uint64_t error = 0;
  std::uint64_t zero = 0;
  std::uint64_t normal = 0;
  std::uint64_t not_checked = 0;            ///< absent or bad
  std::uint64_t out_of_range = 0;           ///< MP-01; counted by its state as well
  std::uint64_t initial_low_bits = 0;       ///< MP-02; counted as initial as well
  std::vector<PremapRange> error_ranges{};  ///< the first ones, ascending
  std::uint64_t error_ranges_dropped = 0;   ///< further ranges
  bool cancelled = false;                   ///< the counts cover the entries up to there
};

/// Reads the map in windows of 1 MiB, holes counted as initial without reading, and tells findings
/// MP-01, MP-02, MP-05, MP-07 as ranges. Memory is constant. Errors: those of Media but absent and
/// bad_media, which are counted.
Result<MapCensus> count_map(const Media& ns, const Arena& arena, const CensusOptions& options,
                            FindingSink& findings);

}  // namespace ndmedic
