// SPDX-License-Identifier: BSD-3-Clause
// The state of every lane of an arena by its flog pair and the map word it names: the case table
// of btt.md 3.6, read-only. Who else claims a block (5.5) is not judged here.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include <ndmedic/btt/arena.h>
#include <ndmedic/btt/flog_reader.h>
#include <ndmedic/format/btt_flog.h>
#include <ndmedic/format/btt_map.h>
#include <ndmedic/format/finding.h>
#include <ndmedic/media/media.h>

namespace ndmedic {

/// Lanes kept one by one; those behind (a hostile nfree) are kept as ranges of one state.
inline constexpr std::uint32_t lanes_detailed_max = 65536;
/// Ranges kept behind them; then only the counts go on.
inline constexpr std::size_t lane_ranges_max = 4096;

enum class LaneState : std::uint8_t {
  pristine,                // (1,0) as a formatter writes it (SQ-5)
  complete,                // R5: the map holds new
  never_used_or_repaired,  // R2: old = new
  interrupted,             // R6: the map still holds old; recovery stores new
  superseded,              // R7: the map holds a third block
  damaged_pristine,        // R9, FL-14: never written, old_map damaged; do not roll forward
  bad_pair,                // R1, FL-01: no current entry
  bad_lba,                 // R3, FL-03
  bad_block,               // R4, FL-04 and FL-05
  all_zero,                // FL-02: the group is lost
  unreachable_pair,        // FL-06: implementations disagree on the current entry
  not_checked,             // flog or map word not readable, or no layout (FL-08)
};
inline constexpr std::size_t lane_state_count = 12;
std::string_view to_string(LaneState state);

/// Whose habit old_map and new_map follow (FL-4).
enum class FlogEncoding : std::uint8_t {
  unknown,    // no lane could be judged
  unflagged,  // Linux: block numbers, E in old_map for a replaced error entry
  flagged,    // libpmemblk, ipmctl: whole map words
  mixed,      // both, in one arena or in one entry (RC-6)
};
std::string_view to_string(FlogEncoding encoding);

struct LaneReading {
  Lane lane{};
  LaneState state = LaneState::not_checked;
  FlogGroup group{};  ///< the 64 bytes; all zero when the flog could not be read
  std::optional<FlogSlot> current{};
  std::optional<PostmapLba> free_block{};  ///< masked old of the current entry; none unless the
                                           ///< state is pristine, R2, R5, R6 or R7
  std::optional<MapEntry> map_word{};      ///< map[lba] if it was needed and read
  FlogEncoding encoding = FlogEncoding::unknown;
  bool torn = false;          ///< the inactive slot is half written (T-2, T-0b; PF-63)
  bool error_in_old = false;  ///< E without Z in the current old_map (FL-15)
  bool readable = false;      ///< the group was read
};

/// Neighbouring lanes behind the detailed ones that are in one state.
struct LaneRange {
  Lane first{};
  std::uint64_t count = 0;
  LaneState state = LaneState::not_checked;
};

/// All lanes of one arena. At most some 8 MiB.
struct LaneTable {
  FlogLayoutReading layout{};
  FlogEncoding encoding = FlogEncoding::unknown;
  std::vector<LaneReading> lanes{};  ///< lane j at [j]; min(nfree, lanes_detailed_max) of them
  std::vector<LaneRange> rest{};     ///< the lanes behind, at most lane_ranges_max ranges
  std::array<std::uint64_t, lane_state_count> counts{};  ///< by LaneState, all lanes
  std::uint64_t torn = 0;
  bool cancelled = false;

  std::uint64_t count(LaneState state) const { return counts[static_cast<std::size_t>(state)]; }
  /// A live entry of a detailed lane; only with layout.layout.
  const FlogEntry& entry(const LaneReading& reading, FlogSlot slot) const {
    return reading.group.slot[slot_index(*layout.layout, slot)];
  }
};

/// Finds the layout, then judges every lane and tells findings (FL-01..FL-15 but FL-13). Reads the
/// flog twice and, of the map, the words the lanes name. Errors: those of Media but absent and
/// bad_media, which make lanes `not_checked`.
Result<LaneTable> read_lanes(const Media& ns, const Arena& arena, const BttContext& context,
                             FindingSink& findings, const Progress& progress = {});

}  // namespace ndmedic
