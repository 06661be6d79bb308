// SPDX-License-Identifier: BSD-3-Clause
// Slots of one label area against its bitmap and against each other (labels.md 7.0 RP2, 7.2, LB01,
// LB05, LB06, LB15; 7.6 CX04, CX11). A label is never freed while a copy may stand in for it.
#include <algorithm>
#include <map>
#include <utility>

#include <ndmedic/fsck/repair_label_parts.h>
#include <ndmedic/labels/label_bytes.h>
#include <ndmedic/labels/label_copies.h>

namespace ndmedic::repairs {
namespace {

bool is_reservable(const LabelRecord& label) {
  return label.rawsize != 0 && label.dpa + (label.rawsize - 1) >= label.dpa;
}

bool overlap(const LabelRecord& a, const LabelRecord& b) {
  return is_reservable(a) && is_reservable(b) && a.dpa <= b.dpa + (b.rawsize - 1) &&
         b.dpa <= a.dpa + (a.rawsize - 1);
}

class SlotRepairs {
 public:
  SlotRepairs(const ImageTree& tree, std::shared_ptr<AreaTarget> target, std::vector<Repair>& out)
      : tree_(tree), target_(std::move(target)), area_(*target_->found), out_(out) {}

  void add(const Findings& findings) {
    spare_copies();
    for (const Finding& finding : findings.list()) {
      if (finding.id == ProblemId::cxl_region_updating) add_region_update(finding);
      if (finding.place.device != target_->device->index) continue;
      if (finding.place.kind != PlaceKind::slot) continue;
      for (std::uint64_t slot = finding.place.first; slot <= finding.place.last; ++slot)
        if (const LabelRecord* record = area_.find(static_cast<std::uint32_t>(slot)))
          add(finding, *record);
    }
    for (const auto& [first, others] : duplicates_) add_duplicates(first, others);
    target_->changes_slots = !target_->slots.empty();
  }

 private:
  /// Whatever is chosen in the end: a label that is written must not cover what another one needs.
  void spare_copies() {
    std::vector<std::uint32_t> copies;
    for (const LabelRecord& record : area_.slots) {
      if (record.state == SlotState::damaged && record.related_slot)
        copies.push_back(*record.related_slot);
      if (record.state == SlotState::freed && record.updating() && !is_sound(record.uuid))
        copies.push_back(record.slot);
      if (record.state == SlotState::freed && record.is_region()) copies.push_back(record.slot);
    }
    target_->writer.spare(copies);
  }

  void add(const Finding& finding, const LabelRecord& record) {
    switch (finding.id) {
      case ProblemId::slot_blank_in_use:
      case ProblemId::slot_zero_blank_in_use:
        return add_blank(finding.id, record);
      case ProblemId::label_damaged_twin:
      case ProblemId::label_copy_doubtful:
        return put(finding.id, record, copy_of(record));
      case ProblemId::label_slot_wrong:
        return put(finding.id, record, &record);
      case ProblemId::label_misplaced_copy:
        return free(finding.id, record);
      case ProblemId::label_duplicate:
        return note_duplicate(finding, record);
      case ProblemId::label_rawsize_zero:
      case ProblemId::label_extent_wraps:
        return add_unreservable(finding.id, record);
      case ProblemId::label_type_wrong:
        return add_type(finding.id, record);
      case ProblemId::cxl_region_label_freed:
        return add_freed_region(finding.id, record);
      default:
        return;
    }
  }

  const LabelRecord* copy_of(const LabelRecord& damaged) const {
    return damaged.related_slot ? area_.find(*damaged.related_slot) : nullptr;
  }

  bool is_active(const Guid& uuid) const {
    return std::ranges::any_of(area_.slots, [&](const LabelRecord& record) {
      return record.active() && record.uuid == uuid;
    });
  }

  /// Active, with an extent that Linux can reserve.
  bool is_sound(const Guid& uuid) const {
    return std::ranges::any_of(area_.slots, [&](const LabelRecord& record) {
      return record.active() && record.uuid == uuid && is_reservable(record);
    });
  }

