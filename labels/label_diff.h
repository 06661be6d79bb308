// SPDX-License-Identifier: BSD-3-Clause
// Two label areas compared by meaning: which labels are in use and what they say, not where they
// lie nor how often the index was written.
#pragma once

#include <cstdint>
#include <vector>

#include <ndmedic/format/field_table.h>
#include <ndmedic/labels/label_area.h>

namespace ndmedic {

/// A label that one area or both have in use. Pointers are into the areas compared.
struct LabelDifference {
  const LabelRecord* before = nullptr;  ///< null: added
  const LabelRecord* after = nullptr;   ///< null: removed
  /// Of both: fields whose bytes differ. Slot number and checksum are no part of the meaning.
  /// Empty for vendor labels, whose bytes differ somewhere.
  std::vector<const Field*> fields{};
};

/// What differs between the areas themselves.
struct AreaDifference {
  bool size = false;        ///< of the area
  bool version = false;     ///< of the current index
  bool nslot = false;       ///< slots, or bytes of a slot
  bool index = false;       ///< one has a valid index, the other has none
  bool unreadable = false;  ///< slots in use that are damaged, blank, or not checked: other counts
  bool any() const { return size || version || nslot || index || unreadable; }
};

struct AreaComparison {
  AreaDifference area{};
  std::vector<LabelDifference> labels{};  ///< by uuid, position, dpa
  bool same() const { return !area.any() && labels.empty(); }
};

/// Slots in use whose label cannot be told: damaged, blank, or not checked.
std::uint64_t unknown_labels(const LabelArea& area);

/// Compares the labels in use. Those of one kind, uuid and position are one label that changed;
/// several of them in one area (local namespaces, CXL ranges) are told apart by their DPA. Labels
/// of versions 1.1 and 1.2 are compared by the fields both have. Both areas must outlive the
/// result. Thread-safe; n log n.
AreaComparison compare_label_areas(const LabelArea& before, const LabelArea& after);

}  // namespace ndmedic
