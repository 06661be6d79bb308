// SPDX-License-Identifier: BSD-3-Clause
#include <ndmedic/media/interleave.h>

#include <ndmedic/format/checked.h>

namespace ndmedic {

Result<Interleave> Interleave::build(std::uint32_t line_size, std::uint32_t ways,
                                     std::uint64_t share_size,
                                     std::span<const InterleaveShare> shares) {
  const Error invalid{Errc::invalid, {}, "interleave structure"};
  if (line_size == 0 || ways == 0 || share_size == 0 || shares.empty()) return invalid;
  if (shares.size() > ways) return invalid;
  const std::uint64_t lines = shares.front().line_offsets.size();
  if (lines == 0) return invalid;
  const auto slots = (Checked(lines) * ways).get();
  if (!slots || *slots > most_slots) return Error{Errc::too_large, {}, "interleave structure"};
  const auto size = (Checked(share_size) * ways).get();

  Interleave set;
  set.line_size_ = line_size;
  set.turn_size_ = *slots * line_size;
  set.share_turn_size_ = lines * line_size;
  if (!size || share_size % set.share_turn_size_ != 0) return invalid;
  set.size_ = *size;
  set.slots_.resize(*slots);
  for (std::uint32_t share = 0; share < shares.size(); ++share)
    NDMEDIC_CHECK(set.claim(share, shares[share]));
  return set;
}

Status Interleave::claim(std::uint32_t share, const InterleaveShare& mapping) {
  const Error invalid{Errc::invalid, {mapping.region_offset, 0}, "interleave structure"};
  if (mapping.line_offsets.size() != share_turn_size_ / line_size_) return invalid;
  if (mapping.region_offset % line_size_ != 0) return invalid;
  const std::uint64_t first = mapping.region_offset / line_size_;
  for (std::uint32_t line = 0; line < mapping.line_offsets.size(); ++line) {
    const auto slot = (Checked(first) + mapping.line_offsets[line]).get();
    if (!slot || *slot >= slots_.size() || slots_[*slot].share != no_share) return invalid;
    slots_[*slot] = {share, line};
  }
  return {};
}

Interleave::Location Interleave::locate(std::uint64_t position) const {
  const std::uint64_t within = position % line_size_;
  const Slot& slot = slots_[(position / line_size_) % slots_.size()];
  const std::uint64_t turn = position / turn_size_;
  Location location;
  location.share = slot.share;
  location.contiguous = line_size_ - within;
  if (slot.share != no_share)
    location.offset = turn * share_turn_size_ + std::uint64_t{slot.line} * line_size_ + within;
  return location;
}

bool Interleave::linear() const {
  for (std::size_t i = 0; i < slots_.size(); ++i)
    if (slots_[i].share != 0 || slots_[i].line != i) return false;
  return true;
}

}  // namespace ndmedic
