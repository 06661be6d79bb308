// SPDX-License-Identifier: BSD-3-Clause
//
// Arena geometry: cutting a namespace (btt.md 2.6.1) and laying out one arena (2.6.2).
#include <algorithm>

#include "spec_reader/arena.h"

namespace spec_reader {

std::uint64_t internal_lbasize_by(GeometryRule rule, std::uint32_t external_lbasize) {
  // First row of 2.6.2.  32-bit inputs, so the rounding cannot leave 64 bits.
  const std::uint64_t external = external_lbasize;
  switch (rule) {
    case GeometryRule::libpmemblk:
      return (std::max<std::uint64_t>(external, 512) + 255) / 256 * 256;
    case GeometryRule::ipmctl:
      return std::max<std::uint64_t>((external + 63) / 64 * 64, 512);
    case GeometryRule::kernel:
      break;
  }
  return (external + 63) / 64 * 64;
}

ArenaGeometry geometry_of_stride(std::uint64_t arena_size, std::uint64_t internal_lbasize,
                                 std::uint64_t nfree) {
  ArenaGeometry result;
  result.arena_size = arena_size;
  result.internal_lbasize = internal_lbasize;
  result.dataoff = 4096;
  // flogsize = roundup(nfree * 64, 4096)
  const std::optional<std::uint64_t> flog_bytes = multiply(nfree, 64);
  const std::optional<std::uint64_t> flogsize =
      flog_bytes ? round_up(*flog_bytes, 4096) : std::nullopt;
  const std::optional<std::uint64_t> divisor = add(internal_lbasize, 4);
  // avail = A - 2*4096 - flogsize, and one more page is held back for the map.
  const std::optional<std::uint64_t> held = flogsize ? add(*flogsize, 3 * 4096) : std::nullopt;
  if (!divisor || !held || arena_size < *held) {
    return result;
  }
  result.flogsize = *flogsize;
  // internal_nlba = (avail - 4096) / (internal_lbasize + 4)
  result.internal_nlba = (arena_size - *held) / *divisor;
  // PF-58: large sectors in a small arena leave no block for the user.
  if (result.internal_nlba <= nfree) {
    return result;
  }
  // external_nlba = internal_nlba - nfree: the spare blocks are not for the user.
  result.external_nlba = result.internal_nlba - nfree;
  // internal_nlba * (stride + 4) <= A, so four times external_nlba and the rounding fit.
  result.mapsize = (result.external_nlba * 4 + 4095) / 4096 * 4096;
  // From the end: backup info block, flog, map.
  result.infooff = arena_size - 4096;
  result.flogoff = result.infooff - result.flogsize;
  result.mapoff = result.flogoff - result.mapsize;
  // GE-6: the data area never reaches the map.
  result.slack = result.mapoff - 4096 - result.internal_nlba * internal_lbasize;
  result.possible = true;
  return result;
}

ArenaGeometry arena_geometry(std::uint64_t arena_size, std::uint32_t external_lbasize,
                             std::uint32_t nfree, GeometryRule rule) {
  // Kernel and UEFI: A <- rounddown(A, 4096).  libpmemblk and ipmctl do not round (D-17).
  const std::uint64_t size =
      rule == GeometryRule::kernel ? round_down(arena_size, 4096) : arena_size;
  ArenaGeometry result =
      geometry_of_stride(size, internal_lbasize_by(rule, external_lbasize), nfree);
  // GE-7
  const bool demands_two_nfree = rule != GeometryRule::kernel;
  if (demands_two_nfree && result.internal_nlba < 2 * std::uint64_t{nfree}) {
    result.possible = false;
  }
  return result;
}

NamespaceCut cut_namespace(std::uint64_t rawsize) {
  NamespaceCut result;
  std::uint64_t remaining = rawsize;
  std::uint64_t position = 0;
  while (remaining >= smallest_arena) {  // step 2; a smaller tail is unused (step 3)
    if (result.arenas.size() == 4096) {
      result.more = true;
      break;
    }
    ArenaPlace place;
    place.start = position;
    place.size = std::min(remaining, largest_arena);
    remaining -= place.size;
    position += place.size;
    place.nextoff = remaining >= smallest_arena ? largest_arena : 0;  // step 4
    result.arenas.push_back(place);
  }
  return result;
}

}  // namespace spec_reader
