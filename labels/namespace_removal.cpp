// SPDX-License-Identifier: BSD-3-Clause
// The labels of a namespace go, on all DIMMs (labels.md 4.6, V11).
#include <algorithm>

#include <ndmedic/format/checked.h>
#include <ndmedic/labels/namespace_parts.h>

namespace ndmedic::namespaces {
namespace {

using label_sets::SetLabel;

/// One change for each DIMM that has labels of the uuid, in position order.
Changes removals(const std::vector<SetLabel>& labels, bool announced) {
  Changes changes;
  for (const SetLabel& label : labels) {
    const auto known = std::ranges::find(changes, label.device, &LabelChange::device);
    if (known != changes.end()) {
      known->old.push_back(label.label->slot);
      continue;
    }
    LabelChange change = change_of(label, *label.label);
    change.announced = announced;
    change.stays = false;
    changes.push_back(std::move(change));
  }
  return changes;
}

}  // namespace

NamespaceAnswer decide_removal(const SetWriter& dimms, const RegionState& region, const Guid& uuid,
                               bool force, Changes& changes) {
  if (const auto answer = check_region(dimms, region.description); !answer.done()) return answer;
  const label_sets::LabelIndex index(dimms.devices(), {&region, 1});
  std::vector<SetLabel> labels;
  for (const SetLabel& label : index.active(uuid))
    if (label.region) labels.push_back(label);
  if (labels.empty()) return refuse(Refusal::not_found);

  NamespaceAnswer answer{.offset = offset_in(region.description, labels[0])};
  Checked size = 0;
  bool block_mode = false;
  bool room = true;
  for (const SetLabel& label : labels) {
    if (is_read_only(*label.label) && !force) return refuse(Refusal::read_only, label.device);
    block_mode = block_mode || label_sets::is_block_mode(*label.label);
    room = room && dimms.free_slots(label.device) != 0;
    size = size + label.label->rawsize;
  }
  answer.size = size.get().value_or(0);
  // Block-mode sets go by one write of one index, as they came (4.5).
  changes = removals(labels, room && !block_mode);
  answer.plainly = !room && changes.size() > 1;
  return answer;
}

}  // namespace ndmedic::namespaces
