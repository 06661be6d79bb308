// SPDX-License-Identifier: BSD-3-Clause
#include <ndmedic/labels/set_recovery.h>

#include <algorithm>
#include <array>
#include <map>
#include <utility>

#include <ndmedic/format/checked.h>
#include <ndmedic/labels/dpa_space.h>
#include <ndmedic/labels/set_labels.h>

namespace ndmedic {
namespace {

using label_sets::device_of;
using label_sets::SetLabel;

/// What all decisions need, found once.
struct Evidence {
  const SetWriter& dimms;
  std::span<const RegionState> regions;
  const RecoveryOptions& options;
  label_sets::LabelIndex index;
  std::map<std::uint32_t, bool> trusted{};  ///< by device: what is in use, and what was, is known
  std::map<std::pair<std::size_t, std::size_t>, DpaSpace> spaces{};  ///< by region and mapping

  Evidence(const SetWriter& set, std::span<const RegionState> all, const RecoveryOptions& how)
      : dimms(set), regions(all), options(how), index(set.devices(), all) {
    for (const LabelDevice& device : set.devices())
      trusted[device.device] = device.area->trustworthy() && device.area->slots_free_omitted == 0;
  }

  /// What is free on one DIMM.
  const DpaSpace& space(std::size_t region, std::size_t mapping) {
    const auto known = spaces.find({region, mapping});
    if (known != spaces.end()) return known->second;
    const RegionDescription alone{.mappings = {regions[region].description.mappings[mapping]}};
    const std::array areas = {device_of(dimms.devices(), alone.mappings[0])->area};
    return spaces.emplace(std::pair(region, mapping), DpaSpace(alone, areas)).first->second;
  }
};

/// Namespaces with labels that have the flag, block-mode ones left out.
std::set<Guid> updating_uuids(std::span<const LabelDevice> devices) {
  std::set<Guid> found;
  for (const LabelDevice& device : devices)
    for (const LabelRecord& label : device.area->slots)
      if (label.state == SlotState::updating && !label.is_region() &&
          !label_sets::is_block_mode(label))
        found.insert(label.uuid);
  return found;
}

/// Decides about one uuid.
class Decision {
 public:
  Decision(Evidence& evidence, const Guid& uuid)
      : evidence_(evidence), labels_(evidence.index.active(uuid)) {
    result_.uuid = uuid;
    result_.name = std::string(labels_[0].label->name());
  }

  Recovery decide() {
    if (find_region() && check_dimms() && check_labels()) {
      const bool decided =
          labels_.size() == region().mappings.size() ? roll_forward() : roll_back();
      if (!decided) result_.changes.clear();
    }
    return std::move(result_);
  }

 private:
  const RegionDescription& region() const { return evidence_.regions[*result_.region].description; }
  const LabelArea& area(const RegionMapping& mapping) const {
    return *device_of(evidence_.dimms.devices(), mapping)->area;
  }

  bool nothing(RecoveryReason reason, std::optional<std::uint32_t> device = {}) {
    result_.reason = reason;
    result_.device = device;
    return false;
  }

  bool find_region() {
    const auto first = labels_[0].region;
    for (const SetLabel& label : labels_)
      if (label.region != first) return nothing(RecoveryReason::conflicting, label.device);
    if (!first) return nothing(RecoveryReason::no_region);
    result_.region = first;
    if (region().mappings.size() > label_sets::mappings_max)
      return nothing(RecoveryReason::no_region);
    return true;
  }

  bool check_dimms() {
    for (const RegionMapping& mapping : region().mappings) {
      if (device_of(evidence_.dimms.devices(), mapping) == nullptr)
        return nothing(RecoveryReason::dimm_missing, mapping.device);
      if (!evidence_.dimms.writable(*mapping.device))
        return nothing(RecoveryReason::untrusted_area, mapping.device);
    }
    return true;
  }

  bool fits_region(const LabelRecord& label) const {
    const std::size_t ways = region().mappings.size();
    if (label.position >= ways) return false;
    if (label.format == LabelFormat::cxl_namespace) return label.nlabel == 1;
    const RegionCookies& cookies = evidence_.regions[*result_.region].cookies;
    const std::array accepted = {cookies.cookie1, cookies.cookie2, cookies.altcookie};
    if (label.nlabel != ways || std::ranges::find(accepted, label.isetcookie) == accepted.end())
      return false;
    return label.format == LabelFormat::v1_1 ||
           label.type_guid == (region().cxl ? Guid{} : region().type_guid);
  }

  /// At most one label a DIMM, all of this region, at one place.
  bool check_labels() {
    std::set<std::size_t> mappings;
    std::set<std::uint16_t> positions;
    for (const SetLabel& label : labels_) {
      if (!fits_region(*label.label)) return nothing(RecoveryReason::other_region, label.device);
      const bool new_mapping = mappings.insert(label.mapping).second;
      const bool new_position = positions.insert(label.label->position).second;
      if (!new_mapping || !new_position || label.label->format != labels_[0].label->format ||
          offset_in(region(), label) != offset_in(region(), labels_[0]))
        return nothing(RecoveryReason::conflicting, label.device);
    }
    return true;
  }

