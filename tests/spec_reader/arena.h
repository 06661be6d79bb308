// SPDX-License-Identifier: BSD-3-Clause
//
// One BTT arena: info block, geometry, map entry, flog (btt.md 2 and 3.6).
#pragma once

#include <array>

#include "spec_reader/bytes.h"

namespace spec_reader {

// ---- Info block (btt.md 2.2, 2.3, 2.6.3) ------------------------------------------------

constexpr std::uint64_t info_block_size = 4096;
constexpr std::uint64_t largest_arena = std::uint64_t{1} << 39;
constexpr std::uint64_t smallest_arena = std::uint64_t{1} << 24;

// Names: sig uuid parent_uuid flags major minor external_lbasize external_nlba
// internal_lbasize internal_nlba nfree infosize nextoff dataoff mapoff flogoff infooff unused
// checksum.
Fields info_fields(Bytes block);

// The same as numbers, for computing.  All 0 for missing bytes.
struct InfoBlock {
  std::uint64_t flags = 0, major = 0, minor = 0;
  std::uint64_t external_lbasize = 0, external_nlba = 0;
  std::uint64_t internal_lbasize = 0, internal_nlba = 0;
  std::uint64_t nfree = 0, infosize = 0, nextoff = 0;
  std::uint64_t dataoff = 0, mapoff = 0, flogoff = 0, infooff = 0;
};
InfoBlock info_numbers(Bytes block);

struct InfoVerdict {
  // V-1 V-2 V-4 V-5 V-6 V-7 V-8 V-9 V-10 V-11 V-12 V-13 V-14 V-16 and IB-09, hard meaning.
  Verdict violations;
  // V-15, and V-8-page: the 4096 of V-8, of which "512 at least" is demanded.
  Verdict soft;
};

// `available` counts the bytes from the first byte of the arena to the end of the namespace.
// All rules are evaluated, whatever fails before.  A block shorter than 4096 bytes breaks all.
InfoVerdict info_violations(Bytes block, std::uint64_t available);

// ---- Geometry (btt.md 2.6.1, 2.6.2) -----------------------------------------------------

// Whose formulas: kernel and UEFI round the arena down to 4096 and the stride up to 64.
enum class GeometryRule { kernel, libpmemblk, ipmctl };

struct ArenaGeometry {
  // False when the formulas give no arena: no room, external_nlba < 1, or (libpmemblk and
  // ipmctl, GE-7) internal_nlba < 2*nfree.  Then the other members are not all filled.
  bool possible = false;
  std::uint64_t arena_size = 0;  // after rounding
  std::uint64_t internal_lbasize = 0, flogsize = 0;
  std::uint64_t internal_nlba = 0, external_nlba = 0, mapsize = 0;
  std::uint64_t dataoff = 0, mapoff = 0, flogoff = 0, infooff = 0, slack = 0;
};

ArenaGeometry arena_geometry(std::uint64_t arena_size, std::uint32_t external_lbasize,
                             std::uint32_t nfree, GeometryRule rule);

// 2.6.2 from a given stride, without any rounding of the arena (V-15, GE-10).
ArenaGeometry geometry_of_stride(std::uint64_t arena_size, std::uint64_t internal_lbasize,
                                 std::uint64_t nfree);

// internal_lbasize by the first row of 2.6.2.
std::uint64_t internal_lbasize_by(GeometryRule rule, std::uint32_t external_lbasize);

struct ArenaPlace {
  std::uint64_t start = 0;    // relative to the initial offset
  std::uint64_t size = 0;     // not yet rounded down
  std::uint64_t nextoff = 0;  // as a formatter would store it
};

struct NamespaceCut {
  std::vector<ArenaPlace> arenas;
  bool more = false;  // the list was ended after 4096 arenas
};

NamespaceCut cut_namespace(std::uint64_t rawsize);

// ---- Map entry (btt.md 2.4) -------------------------------------------------------------

enum class MapState { initial, error, zero, normal };

struct MapEntry {
  MapState state = MapState::initial;
  std::uint32_t low_bits = 0;  // bits 29..0 as stored
  std::uint32_t postmap = 0;   // premap for an initial entry (MP-1), else low_bits
};

MapEntry decode_map_entry(std::uint32_t word, std::uint32_t premap);

// ---- Flog (btt.md 2.5) ------------------------------------------------------------------

constexpr std::uint64_t flog_group_size = 64;

// Names: lba0 old_map0 new_map0 seq0 ... lba3 old_map3 new_map3 seq3.
Fields flog_group_fields(Bytes group);

struct FlogSlot {
  std::uint32_t lba = 0, old_map = 0, new_map = 0, seq = 0;
};
using FlogGroup = std::array<FlogSlot, 4>;

// Missing bytes count as zero.
FlogGroup parse_flog_group(Bytes group);

enum class FlogLayout { slots_0_1, slots_0_2, failed };

// 2.5.2 over all groups of one arena, with the [proj] correction: slot 3 non-padding fails.
FlogLayout detect_flog_layout(std::span<const FlogGroup> groups);

enum class PairSide { a, b, invalid };

// 2.5.3, the decision table.
PairSide current_side(std::uint32_t seq_a, std::uint32_t seq_b);

// What a map look-up gives to lane_reading: the word of map[lba], or nothing when unreadable.
using MapWord = std::optional<std::uint32_t>;

struct LaneReading {
  std::uint32_t lane = 0;
  PairSide side = PairSide::invalid;
  FlogSlot current;       // zero when the pair is invalid
  FlogSlot inactive;      // likewise
  std::string lane_case;  // first that holds of R1 R2 R3 R4 R5 R9 R6 R7, or "unreadable"
  Verdict conditions;     // every one of R1..R7, R9 whose condition holds by itself
  bool torn = false;      // CC-4: inactive old differs from current new, in a used pair
  MapWord map_word;       // as looked up; nothing when the case needed no look-up
};

// Current and inactive slot of a group under a layout; `side` says which one was chosen.
LaneReading lane_slots(const FlogGroup& group, FlogLayout layout, std::uint32_t lane);

// True when the case of this lane depends on map[current.lba].
bool lane_needs_map(const LaneReading& lane, const InfoBlock& info);

// 3.6 for one lane.  `map_word` is only used when lane_needs_map() says so.
void judge_lane(LaneReading& lane, const InfoBlock& info, MapWord map_word);

}  // namespace spec_reader
