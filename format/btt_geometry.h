// SPDX-License-Identifier: BSD-3-Clause
// Geometry of BTT arenas: how a namespace is cut, and what lies where in one arena (btt.md 2.6).
#pragma once

#include <cstdint>
#include <optional>

#include <ndmedic/format/btt_info.h>

namespace ndmedic {

/// Who laid the arena out; they differ in internal_lbasize (GE-10) and in rounding.
enum class GeometryRule : std::uint8_t { kernel, pmemblk, ipmctl, uefi = kernel };

/// Sizes in bytes, offsets from the arena's start.
struct ArenaGeometry {
  std::uint64_t arena_size = 0;
  std::uint32_t external_lbasize = 0;
  std::uint32_t external_nlba = 0;
  std::uint32_t internal_lbasize = 0;
  std::uint32_t internal_nlba = 0;
  std::uint32_t nfree = 0;
  std::uint64_t dataoff = 0;
  std::uint64_t mapoff = 0;
  std::uint64_t flogoff = 0;
  std::uint64_t infooff = 0;
  friend bool operator==(const ArenaGeometry&, const ArenaGeometry&) = default;
};

/// What the info block says, with `arena_size` from elsewhere. Nothing is checked.
ArenaGeometry stored_geometry(const InfoBlock& info, std::uint64_t arena_size);

/// The geometry of 2.6.2 for an arena of `size` bytes (up to 512 GiB; rounded down to 4096, which
/// libpmemblk and ipmctl leave to their callers), or none: below 16 MiB,
/// nfree 0, blocks below 512 bytes (V-7), internal_nlba < 2 * nfree (PF-58), or overflow.
std::optional<ArenaGeometry> arena_geometry(std::uint64_t size, std::uint32_t external_lbasize,
                                            std::uint32_t nfree, GeometryRule rule);

/// The same without the demand internal_nlba >= 2 * nfree, which some formatters make and media do
/// not (GE-7): what a reader compares with.
std::optional<ArenaGeometry> geometry_by_formula(std::uint64_t size, std::uint32_t external_lbasize,
                                                 std::uint32_t nfree, GeometryRule rule);

/// One arena's place in a BTT: `offset` counts from arena 0's first byte (GE-1).
struct ArenaSpan {
  std::uint64_t offset = 0;
  std::uint64_t size = 0;     ///< not yet rounded down to 4096
  std::uint64_t nextoff = 0;  ///< what the info block should say
};

/// Number of arenas in `rawsize` bytes (2.6.1).
std::uint64_t arena_count(std::uint64_t rawsize);

/// Place of arena `index` < arena_count(rawsize).
ArenaSpan arena_span(std::uint64_t rawsize, std::uint64_t index);

}  // namespace ndmedic
