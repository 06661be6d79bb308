// SPDX-License-Identifier: BSD-3-Clause
#include <ndmedic/labels/dpa_space.h>

#include <algorithm>
#include <bit>
#include <limits>
#include <utility>

#include <ndmedic/format/checked.h>

namespace ndmedic {
namespace {

constexpr std::uint64_t usual_alignment = std::uint64_t{16} << 20;
constexpr std::uint64_t page_size = 4096;
constexpr std::uint64_t everything = std::numeric_limits<std::uint64_t>::max();

/// Bytes that every DIMM gives.
std::uint64_t share_of(const RegionDescription& region) {
  if (region.mappings.empty()) return 0;
  return std::ranges::min_element(region.mappings, {}, &RegionMapping::size)->size;
}

/// First byte and the byte behind the last.
using Range = std::pair<std::uint64_t, std::uint64_t>;

/// What `label` takes of `mapping`, from its start and no further than `share`.
std::optional<Range> taken_by(const LabelRecord& label, const RegionMapping& mapping,
                              std::uint64_t share) {
  const bool all = label.dpa == 0 && label.rawsize == 0;  // claims the whole DPA space (4.2)
  const std::uint64_t end =
      all ? everything : (Checked(label.dpa) + label.rawsize).get().value_or(everything);
  if (end <= mapping.dpa_start) return std::nullopt;
  const std::uint64_t first = label.dpa - std::min(label.dpa, mapping.dpa_start);
  const std::uint64_t behind = std::min(end - mapping.dpa_start, share);
  return first < behind ? std::optional(Range(first, behind)) : std::nullopt;
}

std::uint64_t end_of(const Extent& extent) { return extent.offset + extent.size; }

/// The part of `extent` between multiples of `unit`; size 0 when there is none.
Extent trimmed(const Extent& extent, std::uint64_t unit) {
  const auto first = Checked(extent.offset).round_up(unit).get();
  const std::uint64_t end = round_down(end_of(extent), unit);
  if (!first || *first >= end) return {};
  return {*first, end - *first};
}

}  // namespace

std::uint64_t default_alignment(const RegionDescription& region) {
  const std::uint64_t ways = std::max<std::uint64_t>(region.mappings.size(), 1);
  const bool small = (Checked(share_of(region)) * ways).at_most(usual_alignment - 1);
  const std::uint64_t alignment = small ? page_size : usual_alignment;
  return alignment % ways == 0 ? alignment : alignment * ways;
}

bool is_alignment(const RegionDescription& region, std::uint64_t alignment) {
  if (alignment == default_alignment(region)) return true;
  const std::uint64_t ways = std::max<std::uint64_t>(region.mappings.size(), 1);
  const std::uint64_t unit = alignment / ways;
  return alignment % ways == 0 && unit >= page_size && std::has_single_bit(unit);
}

DpaSpace::DpaSpace(const RegionDescription& region, std::span<const LabelArea* const> areas) {
  const std::uint64_t share = share_of(region);
  std::vector<Range> taken;
  for (std::size_t m = 0; m < std::min(areas.size(), region.mappings.size()); ++m)
    for (const LabelRecord& label : areas[m]->slots) {
      if (!label.active() || label.is_region()) continue;
      if (const auto range = taken_by(label, region.mappings[m], share)) taken.push_back(*range);
    }
  std::ranges::sort(taken);
  std::uint64_t at = 0;
  for (const auto& [first, behind] : taken) {
    if (first > at) free_.push_back({at, first - at});
    at = std::max(at, behind);
  }
  if (at < share) free_.push_back({at, share - at});
}

bool DpaSpace::is_free(Extent place) const { return free_from(place.offset) >= place.size; }

std::optional<std::uint64_t> DpaSpace::first_fit(std::uint64_t size, std::uint64_t unit) const {
  for (const Extent& extent : free_) {
    const Extent part = trimmed(extent, unit);
    if (part.size != 0 && part.size >= size) return part.offset;
  }
  return std::nullopt;
}

Extent DpaSpace::largest(std::uint64_t unit) const {
  Extent best;
  for (const Extent& extent : free_) {
    const Extent part = trimmed(extent, unit);
    if (part.size > best.size) best = part;
  }
  return best;
}

std::uint64_t DpaSpace::free_from(std::uint64_t offset) const {
  const auto behind = std::ranges::upper_bound(free_, offset, {}, &Extent::offset);
  if (behind == free_.begin()) return 0;
  const Extent& extent = *std::prev(behind);
  return end_of(extent) > offset ? end_of(extent) - offset : 0;
}

}  // namespace ndmedic
