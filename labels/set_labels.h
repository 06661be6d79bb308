// SPDX-License-Identifier: BSD-3-Clause
// The labels of one uuid on all DIMMs, and whether they make one namespace: what changing and
// recovering begin with (labels.md 4.7, 4.8, V10 to V12).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include <ndmedic/labels/label_set.h>
#include <ndmedic/labels/set_writer.h>

namespace ndmedic::label_sets {

inline constexpr std::size_t mappings_max = 32;  ///< of a region: a limit of Linux

/// An intact namespace label and where it lies.
struct SetLabel {
  const LabelRecord* label = nullptr;
  std::uint32_t device = 0;
  std::optional<std::size_t> region{};  ///< none: outside every region
  std::size_t mapping = 0;              ///< of that region
};

/// All intact namespace labels of the DIMMs, active or not, by uuid. Refers to the areas.
class LabelIndex {
 public:
  LabelIndex(std::span<const LabelDevice> devices, std::span<const RegionState> regions);

  /// Those of one uuid. Active ones first, by position, device, slot.
  std::span<const SetLabel> labels(const Guid& uuid) const&;
  /// The active ones among them.
  std::span<const SetLabel> active(const Guid& uuid) const&;
  std::span<const SetLabel> active(const Guid& uuid) && = delete;

 private:
  std::vector<SetLabel> labels_{};
};

/// The device of a mapping among those presented, or nullptr.
const LabelDevice* device_of(std::span<const LabelDevice> devices, const RegionMapping& mapping);

/// A block-mode label (4.7); LOCAL beside nlabel 1 says nothing.
bool is_block_mode(const LabelRecord& label);

/// True when the labels are one for each mapping of `region`, of one format, and their positions
/// are 0 to n-1 in this order.
bool is_whole_set(std::span<const SetLabel> labels, const RegionDescription& region);

/// The distance of the extent from the start of its mapping, in bytes.
std::uint64_t offset_in(const RegionDescription& region, const SetLabel& label);

/// True when name, lbasize, abstraction and flags but UPDATING are equal: what an update may change
/// besides the size.
bool same_content(const LabelRecord& a, const LabelRecord& b);

/// Makes `label` say what `first` says there, and have its size.
void copy_content(LabelRecord& label, const LabelRecord& first);

/// A change of `old` into `label`.
LabelChange change_of(const SetLabel& old, const LabelRecord& label);

}  // namespace ndmedic::label_sets
