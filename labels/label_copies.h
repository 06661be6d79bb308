// SPDX-License-Identifier: BSD-3-Clause
// Copies of labels: what an update leaves in the slot freed last, and whether it may stand in for a
// damaged label (labels.md 7.0 RP2, V15; LB01).
#pragma once

#include <vector>

#include <ndmedic/labels/label_record.h>

namespace ndmedic {

/// Fields in which two labels differ. Slot number, checksum and UPDATING are no part of it: a copy
/// that an update leaves has its own. Labels of different formats differ in all fields.
unsigned fields_that_differ(const LabelRecord& a, const LabelRecord& b);

/// Fields of a damaged label that contradict an intact copy of it (RP2): those that differ, a
/// wrong slot number, and a checksum that would not be right for the copy in its place either.
unsigned contradictions(const LabelRecord& damaged, const LabelRecord& copy);

/// Free intact copies with UPDATING become twins of the label in use that they equal. Damaged
/// labels in use learn the slot of a copy whose extent no active label claims (related_slot), and
/// how many fields contradict it (related_differs); with at most one, the copy is their twin.
/// `slots` is ascending; n log n.
void relate_twins(std::vector<LabelRecord>& slots);

}  // namespace ndmedic
