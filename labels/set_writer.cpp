// SPDX-License-Identifier: BSD-3-Clause
#include <ndmedic/labels/set_writer.h>

#include <utility>

#include <ndmedic/labels/label_bytes.h>

namespace ndmedic {

SetWriter::SetWriter(std::span<const LabelTarget> targets) {
  areas_.reserve(targets.size());
  for (const LabelTarget& target : targets) {
    areas_.push_back(read_label_area(*target.media));
    devices_.push_back({.device = target.device, .area = &areas_.back()});
    if (auto writer = AreaWriter::open(*target.media, areas_.back()); writer)
      writers_.emplace(target.device, std::move(*writer));
  }
}

std::uint32_t SetWriter::free_slots(std::uint32_t device) const {
  const auto at = writers_.find(device);
  return at == writers_.end() ? 0 : at->second.free_slots();
}

Status SetWriter::carry_out(std::vector<LabelChange> changes) {
  std::vector<LabelBytes> labels;
  for (const LabelChange& change : changes) {
    if (!writable(change.device)) return Error{Errc::not_found, {}, "label area"};
    NDMEDIC_TRY(labels.emplace_back(), encode_label(change.label));
  }
  for (std::size_t i = 0; i < changes.size(); ++i) {
    if (!changes[i].announced) continue;
    AreaWriter& area = writers_.at(changes[i].device);
    NDMEDIC_TRY(const std::uint32_t slot, area.put(labels[i], true, changes[i].old));
    changes[i].old = {slot};
  }
  for (std::size_t i = 0; i < changes.size(); ++i) {
    AreaWriter& area = writers_.at(changes[i].device);
    if (changes[i].stays) {
      NDMEDIC_CHECK(area.put(labels[i], false, changes[i].old));
    } else {
      NDMEDIC_CHECK(area.free(changes[i].old));
    }
  }
  return {};
}

}  // namespace ndmedic
