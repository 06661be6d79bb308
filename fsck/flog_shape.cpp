// SPDX-License-Identifier: BSD-3-Clause
#include <ndmedic/fsck/flog_shape.h>

#include <algorithm>
#include <cstring>

namespace ndmedic {
namespace {

constexpr unsigned groups = flog_alignment / flog_group_size;
constexpr unsigned broken_max = 2;       // of a sector that still counts as part of a flog
constexpr std::uint64_t gap_max = 4096;  // a lost page within a flog
constexpr std::size_t freed_max = 4096;

enum class GroupShape : std::uint8_t { zero, legal, other };

GroupShape shape_of(const FlogGroup& group) {
  const auto& [a, b1, b2, last] = group.slot;
  if (!last.is_zero() || (!b1.is_zero() && !b2.is_zero())) return GroupShape::other;
  const FlogEntry& b = b1.is_zero() ? b2 : b1;
  if (a.is_zero()) return b.is_zero() ? GroupShape::zero : GroupShape::other;
  const std::uint32_t seq_a = a.seq.value();
  const std::uint32_t seq_b = b.seq.value();
  if (seq_a > 3 || seq_b > 3 || !newer(seq_a, seq_b) || is_unreachable(seq_a, seq_b))
    return GroupShape::other;
  return GroupShape::legal;
}

std::uint32_t freed_block(const FlogGroup& group) {
  const FlogEntry& b = group.slot[1].is_zero() ? group.slot[2] : group.slot[1];
  const auto current = newer(group.slot[0].seq.value(), b.seq.value());
  return (current == FlogSlot::b ? b : group.slot[0]).old_block().value;
}

}  // namespace

void FlogFinder::feed(std::uint64_t offset, std::span<const std::byte> bytes) {
  const std::uint64_t ahead = (flog_alignment - offset % flog_alignment) % flog_alignment;
  for (std::uint64_t at = ahead; at + flog_alignment <= bytes.size(); at += flog_alignment)
    take(offset + at, bytes.data() + at);
}

void FlogFinder::take(std::uint64_t offset, const std::byte* sector) {
  FlogGroup group[groups];
  unsigned legal = 0;
  unsigned other = 0;
  unsigned used = 0;  // up to the last group that is not zero
  for (unsigned i = 0; i < groups; ++i) {
    std::memcpy(&group[i], sector + std::size_t{i} * flog_group_size, flog_group_size);
    const GroupShape shape = shape_of(group[i]);
    if (shape == GroupShape::other && ++other > broken_max) return;
    if (shape == GroupShape::legal) ++legal;
    if (shape != GroupShape::zero) used = i + 1;
  }
  if (legal == 0) return;
  if (shape_.lanes == 0 || offset - end_ > gap_max) {
    finish();
    shape_.offset = offset;
  }
  const std::uint64_t first = (offset - shape_.offset) / flog_group_size;
  shape_.broken += first - shape_.lanes;  // those of the gap; zero groups between as well
  shape_.broken += used - legal;
  shape_.lanes = first + used;
  end_ = offset + flog_alignment;
  for (unsigned i = 0; i < used && freed_.size() < freed_max; ++i)
    if (shape_of(group[i]) == GroupShape::legal) freed_.push_back(freed_block(group[i]));
}

/// Each lane owns a block of its own (CC-1); records that repeat are none.
bool FlogFinder::looks_owned() const {
  std::vector<std::uint32_t> blocks = freed_;
  std::ranges::sort(blocks);
  const auto repeated = std::ranges::unique(blocks);
  return repeated.size() * 4 <= blocks.size();
}

void FlogFinder::finish() {
  if (shape_.lanes >= flog_lanes_min && looks_owned()) found_(shape_);
  shape_ = {};
  freed_.clear();
}

}  // namespace ndmedic
