// SPDX-License-Identifier: BSD-3-Clause
// A new namespace: where it lies, and its label on each DIMM (labels.md 4.5, 4.9).
#include <algorithm>

#include <ndmedic/format/checked.h>
#include <ndmedic/labels/dpa_space.h>
#include <ndmedic/labels/namespace_parts.h>

namespace ndmedic::namespaces {
namespace {

using label_sets::device_of;

/// A region label of the device that has just the extent of the mapping (2.7).
const LabelRecord* region_label(const LabelArea& area, const RegionMapping& mapping,
                                std::size_t ways) {
  for (const LabelRecord& label : area.slots)
    if (label.active() && label.is_region() && label.nlabel == ways &&
        label.dpa == mapping.dpa_start && label.rawsize == mapping.size)
      return &label;
  return nullptr;
}

/// Adding, step by step; each step may end in a refusal.
class Addition {
 public:
  Addition(const SetWriter& dimms, const RegionState& region, const NewNamespace& wanted)
      : dimms_(dimms), region_(region), mappings_(region.description.mappings), wanted_(wanted) {}

  /// Fills `changes` unless the answer is a refusal.
  NamespaceAnswer decide(Changes& changes) {
    for (const auto step : {&Addition::check_dimms, &Addition::check_formats,
                            &Addition::check_fields, &Addition::find_place})
      if (const NamespaceAnswer answer = (this->*step)(); !answer.done()) return answer;
    for (std::size_t m = 0; m < mappings_.size(); ++m) changes.push_back(label_of(m));
    return {.size = share_ * mappings_.size(), .offset = offset_};
  }

 private:
  const LabelArea& area(std::size_t mapping) const {
    return *device_of(dimms_.devices(), mappings_[mapping])->area;
  }

  NamespaceAnswer check_dimms() {
    if (const auto answer = check_region(dimms_, region_.description); !answer.done())
      return answer;
    if (const auto answer = check_trust(dimms_, region_.description); !answer.done()) return answer;
    return check_slots(dimms_, region_.description, 2);
  }

  NamespaceAnswer check_formats() {
    const bool cxl = format_of(area(0)) == LabelFormat::cxl_namespace;
    for (std::size_t m = 0; m < mappings_.size(); ++m)
      if ((format_of(area(m)) == LabelFormat::cxl_namespace) != cxl)
        return refuse(Refusal::mixed_formats, mappings_[m].device);
    if (!cxl) {
      const bool old_version = area(0).major == 1 && area(0).minor == 1;
      cookie_ = old_version ? region_.cookies.cookie1 : region_.cookies.cookie2;
      return refuse(cookie_ == 0 ? Refusal::no_cookie : Refusal::none);
    }
    for (std::size_t m = 0; m < mappings_.size(); ++m) {
      const LabelRecord* label = region_label(area(m), mappings_[m], mappings_.size());
      if (label == nullptr || (m != 0 && label->uuid != region_uuid_))
        return refuse(Refusal::no_region_label, mappings_[m].device);
      region_uuid_ = label->uuid;
    }
    return {};
  }

  NamespaceAnswer check_fields() {
    if (wanted_.uuid.is_null()) return refuse(Refusal::bad_uuid);
    const label_sets::LabelIndex index(dimms_.devices(), {&region_, 1});
    if (const auto labels = index.active(wanted_.uuid); !labels.empty())
      return refuse(Refusal::duplicate_uuid, labels[0].device);
    return refuse(
        check_values(wanted_.name, wanted_.lbasize, wanted_.read_only, format_of(area(0))));
  }

  NamespaceAnswer find_place() {
    const std::uint64_t ways = mappings_.size();
    const auto alignment = alignment_of(region_.description, wanted_.alignment);
    if (!alignment)
      return refuse(Refusal::bad_alignment, {}, default_alignment(region_.description));
    const std::uint64_t unit = std::max<std::uint64_t>(*alignment / ways, 1);
    if (wanted_.size && (*wanted_.size == 0 || *wanted_.size % *alignment != 0))
      return refuse(Refusal::misaligned, {}, *alignment);
    if (wanted_.offset && *wanted_.offset % unit != 0)
      return refuse(Refusal::misaligned, {}, *alignment);

    const DpaSpace space(region_.description, areas_of(dimms_, region_.description));
    if (wanted_.offset) return take_given_place(space, unit);
    const Extent largest = space.largest(unit);
    share_ = wanted_.size ? *wanted_.size / ways : largest.size;
    const auto place = space.first_fit(std::max<std::uint64_t>(share_, 1), unit);
    if (!place) return does_not_fit(largest.size);
    offset_ = wanted_.size ? *place : largest.offset;
    return {};
  }

  NamespaceAnswer take_given_place(const DpaSpace& space, std::uint64_t unit) {
    offset_ = *wanted_.offset;
    const std::uint64_t room = round_down(space.free_from(offset_), unit);
    if (room == 0) return refuse(Refusal::overlap);
    share_ = wanted_.size ? *wanted_.size / mappings_.size() : room;
    return share_ <= room ? NamespaceAnswer{} : does_not_fit(room);
  }

  /// `share` is free on each DIMM.
  NamespaceAnswer does_not_fit(std::uint64_t share) const {
    const Checked all = Checked(share) * mappings_.size();
    return refuse(Refusal::does_not_fit, {}, all.get().value_or(0));
  }

  LabelChange label_of(std::size_t mapping) const {
    LabelRecord label;
    label.format = format_of(area(mapping));
    const bool cxl = label.format == LabelFormat::cxl_namespace;
    label.uuid = wanted_.uuid;
    put_name(label, wanted_.name);
    put_read_only(label, wanted_.read_only);
    label.nlabel = cxl ? 1 : static_cast<std::uint16_t>(mappings_.size());
    label.position = static_cast<std::uint16_t>(mapping);
    label.isetcookie = cookie_;
    label.lbasize = wanted_.lbasize;
    label.dpa = mappings_[mapping].dpa_start + offset_;
    label.rawsize = share_;
    if (!region_.description.cxl) label.type_guid = region_.description.type_guid;
    label.abstraction = wanted_.abstraction;
    label.region_uuid = region_uuid_;
    return {.device = *mappings_[mapping].device, .label = label};
  }

  const SetWriter& dimms_;
  const RegionState& region_;
  const std::vector<RegionMapping>& mappings_;
  const NewNamespace& wanted_;
  std::uint64_t cookie_ = 0;
  Guid region_uuid_{};
  std::uint64_t share_ = 0;   // bytes of each DIMM
  std::uint64_t offset_ = 0;  // from the start of each mapping
};

}  // namespace

NamespaceAnswer decide_addition(const SetWriter& dimms, const RegionState& region,
                                const NewNamespace& wanted, Changes& changes) {
  return Addition(dimms, region, wanted).decide(changes);
}

}  // namespace ndmedic::namespaces
