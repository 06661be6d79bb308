// SPDX-License-Identifier: BSD-3-Clause
// Fields of namespaces that Linux or UEFI refuse, and updates that were interrupted: by the
// transactions over all DIMMs of a region (labels.md 4.5, 4.8; LB09 to LB13, LB16, ST07).
#include <algorithm>
#include <string>
#include <utility>

#include <ndmedic/format/utf8.h>
#include <ndmedic/fsck/labelled_data.h>
#include <ndmedic/fsck/repair_label_parts.h>
#include <ndmedic/labels/namespace_parts.h>
#include <ndmedic/labels/set_recovery.h>

namespace ndmedic::repairs {
namespace {

constexpr std::size_t name_bytes_max = 63;

/// LB11 and LB12: up to the NUL, without a character that the end cuts, and with a question mark
/// for each byte that is no text.
std::string mended_name(const LabelRecord& label) {
  std::string_view left = label.name();
  if (left.size() > name_bytes_max && is_utf8(left)) {
    left = left.substr(0, name_bytes_max);
    while (!is_utf8(left)) left.remove_suffix(1);
  }
  left = left.substr(0, name_bytes_max);
  std::string name;
  while (!left.empty()) {
    std::size_t size = 1;
    while (size < 4 && size < left.size() && !is_utf8(left.substr(0, size))) ++size;
    if (!is_utf8(left.substr(0, size))) size = 0;
    name += size == 0 ? std::string_view("?") : left.substr(0, size);
    left.remove_prefix(std::max<std::size_t>(size, 1));
  }
  return name;
}

const LabelNamespace* find_namespace(const LabelSet& labels, const Guid& uuid) {
  const auto ns = std::ranges::find(labels.namespaces, uuid, &LabelNamespace::uuid);
  return ns == labels.namespaces.end() || !ns->region ? nullptr : &*ns;
}

/// LB13: what the BTT in the data wants; none where the data cannot be seen.
std::optional<std::uint64_t> sector_size_by_data(const ImageTree& tree, const Guid& uuid) {
  for (const NamespaceImage& ns : tree.namespaces) {
    if (!ns.label || tree.labels.namespaces[*ns.label].uuid != uuid) continue;
    if (ns.unreachable != Unreachable::reachable) return std::nullopt;
    if (!ns.btt || !ns.btt->chain.found()) return 512;
    const ArenaPlace& first = ns.btt->chain.places.front();
    if (!first.arena) return std::nullopt;
    const std::uint32_t size = first.arena->geometry.external_lbasize;
    return size == 512 || size == 4096 ? size : 0;
  }
  return std::nullopt;
}

class NamespaceRepairs {
 public:
  NamespaceRepairs(ImageTree& tree, const AreaTargets& areas, std::vector<Repair>& out)
      : tree_(tree), areas_(areas), out_(out), targets_(targets_of(areas)), dimms_(targets_) {}

  void add(const Findings& findings) {
    for (const Finding& finding : findings.list()) add_field(finding);
    const std::set<Guid> with_data = uuids_with_data(tree_);
    for (const Recovery& recovery :
         plan_recovery(dimms_, tree_.labels.regions, {.with_data = with_data}))
      add_recovery(recovery, with_data, findings);
  }

 private:
  static std::vector<LabelTarget> targets_of(const AreaTargets& areas) {
    std::vector<LabelTarget> targets;
    for (const auto& area : areas)
      targets.push_back({area->device->index, area->device->labels.get()});
    return targets;
  }

  /// Slots of all DIMMs of the region are sound, and stay as they are.
  bool is_settled(std::size_t region) const {
    const auto& mappings = tree_.labels.regions[region].description.mappings;
    return std::ranges::all_of(mappings, [&](const RegionMapping& mapping) {
      const auto area = std::ranges::find_if(
          areas_, [&](const auto& one) { return one->device->index == mapping.device; });
      return area != areas_.end() && !(*area)->changes_slots && (*area)->found->trustworthy();
    });
  }

  void add_field(const Finding& finding) {
    if (finding.id == ProblemId::set_fields_differ) return add_equal_fields(finding);
    if (finding.place.kind != PlaceKind::slot) return;
    const auto area = std::ranges::find_if(
        areas_, [&](const auto& one) { return one->device->index == finding.place.device; });
    if (area == areas_.end()) return;
    for (std::uint64_t slot = finding.place.first; slot <= finding.place.last; ++slot) {
      const LabelRecord* label = (*area)->found->find(static_cast<std::uint32_t>(slot));
      if (label == nullptr || !label->active()) continue;
      Place place = finding.place;
      place.first = place.last = slot;
      if (const auto change = change_for(finding.id, *label))
        add_change(finding.id, place, label->uuid, *change);
    }
  }

