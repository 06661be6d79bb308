// SPDX-License-Identifier: BSD-3-Clause
// The arenas of a BTT: located by the container's size (GE-1) and by nextoff, both copies of every
// info block read and judged, one of them chosen (btt.md 3.2, 5.1, 5.2, 5.6). Never writes.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include <ndmedic/btt/arena.h>
#include <ndmedic/format/btt_info.h>
#include <ndmedic/format/finding.h>
#include <ndmedic/media/media.h>

namespace ndmedic {

/// Arenas that are looked at; a larger container (beyond 2 PiB) is told as "not checked".
inline constexpr std::uint64_t arenas_listed_max = 4096;

struct ChainOptions {
  BttContext context{};
  NamespaceOffset initial_offset{};     ///< 4096 (v1.1), 0 (v2.0), 8192 (pool): btt.md 2.1
  std::optional<Guid> parent_uuid{};    ///< uuid of the namespace or poolset; null: label-less
  std::optional<BttVersion> version{};  ///< what a BTT at this place must be; none: not judged
  bool expected = false;  ///< a label or pool header promises a BTT: finding none is damage
};

/// What stands at the place of an info block.
enum class CopyState : std::uint8_t {
  valid,    // keeps every required rule, and lies where it says
  unfit,    // geometry can be computed with, but V-3, V-4, V-12, V-13 or its place is wrong
  invalid,  // fails V-1, V-2 or V-5..V-11 (IB-07)
  blank,    // 4096 zero bytes
  absent,   // not in this image
  bad,      // reading fails
  nowhere,  // the container has no such place
};

struct InfoCopy {
  NamespaceOffset place{};
  CopyState state = CopyState::nowhere;
  InfoBlock block{};            ///< the bytes, for valid, unfit, invalid and blank
  InfoViolations violations{};  ///< of those bytes, all of them
  bool misplaced = false;       ///< a backup whose infooff or version names another place (CH-06)
  bool byte_swapped = false;    ///< signature right, version in big-endian order (FO-09)

  bool has_bytes() const { return state <= CopyState::blank; }
  bool usable() const { return state <= CopyState::unfit; }
};

enum class InfoChoice : std::uint8_t { none, primary, backup };

/// How the two copies compare when both are usable (CC-8).
enum class CopyDifference : std::uint8_t {
  not_compared,
  equal,
  flags_only,   // IB-03: flags and checksum
  generations,  // IB-04: anything else
};

/// One place of GE-1.
struct ArenaPlace {
  NamespaceOffset start{};
  std::uint64_t size = 0;  ///< bytes the container gives it, rounded down to 4096
  InfoCopy primary{};
  InfoCopy backup{};
  /// The backup was found at start + infooff, not where the container's size says (FO-05).
  bool backup_by_infooff = false;
  InfoChoice used = InfoChoice::none;
  CopyDifference difference = CopyDifference::not_compared;
  std::optional<Arena> arena{};  ///< by the used copy; flags of both when only flags differ
  /// Where an info block stands that only a wrong nextoff of this arena leads to (CH-03).
  std::optional<NamespaceOffset> nextoff_leads_to{};

  const InfoCopy* used_copy() const {
    return used == InfoChoice::primary ? &primary : used == InfoChoice::backup ? &backup : nullptr;
  }
};

/// Result of one pass. Memory: at most arenas_listed_max places of some 10 KiB.
struct ArenaChain {
  NamespaceOffset initial_offset{};
  std::uint64_t rawsize = 0;             ///< bytes from the initial offset to the container's end
  std::vector<ArenaPlace> places{};      ///< in order; ends with the last place that holds, or must
                                         ///< hold, an arena. Empty: no trace of a BTT.
  std::uint64_t arenas_not_checked = 0;  ///< places beyond arenas_listed_max
  bool start_wiped = false;              ///< the first 8192 bytes of a namespace are zero (FO-08)

  /// True when some info block can be used: a BTT is here, damaged or not.
  bool found() const;
  /// True when every place has an arena: external LBAs can be resolved.
  bool whole() const;
  /// Sum of the external_nlba of the arenas that are known.
  std::uint64_t external_nlba() const;
};

/// Reads the chain and tells findings of chapter BTT about info blocks and their order. At most
/// some ten small reads a place; nextoff is judged, never followed, so it cannot loop. Errors:
/// those of Media but absent and bad_media, which become states.
Result<ArenaChain> read_arena_chain(const Media& ns, const ChainOptions& options,
                                    FindingSink& findings);

/// Evidence for a BTT at one offset, for detection without labels (FO-01, FO-04, FO-07).
struct InfoProbe {
  CopyState state = CopyState::nowhere;  ///< without a context: V-3 and V-12..V-14 are not judged
  bool signature = false;                ///< V-1
  bool checksum = false;                 ///< V-2 (a blank block passes it: look at V-1 first, CS-5)
  bool backup = false;  ///< an info block equal but for flags stands at offset + infooff
  BttVersion version{};
  Guid uuid{};
  Guid parent_uuid{};
  /// Convincing by itself: geometry holds and the version is known.
  bool convincing() const { return state == CopyState::valid; }
};

/// Looks at one offset: does an info block stand there, and does its backup confirm the base?
/// Two reads of 4096 bytes at most. Errors as read_arena_chain().
Result<InfoProbe> probe_info(const Media& ns, NamespaceOffset offset);

}  // namespace ndmedic
