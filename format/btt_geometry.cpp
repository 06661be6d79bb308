// SPDX-License-Identifier: BSD-3-Clause
// The arithmetic of btt.md 2.6, overflow-checked: sizes and counts may come from media.

#include <ndmedic/format/btt_geometry.h>

#include <algorithm>
#include <limits>

#include <ndmedic/format/btt_map.h>
#include <ndmedic/format/checked.h>

namespace ndmedic {
namespace {

constexpr std::uint32_t internal_lbasize_min = 512;  // V-7

/// Distance from block to block by formatter (GE-10), at least external_lbasize.
std::uint64_t stride(std::uint64_t external_lbasize, GeometryRule rule) {
  const std::uint64_t least = rule == GeometryRule::kernel ? 0 : internal_lbasize_min;
  const std::uint64_t unit = rule == GeometryRule::pmemblk ? 256 : 64;
  return (std::max(external_lbasize, least) + unit - 1) / unit * unit;
}

}  // namespace

ArenaGeometry stored_geometry(const InfoBlock& info, std::uint64_t arena_size) {
  return {.arena_size = arena_size,
          .external_lbasize = info.external_lbasize.value(),
          .external_nlba = info.external_nlba.value(),
          .internal_lbasize = info.internal_lbasize.value(),
          .internal_nlba = info.internal_nlba.value(),
          .nfree = info.nfree.value(),
          .dataoff = info.dataoff.value(),
          .mapoff = info.mapoff.value(),
          .flogoff = info.flogoff.value(),
          .infooff = info.infooff.value()};
}

std::optional<ArenaGeometry> geometry_by_formula(std::uint64_t size, std::uint32_t external_lbasize,
                                                 std::uint32_t nfree, GeometryRule rule) {
  if (rule == GeometryRule::kernel) size = round_down(size, info_block_size);
  const std::uint64_t internal_lbasize = stride(external_lbasize, rule);
  if (size < arena_size_min || size > arena_size_max || external_lbasize == 0 || nfree == 0 ||
      internal_lbasize > std::numeric_limits<std::uint32_t>::max())
    return std::nullopt;

  const Checked flog_size =
      Checked(std::uint64_t{nfree} * flog_group_size).round_up(info_block_size);
  const Checked available = Checked(size) - 2 * info_block_size - flog_size;
  // One page is held back for the rounding of the map.
  const auto divisible = (available - info_block_size).get();
  if (!divisible) return std::nullopt;
  const std::uint64_t internal_nlba = *divisible / (internal_lbasize + map_entry_size);
  if (internal_nlba <= nfree || internal_nlba > std::uint64_t{map_postmap_mask} + 1)
    return std::nullopt;

  const std::uint64_t external_nlba = internal_nlba - nfree;
  const Checked map_size = Checked(external_nlba * map_entry_size).round_up(info_block_size);
  const std::uint64_t infooff = size - info_block_size;
  const auto flogoff = (Checked(infooff) - flog_size).get();
  const auto mapoff = (Checked(infooff) - flog_size - map_size).get();
  if (!flogoff || !mapoff) return std::nullopt;
  return ArenaGeometry{.arena_size = size,
                       .external_lbasize = external_lbasize,
                       .external_nlba = static_cast<std::uint32_t>(external_nlba),
                       .internal_lbasize = static_cast<std::uint32_t>(internal_lbasize),
                       .internal_nlba = static_cast<std::uint32_t>(internal_nlba),
                       .nfree = nfree,
                       .dataoff = info_block_size,
                       .mapoff = *mapoff,
                       .flogoff = *flogoff,
                       .infooff = infooff};
}

std::optional<ArenaGeometry> arena_geometry(std::uint64_t size, std::uint32_t external_lbasize,
                                            std::uint32_t nfree, GeometryRule rule) {
  const auto geometry =
      geometry_by_formula(round_down(size, info_block_size), external_lbasize, nfree, rule);
  if (!geometry || geometry->internal_nlba < 2 * std::uint64_t{nfree} ||
      geometry->internal_lbasize < internal_lbasize_min)
    return std::nullopt;
  return geometry;
}

std::uint64_t arena_count(std::uint64_t rawsize) {
  const std::uint64_t tail = rawsize % arena_size_max;
  return rawsize / arena_size_max + (tail >= arena_size_min ? 1 : 0);
}

ArenaSpan arena_span(std::uint64_t rawsize, std::uint64_t index) {
  const std::uint64_t offset = index * arena_size_max;
  const bool last = index + 1 == arena_count(rawsize);
  return {.offset = offset,
          .size = std::min(rawsize - offset, arena_size_max),
          .nextoff = last ? 0 : arena_size_max};
}

}  // namespace ndmedic
