// SPDX-License-Identifier: BSD-3-Clause
// What makes a platform impossible. Everything is sorted once, so that a description of any size is
// judged in a moment.
#include <ndmedic/format/platform.h>

#include <algorithm>
#include <set>
#include <tuple>

#include <ndmedic/format/checked.h>

namespace ndmedic {
namespace {

using Fault = std::optional<PlatformFinding>;

// What a structure of at most 65535 bytes holds behind its fixed part of 16.
constexpr std::size_t structure_tail_max = 65535 - 16;
constexpr std::size_t lines_max = structure_tail_max / 4;
constexpr std::size_t hints_max = structure_tail_max / 8;

Fault fault(PlatformFault what, std::size_t item, std::size_t mapping = 0,
            std::uint64_t value = 0) {
  return PlatformFinding{what, item, mapping, value};
}

Fault count_fault(const Platform& platform) {
  if (platform.dimms.empty()) return fault(PlatformFault::no_dimms, 0);
  bool too_many = false;
  for (const std::size_t count :
       {platform.dimms.size(), platform.regions.size(), platform.interleaves.size()})
    too_many = too_many || count > platform_items_max;
  for (const PlatformRegion& region : platform.regions)
    too_many = too_many || region.mappings.size() > platform_items_max;
  if (too_many) return fault(PlatformFault::too_many, 0, 0, platform_items_max);
  return std::nullopt;
}

Fault dimm_fault(const Platform& platform) {
  std::set<std::uint32_t> handles;
  std::set<std::uint16_t> indices = {0};
  for (std::size_t i = 0; i < platform.dimms.size(); ++i) {
    const PlatformDimm& dimm = platform.dimms[i];
    if (!handles.insert(dimm.handle).second) return fault(PlatformFault::handle_twice, i);
    if (!indices.insert(dimm.control_index).second) return fault(PlatformFault::control_index, i);
    if (!(Checked(dimm.size) + dimm.label_size).ok())
      return fault(PlatformFault::dimm_too_large, i);
    if (dimm.flush_hints.size() > hints_max)
      return fault(PlatformFault::hints_too_many, i, 0, hints_max);
  }
  return std::nullopt;
}

Fault interleave_fault(const Platform& platform) {
  for (std::size_t i = 0; i < platform.interleaves.size(); ++i) {
    const PlatformInterleave& lines = platform.interleaves[i];
    const std::set<std::uint32_t> places(lines.line_offsets.begin(), lines.line_offsets.end());
    if (lines.line_size == 0 || places.empty() || places.size() != lines.line_offsets.size() ||
        places.size() > lines_max)
      return fault(PlatformFault::interleave_form, i);
  }
  return std::nullopt;
}

/// The lines of all shares of a region: each place of a turn belongs to one of them, and turns fill
/// the region.
Fault lines_fault(const Platform& platform, std::size_t number) {
  const PlatformRegion& region = platform.regions[number];
  if (region.mappings.empty() || !region.mappings.front().interleave) return std::nullopt;
  const PlatformInterleave& first = platform.interleaves[*region.mappings.front().interleave];
  const std::uint64_t count = first.line_offsets.size();
  const Checked turn = Checked(count) * region.mappings.size() * first.line_size;
  if (!turn.ok()) return fault(PlatformFault::lines_beyond, number);
  std::vector<std::uint64_t> places;
  for (std::size_t i = 0; i < region.mappings.size(); ++i) {
    const PlatformMapping& mapping = region.mappings[i];
    const PlatformInterleave& lines = platform.interleaves[*mapping.interleave];
    if (lines.line_size != first.line_size || lines.line_offsets.size() != count)
      return fault(PlatformFault::interleaves_differ, number, i);
    if ((Checked(mapping.size) * region.mappings.size()).get() != region.size ||
        mapping.size % (count * lines.line_size) != 0)
      return fault(PlatformFault::lines_uneven, number, i, count * lines.line_size);
    for (const std::uint32_t offset : lines.line_offsets) {
      const Checked place =
          Checked(offset) * std::uint64_t{lines.line_size} + mapping.region_offset;
      if (!(place + lines.line_size).at_most(*turn.get()))
        return fault(PlatformFault::lines_beyond, number, i);
      places.push_back(*place.get());
    }
  }
  std::ranges::sort(places);
  for (std::size_t i = 1; i < places.size(); ++i)
    if (places[i] - places[i - 1] < first.line_size)
      return fault(PlatformFault::lines_collide, number);
  return std::nullopt;
}

Fault mapping_fault(const Platform& platform, std::size_t number) {
  const PlatformRegion& region = platform.regions[number];
  std::set<std::size_t> dimms;
  std::set<std::uint64_t> offsets;
  for (std::size_t i = 0; i < region.mappings.size(); ++i) {
    const PlatformMapping& mapping = region.mappings[i];
    if (mapping.dimm >= platform.dimms.size() || !dimms.insert(mapping.dimm).second)
      return fault(PlatformFault::mapping_dimm, number, i);
    const std::uint64_t capacity = platform.dimms[mapping.dimm].size;
    if (mapping.size == 0 || !lies_within(mapping.dpa, mapping.size, capacity))
      return fault(PlatformFault::mapping_beyond, number, i, capacity);
    if (mapping.region_offset >= region.size) return fault(PlatformFault::offset_beyond, number, i);
    if (!offsets.insert(mapping.region_offset).second)
      return fault(PlatformFault::offset_twice, number, i);
    if (mapping.interleave && *mapping.interleave >= platform.interleaves.size())
      return fault(PlatformFault::mapping_interleave, number, i);
    if (mapping.interleave.has_value() != region.mappings.front().interleave.has_value())
      return fault(PlatformFault::interleaves_differ, number, i);
  }
  return lines_fault(platform, number);
}

Fault region_fault(const Platform& platform) {
  std::set<std::uint16_t> indices = {0};
  for (std::size_t i = 0; i < platform.regions.size(); ++i) {
    const PlatformRegion& region = platform.regions[i];
    if (!indices.insert(region.range_index).second) return fault(PlatformFault::range_index, i);
    if (region.size == 0) return fault(PlatformFault::region_empty, i);
    if (!(Checked(region.base) + region.size).ok()) return fault(PlatformFault::region_wraps, i);
    if (const Fault found = mapping_fault(platform, i)) return found;
    Checked sum = 0;
    for (const PlatformMapping& mapping : region.mappings) sum = sum + mapping.size;
    if (!region.mappings.empty() && sum.get() != region.size)
      return fault(PlatformFault::region_size, i, 0, sum.get().value_or(0));
  }
  return std::nullopt;
}

/// Regions in the address space, and shares on each DIMM.
Fault overlap_fault(const Platform& platform) {
  struct Range {
    std::size_t dimm, region, mapping;
    std::uint64_t start, size;
  };
  std::vector<Range> spaces;
  std::vector<Range> shares;
  for (std::size_t i = 0; i < platform.regions.size(); ++i) {
    const PlatformRegion& region = platform.regions[i];
    spaces.push_back({0, i, 0, region.base, region.size});
    for (std::size_t k = 0; k < region.mappings.size(); ++k)
      shares.push_back(
          {region.mappings[k].dimm, i, k, region.mappings[k].dpa, region.mappings[k].size});
  }
  for (std::vector<Range>* const ranges : {&spaces, &shares}) {
    std::ranges::sort(*ranges, {}, [](const Range& r) { return std::tuple(r.dimm, r.start); });
    for (std::size_t i = 1; i < ranges->size(); ++i) {
      const Range& before = (*ranges)[i - 1];
      const Range& here = (*ranges)[i];
      if (before.dimm != here.dimm || here.start - before.start >= before.size) continue;
      return fault(
          ranges == &spaces ? PlatformFault::regions_overlap : PlatformFault::mappings_overlap,
          here.region, here.mapping, before.region);
    }
  }
  return std::nullopt;
}

}  // namespace

std::optional<PlatformFinding> find_fault(const Platform& platform) {
  for (const auto judge : {count_fault, dimm_fault, interleave_fault, region_fault, overlap_fault})
    if (const Fault found = judge(platform)) return found;
  return std::nullopt;
}

}  // namespace ndmedic
