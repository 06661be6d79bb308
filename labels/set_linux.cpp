// SPDX-License-Identifier: BSD-3-Clause
// Linux's scan of one region, step by step (labels.md 4.7): what appears, or that nothing does.
#include <algorithm>
#include <set>

#include <ndmedic/format/checked.h>
#include <ndmedic/labels/set_parts.h>

namespace ndmedic::label_sets {
namespace {

using Labels = std::span<const LabelRecord* const>;

Labels labels_of(const Input& input, std::size_t device, const Guid& uuid) {
  const auto key = [](const LabelRecord* label) { return label->uuid; };
  return {std::ranges::lower_bound(input.by_uuid[device], uuid, {}, key),
          std::ranges::upper_bound(input.by_uuid[device], uuid, {}, key)};
}

bool type_fits(const RegionDescription& region, const LabelRecord& label) {
  if (label.format != LabelFormat::v1_2) return true;
  return region.cxl ? label.type_guid.is_null() : label.type_guid == region.type_guid;
}

class RegionScan {
 public:
  RegionScan(const Input& input, std::size_t index)
      : input_(input), region_(input.regions[index]), mappings_(region_.description.mappings) {}

  Scan run(std::span<const Item* const> items) {
    Scan scan;
    scan.known = find_devices();
    if (!scan.known) return scan;
    const bool no_cookie = cookie_of_region(input_, region_) == 0 && region_.cookies_known;
    if (no_cookie && !items.empty()) scan.fails = true;  // step 4
    for (const Item* item : items) {
      if (scan.fails) break;
      if (item->mapping != 0) continue;
      const LabelRecord& label = *item->label;
      if (made_.contains(label.uuid))
        scan.fails = true;  // step 3
      else if (cookie_accepted(input_, region_, label.isetcookie))
        scan.fails = !every_position(label.uuid) || !extents_fit(label.uuid);
      else
        continue;
      if (!scan.fails) made_.insert(label.uuid);
    }
    if (!scan.fails) scan.visible.assign(made_.begin(), made_.end());
    return scan;
  }

 private:
  bool find_devices() {
    if (mappings_.empty() || mappings_.size() > simulated_mappings_max) return false;
    for (const RegionMapping& mapping : mappings_) {
      const auto device = device_index(input_, mapping.device);
      if (!device || !input_.devices[*device].area->linux_accepts || input_.probe_fails[*device])
        return false;
      devices_.push_back(*device);
    }
    return true;
  }

  /// Step 5 for one mapping: the labels that the search goes through, of which it looks at two.
  struct Candidate {
    const LabelRecord* first = nullptr;
    bool second = false;
  };
  Candidate candidate(std::size_t device, const Guid& uuid, std::uint64_t cookie) const {
    Candidate found;
    for (const LabelRecord* label : labels_of(input_, device, uuid)) {
      if (label->isetcookie != cookie || !type_fits(region_.description, *label)) continue;
      if (found.first) {
        found.second = true;
        break;
      }
      found.first = label;
    }
    return found;
  }

  bool has_position(std::span<const Candidate> candidates, std::size_t position) const {
    for (const Candidate& candidate : candidates) {
      if (!candidate.first) continue;
      const bool fits =
          candidate.first->nlabel == mappings_.size() && candidate.first->position == position;
      if (fits) return true;
      if (candidate.second) return false;
    }
    return false;
  }

  bool every_position(const Guid& uuid) const {
    std::vector<std::vector<Candidate>> searches;
    for (const std::uint64_t cookie : accepted_cookies()) {
      searches.emplace_back();
      for (const std::size_t device : devices_)
        searches.back().push_back(candidate(device, uuid, cookie));
    }
    for (std::size_t position = 0; position < mappings_.size(); ++position)
      if (std::ranges::none_of(searches,
                               [&](const auto& search) { return has_position(search, position); }))
        return false;
    return true;
  }

  std::vector<std::uint64_t> accepted_cookies() const {
    std::vector<std::uint64_t> cookies;
    for (const std::uint64_t cookie :
         {region_.cookies.cookie1, region_.cookies.cookie2, region_.cookies.altcookie})
      if (cookie_accepted(input_, region_, cookie)) cookies.push_back(cookie);
    return cookies;
  }

  /// Step 6: the first label of the uuid in slot order, whatever its cookie.
  bool extents_fit(const Guid& uuid) const {
    for (std::size_t m = 0; m < mappings_.size(); ++m) {
      const Labels labels = labels_of(input_, devices_[m], uuid);
      if (labels.empty()) return false;
      const LabelRecord& label = *labels[0];
      const RegionMapping& mapping = mappings_[m];
      if (label.dpa < mapping.dpa_start || label.rawsize == 0) return false;
      if (!lies_within(label.dpa - mapping.dpa_start, label.rawsize, mapping.size)) return false;
    }
    return true;
  }

  const Input& input_;
  const RegionState& region_;
  const std::vector<RegionMapping>& mappings_;
  std::vector<std::size_t> devices_{};
  std::set<Guid> made_{};
};

}  // namespace

Scan scan_region(const Input& input, std::size_t index, std::span<const Item* const> items) {
  return RegionScan(input, index).run(items);
}

}  // namespace ndmedic::label_sets
