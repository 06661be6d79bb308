// SPDX-License-Identifier: BSD-3-Clause
// The capacity of a region that no label claims, and where a namespace may lie (labels.md 4.9).
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include <ndmedic/labels/label_set.h>

namespace ndmedic {

/// Bytes of the whole region that sizes of namespaces are multiples of by default: 16 MiB, or a
/// page where the region is smaller; times the number of DIMMs where that does not divide it.
std::uint64_t default_alignment(const RegionDescription& region);

/// Whether Linux would take `alignment` for the region: on each DIMM a power of two of at least a
/// page. The default is always taken.
bool is_alignment(const RegionDescription& region, std::uint64_t alignment);

/// What is free on every DIMM of a region at one distance from the starts of its mappings: a
/// namespace lies at the same offset of each (ST04). All offsets and sizes are bytes of one DIMM,
/// offsets from the start of its mapping. A value; n log n in the labels.
class DpaSpace {
 public:
  /// `areas` are those of the region's mappings, in their order, none of them null. Every active
  /// label counts, whatever its uuid and cookie: Linux reserves it (4.2). Extents that wrap reach
  /// to the end.
  DpaSpace(const RegionDescription& region, std::span<const LabelArea* const> areas);

  /// Ascending, neither empty nor touching; as they are, not aligned.
  const std::vector<Extent>& free() const { return free_; }

  bool is_free(Extent place) const;

  /// The lowest free place of `size` bytes at a multiple of `unit` (not 0), or none.
  std::optional<std::uint64_t> first_fit(std::uint64_t size, std::uint64_t unit) const;

  /// The largest free place that begins and ends at multiples of `unit` (not 0), the lowest of
  /// equals. Size 0: there is none.
  Extent largest(std::uint64_t unit) const;

  /// Bytes free from `offset` on without a gap.
  std::uint64_t free_from(std::uint64_t offset) const;

 private:
  std::vector<Extent> free_{};
};

}  // namespace ndmedic