  /// `label` in place of what is in `slot` makes no new conflict: neither its uuid nor its extent
  /// belongs to another active label (RP2, SL04), or to one that another repair brings back.
  bool fits(const LabelRecord& label, std::uint32_t slot) const {
    const auto conflicts = [&](const LabelRecord& other) {
      return other.is_region() == label.is_region() &&
             (other.uuid == label.uuid || overlap(other, label));
    };
    return is_reservable(label) && std::ranges::none_of(target_->promised, conflicts) &&
           std::ranges::none_of(area_.slots, [&](const LabelRecord& other) {
             return other.active() && other.slot != slot && conflicts(other);
           });
  }

  Place place_of(const LabelRecord& record) const {
    Place place{.kind = PlaceKind::slot, .device = target_->device->index};
    place.first = place.last = record.slot;
    return place;
  }

  Repair make(ProblemId cures, RepairAction action, const LabelRecord& record) const {
    Repair repair = label_repair(cures, action, place_of(record));
    repair.arguments = {{"slot", std::uint64_t{record.slot}}};
    return repair;
  }

  /// A new label that says what `label` does, in place of `old` (4.4), or beside it where that one
  /// is free.
  void put(ProblemId cures, const LabelRecord& old, const LabelRecord* label) {
    if (label == nullptr || !fits(*label, old.slot)) return;
    auto bytes = encode_label(*label);
    if (!bytes || !target_->writer.lowest_free() || !target_->slots.insert(old.slot).second) return;
    target_->promised.push_back(*label);
    Repair repair = make(cures, RepairAction::put_label, old);
    repair.carry_out = [target = target_, bytes = *bytes, slot = old.slot,
                        used = old.marked_in_use]() -> Status {
      const std::vector<std::uint32_t> freed(used ? 1 : 0, slot);
      NDMEDIC_CHECK(target->writer.put(bytes, false, freed));
      return {};
    };
    out_.push_back(std::move(repair));
  }

  void free(ProblemId cures, const LabelRecord& record) {
    if (!target_->slots.insert(record.slot).second) return;
    Repair repair = make(cures, RepairAction::free_slot, record);
    repair.carry_out = [target = target_, slot = record.slot] {
      return target->writer.free({{slot}});
    };
    out_.push_back(std::move(repair));
  }

  /// The free UPDATING copies for which `wanted` holds: the only one, or none; `several` tells.
  template <class Wanted>
  const LabelRecord* only_copy(const Wanted& wanted, bool& several) const {
    const LabelRecord* found = nullptr;
    for (const LabelRecord& record : area_.slots) {
      if (record.state != SlotState::freed || !record.updating() || !wanted(record)) continue;
      several = several || found != nullptr;
      found = &record;
    }
    return several ? nullptr : found;
  }

  /// A freed label without UPDATING beside the copy: the namespace was deleted (SL07).
  bool was_deleted(const LabelRecord& copy) const {
    return std::ranges::any_of(area_.slots, [&](const LabelRecord& record) {
      return record.state == SlotState::freed && !record.updating() && record.uuid == copy.uuid;
    });
  }

  /// Some set misses a label, which may be the one that stood here (RP3).
  bool label_is_missed() const {
    return std::ranges::any_of(tree_.labels.namespaces, [](const LabelNamespace& ns) {
      return ns.completeness != Completeness::complete;
    });
  }

  /// SL02. Several such slots: the area was zeroed or never restored in part (IX13). The copy comes
  /// into use where it lies, by one index block: a label written before it would look like one that
  /// was deleted, were the power to fail in between.
  void add_blank(ProblemId cures, const LabelRecord& record) {
    if (area_.count(SlotState::blank_in_use) != 1 || label_is_missed()) return;
    bool several = false;
    const LabelRecord* copy = only_copy(
        [this](const LabelRecord& c) { return !is_active(c.uuid) && !was_deleted(c); }, several);
    if (copy != nullptr) return activate(cures, record, *copy);
    if (!several) free(cures, record);
  }