  std::optional<NamespaceChange> change_for(ProblemId id, const LabelRecord& label) const {
    NamespaceChange change;
    switch (id) {
      case ProblemId::label_name_unterminated:
      case ProblemId::label_name_not_text:
        change.name = mended_name(label);
        return change;
      case ProblemId::label_lbasize_illegal:
        change.lbasize = sector_size_by_data(tree_, label.uuid);
        if (!change.lbasize) return std::nullopt;
        return change;
      case ProblemId::label_abstraction_swapped:
        change.abstraction = swapped(label.abstraction);
        return change;
      default:
        return std::nullopt;
    }
  }

  /// ST07: all get what position 0 says, or what the data says of its sectors. A type is LB15.
  void add_equal_fields(const Finding& finding) {
    const auto* uuid = std::get_if<Guid>(&finding.place.ns);
    const auto field = std::ranges::find(finding.arguments, "field", &Argument::key);
    if (uuid == nullptr || field == finding.arguments.end()) return;
    const auto* name = std::get_if<std::string>(&field->value);
    if (name == nullptr || *name == "type_guid") return;
    NamespaceChange change;
    if (*name == "lbasize") change.lbasize = sector_size_by_data(tree_, *uuid);
    add_change(finding.id, finding.place, *uuid, change);
  }

  void add_change(ProblemId cures, const Place& place, const Guid& uuid,
                  const NamespaceChange& change) {
    const LabelNamespace* ns = find_namespace(tree_.labels, uuid);
    if (ns == nullptr || !is_settled(*ns->region)) return;
    const RegionState& region = tree_.labels.regions[*ns->region];
    namespaces::Changes changes;
    const NamespaceAnswer answer = namespaces::decide_change(dimms_, region, uuid, change, changes);
    if (!answer.done() || changes.empty()) return;
    Repair repair = label_repair(cures, RepairAction::put_label, place);
    repair.arguments = {{"slot", std::uint64_t{ns->extents.front().slot}}};
    if (place.kind == PlaceKind::slot) repair.arguments = {{"slot", place.first}};
    repair.carry_out = [targets = targets_, &region, uuid, change]() -> Status {
      NDMEDIC_CHECK(change_namespace(targets, region, uuid, change));
      return {};
    };
    out_.push_back(std::move(repair));
  }

  /// The problem that a recovery cures, where it was told.
  static const Finding* cured_by(const Recovery& recovery, const Findings& findings) {
    const auto fits = [&](ProblemId id) {
      if (recovery.action == RecoveryAction::roll_forward)
        return id == ProblemId::label_updating_stale;
      return id == ProblemId::label_set_half_created || id == ProblemId::set_label_missing ||
             id == ProblemId::set_orphan;
    };
    const auto found = std::ranges::find_if(findings.list(), [&](const Finding& finding) {
      const auto* uuid = std::get_if<Guid>(&finding.place.ns);
      return fits(finding.id) && uuid != nullptr && *uuid == recovery.uuid;
    });
    return found == findings.list().end() ? nullptr : &*found;
  }

  /// RP4: the last update of a DIMM is lost, and with it, perhaps, the label that makes the set
  /// whole.
  bool lost_an_update(std::size_t region, const Findings& findings) const {
    const auto& mappings = tree_.labels.regions[region].description.mappings;
    return std::ranges::any_of(findings.list(), [&](const Finding& finding) {
      return finding.id == ProblemId::index_current_bad &&
             std::ranges::find(mappings, finding.place.device, &RegionMapping::device) !=
                 mappings.end();
    });
  }

  void add_recovery(const Recovery& recovery, const std::set<Guid>& with_data,
                    const Findings& findings) {
    const Finding* cured = cured_by(recovery, findings);
    if (recovery.action == RecoveryAction::none || cured == nullptr) return;
    if (!is_settled(*recovery.region)) return;
    if (recovery.action == RecoveryAction::roll_back && lost_an_update(*recovery.region, findings))
      return;
    Repair repair = label_repair(cured->id, RepairAction::finish_labels, cured->place);
    repair.carry_out = [targets = targets_, &regions = tree_.labels.regions, with_data,
                        uuid = recovery.uuid, action = recovery.action]() -> Status {
      SetWriter dimms(targets);
      for (Recovery& now : plan_recovery(dimms, regions, {.with_data = with_data}))
        if (now.uuid == uuid && now.action == action)
          return dimms.carry_out(std::move(now.changes));
      return {};
    };
    out_.push_back(std::move(repair));
  }

  ImageTree& tree_;
  const AreaTargets& areas_;
  std::vector<Repair>& out_;
  std::vector<LabelTarget> targets_;
  SetWriter dimms_;
};

}  // namespace

void add_namespace_repairs(ImageTree& tree, const AreaTargets& areas, const Findings& findings,
                           std::vector<Repair>& out) {
  if (!areas.empty()) NamespaceRepairs(tree, areas, out).add(findings);
}

}  // namespace ndmedic::repairs