  /// 4.8, with every DIMM's label there. An update begins at position 0: while that one has the
  /// flag, the others may still be old, and get what it says, announced as it was.
  bool roll_forward() {
    const LabelRecord& first = *labels_[0].label;
    for (const SetLabel& old : labels_) {
      const bool same_size = old.label->rawsize == first.rawsize;
      const bool same = same_size && label_sets::same_content(*old.label, first);
      if (same && !old.label->updating()) continue;
      if (!same_size && !first.updating()) return nothing(RecoveryReason::conflicting, old.device);
      if (!has_room(old, first.rawsize)) return nothing(RecoveryReason::place_taken, old.device);
      if (evidence_.dimms.free_slots(old.device) == 0)
        return nothing(RecoveryReason::no_free_slot, old.device);
      LabelRecord label = *old.label;
      label_sets::copy_content(label, first);
      LabelChange change = change_of(old, label);
      change.announced = !same;
      result_.changes.push_back(std::move(change));
    }
    result_.action = RecoveryAction::roll_forward;
    result_.reason = RecoveryReason::all_there;
    return true;
  }

  /// Nothing else lies where the label would grow to.
  bool has_room(const SetLabel& label, std::uint64_t size) {
    const std::uint64_t now = label.label->rawsize;
    if (size <= now) return true;
    const auto end = (Checked(offset_in(region(), label)) + now).get();
    return end && evidence_.space(*result_.region, label.mapping).free_from(*end) >= size - now;
  }

  bool roll_back() {
    for (const RegionMapping& mapping : region().mappings)
      if (!evidence_.trusted[*mapping.device])
        return nothing(RecoveryReason::untrusted_area, mapping.device);
    const bool all_updating =
        std::ranges::all_of(labels_, [](const SetLabel& l) { return l.label->updating(); });
    const bool creation = never_complete();
    if (!all_updating || (!creation && !removal_began()))
      return nothing(RecoveryReason::was_complete);
    if (creation && evidence_.options.with_data.contains(result_.uuid))
      return nothing(RecoveryReason::has_data);
    for (const SetLabel& old : labels_) {
      LabelChange change = change_of(old, *old.label);
      change.announced = change.stays = false;
      result_.changes.push_back(std::move(change));
    }
    result_.action = RecoveryAction::roll_back;
    result_.reason = creation ? RecoveryReason::creation : RecoveryReason::removal;
    return true;
  }

  /// LB10: no intact label of the uuid without UPDATING, active or free, on any DIMM.
  bool never_complete() const {
    return std::ranges::all_of(evidence_.index.labels(result_.uuid),
                               [](const SetLabel& l) { return l.label->updating(); });
  }

  /// Each DIMM without a label has freed one with UPDATING by its last update: the other index
  /// block still lists it (ST01).
  bool removal_began() const {
    std::set<std::size_t> known;
    for (const SetLabel& label : labels_) known.insert(label.mapping);
    for (const SetLabel& old : evidence_.index.labels(result_.uuid)) {
      if (old.label->active() || !old.label->updating() || old.region != result_.region) continue;
      const LabelArea& freed = area(region().mappings[old.mapping]);
      const IndexBlock& before = freed.index[freed.next_index()];
      if (before.state == IndexState::valid && !is_free(before.bytes, SlotIndex{old.label->slot}))
        known.insert(old.mapping);
    }
    return known.size() == region().mappings.size();
  }

  Evidence& evidence_;
  std::span<const SetLabel> labels_;  // active ones, by position
  Recovery result_{};
};

}  // namespace

std::vector<Recovery> plan_recovery(const SetWriter& dimms, std::span<const RegionState> regions,
                                    const RecoveryOptions& options) {
  std::vector<Recovery> plan;
  Evidence evidence(dimms, regions, options);
  for (const Guid& uuid : updating_uuids(dimms.devices()))
    plan.push_back(Decision(evidence, uuid).decide());
  return plan;
}

Result<std::vector<Recovery>> recover_namespaces(std::span<const LabelTarget> targets,
                                                 std::span<const RegionState> regions,
                                                 const RecoveryOptions& options) {
  SetWriter dimms(targets);
  std::vector<Recovery> plan = plan_recovery(dimms, regions, options);
  for (const Recovery& recovery : plan) NDMEDIC_CHECK(dimms.carry_out(recovery.changes));
  return plan;
}

std::string_view to_string(RecoveryAction action) {
  constexpr std::array<std::string_view, 3> names = {"none", "roll forward", "roll back"};
  return names[static_cast<std::size_t>(action)];
}

std::string_view to_string(RecoveryReason reason) {
  constexpr std::array<std::string_view, 12> names = {
      "all there",      "creation",    "removal",      "no region", "other region", "DIMM missing",
      "untrusted area", "conflicting", "was complete", "has data",  "place taken",  "no free slot"};
  return names[static_cast<std::size_t>(reason)];
}

}  // namespace ndmedic
