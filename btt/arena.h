// SPDX-License-Identifier: BSD-3-Clause
// One arena of a BTT in host order: what a validated info block says, and where things lie by it.
#pragma once

#include <cstdint>

#include <ndmedic/format/btt_geometry.h>
#include <ndmedic/format/btt_info.h>
#include <ndmedic/format/numbers.h>
#include <ndmedic/format/place.h>
#include <ndmedic/format/result.h>

namespace ndmedic {

/// What surrounds a BTT: implementations and encodings differ by it (btt.md 2.1, FL-6).
enum class BttContainer : std::uint8_t {
  ns,    // a Linux or UEFI namespace, labelled or not
  pool,  // a libpmemblk pool file
};

/// Format version as the info block states it.
struct BttVersion {
  std::uint16_t major = 0;
  std::uint16_t minor = 0;
  friend bool operator==(const BttVersion&, const BttVersion&) = default;
};

inline constexpr BttVersion btt_version_1_1{1, 1};
inline constexpr BttVersion btt_version_2_0{2, 0};

/// An arena whose info block keeps V-1, V-2 and V-5..V-11, so that no computation below overflows.
/// It may reach beyond the container (V-12, FO-03): read through Media, which says "absent" there.
/// Counts are in blocks, sizes in bytes, `geometry` offsets from `start` (PL-1).
struct Arena {
  ArenaIndex index{};
  NamespaceOffset start{};  ///< the primary info block, from the namespace's first byte
  ExternalLba first_lba{};  ///< external LBA of premap LBA 0, if all earlier arenas are known
  Guid uuid{};
  Guid parent_uuid{};
  std::uint32_t flags = 0;
  BttVersion version{};
  ArenaGeometry geometry{};
  std::uint64_t nextoff = 0;

  bool error_flag() const { return (flags & info_flag_error) != 0; }

  NamespaceOffset block(PostmapLba block) const {
    return {start.value + geometry.dataoff +
            std::uint64_t{block.value} * geometry.internal_lbasize};
  }
  NamespaceOffset map_entry(PremapLba lba) const {
    return {start.value + geometry.mapoff + std::uint64_t{lba.value} * map_entry_size};
  }
  NamespaceOffset flog_group(Lane lane) const {
    return {start.value + geometry.flogoff + std::uint64_t{lane.value} * flog_group_size};
  }
  NamespaceOffset backup() const { return {start.value + geometry.infooff}; }

  /// The map's words without its padding, in namespace bytes.
  Extent map() const {
    return {map_entry({0}).value, std::uint64_t{geometry.external_nlba} * map_entry_size};
  }
  /// The flog's groups without the padding behind them, in namespace bytes.
  Extent flog() const {
    return {flog_group({0}).value, std::uint64_t{geometry.nfree} * flog_group_size};
  }
};

/// What every pass over a BTT wants to know of its surroundings.
struct BttContext {
  BttContainer container = BttContainer::ns;
  /// The namespace, for the places of findings: its `device` and `ns` are taken over.
  Place ns{};
};

}  // namespace ndmedic