  void activate(ProblemId cures, const LabelRecord& blank, const LabelRecord& copy) {
    if (!fits(copy, blank.slot) || !target_->slots.insert(blank.slot).second) return;
    target_->promised.push_back(copy);
    Repair repair = make(cures, RepairAction::put_label, blank);
    repair.carry_out = [target = target_, from = copy.slot, slot = blank.slot] {
      return target->writer.activate(from, {{slot}});
    };
    out_.push_back(std::move(repair));
  }

  /// LB05 and LB06.
  void add_unreservable(ProblemId cures, const LabelRecord& record) {
    bool several = false;
    const LabelRecord* copy = only_copy(
        [&](const LabelRecord& c) {
          return c.uuid == record.uuid && c.position == record.position && is_reservable(c);
        },
        several);
    if (copy != nullptr) return put(cures, record, copy);
    if (!several) free(cures, record);
  }

  /// LB01: a group of equal labels, by the slot that the findings name.
  void note_duplicate(const Finding& finding, const LabelRecord& record) {
    const auto other = std::ranges::find(finding.arguments, "other", &Argument::key);
    if (other == finding.arguments.end()) return;
    if (const auto* slot = std::get_if<std::uint64_t>(&other->value))
      if (const LabelRecord* first = area_.find(static_cast<std::uint32_t>(*slot)))
        duplicates_[first].push_back(&record);
  }

  /// The other index block is one update older: what it shows as free came last.
  bool is_newer(const LabelRecord& record) const {
    const IndexBlock& older = area_.index[area_.next_index()];
    return older.state == IndexState::valid && record.slot < older.nslot() &&
           is_free(older.bytes, SlotIndex{record.slot});
  }

  void add_duplicates(const LabelRecord* first, std::vector<const LabelRecord*> group) {
    group.push_back(first);
    const auto kept = std::ranges::min_element(group, {}, [this](const LabelRecord* r) {
      return std::tuple(r->updating(), is_newer(*r), r->slot);
    });
    for (const LabelRecord* record : group)
      if (record != *kept) free(ProblemId::label_duplicate, *record);
  }

  /// LB15: the swapped form of what the region needs, or what a table says.
  void add_type(ProblemId cures, const LabelRecord& record) {
    if (record.format != LabelFormat::v1_2) return;
    for (const RegionState& region : tree_.labels.regions) {
      const RegionDescription& description = region.description;
      const bool mine =
          std::ranges::any_of(description.mappings, [&](const RegionMapping& mapping) {
            return mapping.device == target_->device->index && record.dpa >= mapping.dpa_start &&
                   record.dpa - mapping.dpa_start < mapping.size;
          });
      const Guid wanted = description.cxl ? Guid{} : description.type_guid;
      if (!mine || (region.inferred && swapped(record.type_guid) != wanted)) continue;
      LabelRecord label = record;
      label.type_guid = wanted;
      return put(cures, record, &label);
    }
  }

  /// CX04: a complete region, whose labels lose UPDATING as those of a namespace do.
  void add_region_update(const Finding& finding) {
    const auto* uuid = std::get_if<Guid>(&finding.place.ns);
    for (const LabelRecord& record : area_.slots)
      if (uuid != nullptr && record.state == SlotState::updating && record.is_region() &&
          record.uuid == *uuid)
        put(finding.id, record, &record);
  }

  /// CX11. Another label is added, so a slot stays free besides (V8).
  void add_freed_region(ProblemId cures, const LabelRecord& record) {
    const auto region = std::ranges::find_if(area_.slots, [&](const LabelRecord& other) {
      return other.state == SlotState::freed && other.is_region() &&
             other.uuid == record.region_uuid;
    });
    if (region != area_.slots.end() && area_.free_slots() > 2) put(cures, *region, &*region);
  }

  const ImageTree& tree_;
  std::shared_ptr<AreaTarget> target_;
  const LabelArea& area_;
  std::vector<Repair>& out_;
  std::map<const LabelRecord*, std::vector<const LabelRecord*>> duplicates_{};
};

}  // namespace

void add_slot_repairs(const ImageTree& tree, const std::shared_ptr<AreaTarget>& area,
                      const Findings& findings, std::vector<Repair>& out) {
  SlotRepairs(tree, area, out).add(findings);
}

}  // namespace ndmedic::repairs
