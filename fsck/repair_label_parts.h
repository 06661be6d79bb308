// SPDX-License-Identifier: BSD-3-Clause
// What the repairs of labels share: one area as it was found, and its writer.
#pragma once

#include <cstdint>
#include <memory>
#include <set>
#include <vector>

#include <ndmedic/fsck/repair.h>
#include <ndmedic/labels/area_writer.h>

namespace ndmedic::repairs {

/// A label area of the tree. `found` is the evidence: it stays as it was before the first write
/// (RP5). The writer is that of all repairs of single slots.
struct AreaTarget {
  const DeviceImage* device = nullptr;
  const LabelArea* found = nullptr;
  AreaWriter writer;
  bool renewed = false;                 ///< by a repair that was carried out
  bool changes_slots = false;           ///< some repair of a slot was proposed
  std::set<std::uint32_t> slots{};      ///< that a repair was proposed for
  std::vector<LabelRecord> promised{};  ///< labels that will be active
};
using AreaTargets = std::vector<std::shared_ptr<AreaTarget>>;

/// Common to all: cures, consent by the catalogue, and the place.
Repair label_repair(ProblemId cures, RepairAction action, const Place& place);

/// repair_slots.cpp: single slots of one area.
void add_slot_repairs(const ImageTree& tree, const std::shared_ptr<AreaTarget>& area,
                      const Findings& findings, std::vector<Repair>& out);

/// repair_namespaces.cpp: fields of namespaces, and interrupted updates. Where slots are repaired,
/// only afterwards: by the next proposal.
void add_namespace_repairs(ImageTree& tree, const AreaTargets& areas, const Findings& findings,
                           std::vector<Repair>& out);

}  // namespace ndmedic::repairs
