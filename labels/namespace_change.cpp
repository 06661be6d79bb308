// SPDX-License-Identifier: BSD-3-Clause
// Other fields or another size for a namespace: its labels on all DIMMs (labels.md 4.5, 4.9, V12).
#include <algorithm>

#include <ndmedic/format/checked.h>
#include <ndmedic/labels/dpa_space.h>
#include <ndmedic/labels/namespace_parts.h>

namespace ndmedic::namespaces {
namespace {

using label_sets::SetLabel;

/// Changing the labels of one namespace, step by step.
class Alteration {
 public:
  Alteration(const SetWriter& dimms, const RegionState& region, const Guid& uuid,
             const NamespaceChange& change)
      : dimms_(dimms), region_(region.description), change_(change) {
    const label_sets::LabelIndex index(dimms.devices(), {&region, 1});
    for (const SetLabel& label : index.active(uuid)) {
      if (label.region) labels_.push_back(label);
      elsewhere_ = elsewhere_ || !label.region;
    }
  }

  NamespaceAnswer decide(Changes& changes) {
    for (const auto step : {&Alteration::check_labels, &Alteration::check_fields,
                            &Alteration::find_size, &Alteration::check_room})
      if (const NamespaceAnswer answer = (this->*step)(); !answer.done()) return answer;
    for (const SetLabel& old : labels_) changes.push_back(change_of(old, altered(*old.label)));
    const bool same = std::ranges::all_of(labels_, [this](const SetLabel& old) {
      const LabelRecord label = altered(*old.label);
      return !old.label->updating() && label_sets::same_content(*old.label, label) &&
             old.label->rawsize == label.rawsize;
    });
    if (same) changes.clear();
    const Checked size = Checked(share_) * labels_.size();
    return {.size = size.get().value_or(0), .offset = offset_};
  }

 private:
  NamespaceAnswer check_labels() {
    if (const auto answer = check_region(dimms_, region_); !answer.done()) return answer;
    if (labels_.empty()) return refuse(Refusal::not_found);
    const auto any = [this](auto is) { return std::ranges::any_of(labels_, is); };
    if (any([](const SetLabel& l) { return label_sets::is_block_mode(*l.label); }))
      return refuse(Refusal::block_mode);
    const bool updating = any([](const SetLabel& l) { return l.label->updating(); });
    const bool whole = !elsewhere_ && label_sets::is_whole_set(labels_, region_);
    const SetLabel& first = labels_[0];
    const bool one_place = whole && std::ranges::all_of(labels_, [&](const SetLabel& l) {
                             return offset_in(region_, l) == offset_in(region_, first) &&
                                    l.label->rawsize == first.label->rawsize;
                           });
    if (!one_place) return refuse(updating ? Refusal::interrupted : Refusal::conflicting);
    const bool one_content = std::ranges::all_of(labels_, [&](const SetLabel& l) {
      return label_sets::same_content(*l.label, *first.label);
    });
    if (updating && !one_content) return refuse(Refusal::interrupted);
    const bool read_only = any([](const SetLabel& l) { return is_read_only(*l.label); });
    return refuse(read_only && !change_.force ? Refusal::read_only : Refusal::none);
  }

  NamespaceAnswer check_fields() {
    return refuse(check_values(change_.name, change_.lbasize, change_.read_only.value_or(false),
                               labels_[0].label->format));
  }

  NamespaceAnswer find_size() {
    const LabelRecord& first = *labels_[0].label;
    const std::uint64_t ways = labels_.size();
    share_ = first.rawsize;
    offset_ = offset_in(region_, labels_[0]);
    if (!change_.size) return {};
    const auto alignment = alignment_of(region_, change_.alignment);
    if (!alignment) return refuse(Refusal::bad_alignment, {}, default_alignment(region_));
    if (*change_.size == 0 || *change_.size % *alignment != 0)
      return refuse(Refusal::misaligned, {}, *alignment);
    share_ = *change_.size / ways;
    if (share_ <= first.rawsize) return {};
    if (const auto answer = check_trust(dimms_, region_); !answer.done()) return answer;
    const std::uint64_t unit = std::max<std::uint64_t>(*alignment / ways, 1);
    const std::uint64_t room = round_down(first.rawsize + room_behind(), unit);
    if (share_ <= room) return {};
    return refuse(Refusal::does_not_fit, {}, (Checked(room) * ways).get().value_or(0));
  }

  /// Bytes free on all DIMMs behind the namespace.
  std::uint64_t room_behind() const {
    const auto end = (Checked(offset_) + labels_[0].label->rawsize).get();
    return end ? DpaSpace(region_, areas_of(dimms_, region_)).free_from(*end) : 0;
  }

  NamespaceAnswer check_room() { return check_slots(dimms_, region_, 1); }

  LabelRecord altered(LabelRecord label) const {
    label_sets::copy_content(label, *labels_[0].label);
    if (change_.name) put_name(label, *change_.name);
    if (change_.lbasize) label.lbasize = *change_.lbasize;
    if (change_.abstraction && label.format != LabelFormat::v1_1)
      label.abstraction = *change_.abstraction;
    if (change_.read_only) put_read_only(label, *change_.read_only);
    label.rawsize = share_;
    return label;
  }

  const SetWriter& dimms_;
  const RegionDescription& region_;
  const NamespaceChange& change_;
  std::vector<SetLabel> labels_{};
  bool elsewhere_ = false;  // labels of the uuid outside the region
  std::uint64_t share_ = 0;
  std::uint64_t offset_ = 0;
};

}  // namespace

NamespaceAnswer decide_change(const SetWriter& dimms, const RegionState& region, const Guid& uuid,
                              const NamespaceChange& change, Changes& changes) {
  return Alteration(dimms, region, uuid, change).decide(changes);
}

}  // namespace ndmedic::namespaces
