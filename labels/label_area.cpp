// SPDX-License-Identifier: BSD-3-Clause
#include <ndmedic/labels/label_area.h>

#include <algorithm>
#include <utility>

#include <ndmedic/format/byte_runs.h>
#include <ndmedic/labels/index_choice.h>
#include <ndmedic/labels/label_copies.h>
#include <ndmedic/labels/slot_states.h>
#include <ndmedic/labels/slot_windows.h>

namespace ndmedic {
namespace {

/// Slots that `area` has room for, those behind the index's nslot included.
std::uint32_t all_slots(const LabelArea& area) {
  return std::max(area.layout.nslot, area.layout.capacity);
}

LabelRecord unread_slot(std::uint32_t slot, SlotReason reason) {
  LabelRecord record;
  record.slot = slot;
  record.state = SlotState::not_checked;
  record.reason = reason;
  return record;
}

/// The slot with its state, by the bit of the index and what was read of it.
LabelRecord record_of(const LabelArea& area, std::uint32_t slot, const SlotBytes& read) {
  LabelRecord record = read.reason == SlotReason::none ? decode_slot(read.bytes, slot, area.major)
                                                       : unread_slot(slot, read.reason);
  const bool beyond = area.has_index() && slot >= area.layout.nslot;
  settle_state(record, area.in_use(slot), beyond);
  return record;
}

/// Keeps records within a limit; those in use push out free ones.
class RecordKeeper {
 public:
  RecordKeeper(LabelArea& area, std::size_t limit) : area_(area), limit_(limit) {
    if (area.has_index())
      in_use_.reserve(std::min<std::uint64_t>(limit, area.layout.nslot - area.free_slots()));
  }

  void add(LabelRecord&& record) {
    ++area_.counts[static_cast<std::size_t>(record.state)];
    if (record.marked_in_use)
      add_in_use(std::move(record));
    else if (in_use_.size() + free_.size() < limit_)
      free_.push_back(std::move(record));
    else
      ++area_.slots_free_omitted;
  }

  void finish() {
    if (in_use_.empty()) std::swap(in_use_, free_);
    area_.slots = std::move(in_use_);
    if (free_.empty()) return;
    const auto used = static_cast<std::ptrdiff_t>(area_.slots.size());
    std::ranges::move(free_, std::back_inserter(area_.slots));
    std::ranges::inplace_merge(area_.slots, area_.slots.begin() + used, {}, &LabelRecord::slot);
  }

 private:
  void add_in_use(LabelRecord&& record) {
    if (in_use_.size() >= limit_) {
      ++area_.slots_in_use_omitted;
      return;
    }
    if (in_use_.size() + free_.size() >= limit_) {
      free_.pop_back();
      ++area_.slots_free_omitted;
    }
    in_use_.push_back(std::move(record));
  }

  LabelArea& area_;
  std::size_t limit_;
  std::vector<LabelRecord> in_use_;
  std::vector<LabelRecord> free_;
};

void read_slots(const Media& media, LabelArea& area, const LabelAreaOptions& options) {
  area.counts = {};
  area.slots_free_omitted = area.slots_in_use_omitted = 0;
  RecordKeeper keeper(area, options.max_records);
  const std::uint32_t end = all_slots(area);
  SlotWindows windows(media, area.layout, end);
  for (std::uint32_t slot = 0; slot < end; ++slot) {
    const SlotBytes read = windows.at(slot);
    const bool blank = read.reason == SlotReason::none && is_blank(read.bytes);
    if (blank && !area.in_use(slot).value_or(false))
      ++area.counts[static_cast<std::size_t>(SlotState::blank)];
    else
      keeper.add(record_of(area, slot, read));
  }
  keeper.finish();
  relate_twins(area.slots);
  for (const LabelRecord& record : area.slots)
    if (record.state == SlotState::twin) {
      --area.counts[static_cast<std::size_t>(SlotState::freed)];
      ++area.counts[static_cast<std::size_t>(SlotState::twin)];
    }
}

/// 7.5 step 1: of the layouts that the area may have had, the one that gives most labels.
void read_remains(const Media& media, LabelArea& area, const LabelAreaOptions& options) {
  std::optional<LabelArea> best;
  for (const LabelLayout& layout : possible_layouts(area)) {
    LabelArea trial = area;
    trial.layout = layout;
    trial.layout.nslot = layout.capacity;
    read_slots(media, trial, options);
    const bool better =
        !best || trial.count(SlotState::plausible) > best->count(SlotState::plausible);
    if (better) best = std::move(trial);
  }
  if (best) area = std::move(*best);
  const bool judged = area.reason != IndexReason::not_checked;
  if (judged && area.count(SlotState::plausible) != 0) area.reason = IndexReason::remains;
  if (area.reason == IndexReason::blank && area.count(SlotState::scrap) != 0)
    area.reason = IndexReason::other_content;
}

/// Intact labels that a block of the other slot size lists (IX11, IX19).
std::uint64_t labels_listed(const Media& media, const IndexBlock& block, std::uint64_t area_size) {
  const auto slot_size = slot_size_of(block.header);
  const auto geometry = label_geometry(area_size, slot_size.value_or(0));
  if (!geometry) return 0;
  const LabelLayout layout{
      .label_off = geometry->label_off(), .slot_size = geometry->slot_size, .nslot = block.nslot()};
  SlotWindows windows(media, layout, layout.nslot);
  std::uint64_t labels = 0;
  for (std::uint32_t slot = 0; slot < layout.nslot; ++slot) {
    if (is_free(block.bytes, SlotIndex{slot})) continue;
    const SlotBytes read = windows.at(slot);
    if (read.reason != SlotReason::none) continue;
    const LabelRecord record = decode_slot(read.bytes, slot, block.header.major.value());
    labels += record.state == SlotState::plausible ? 1u : 0u;
  }
  return labels;
}

}  // namespace

LabelArea read_label_area(const Media& media, const LabelAreaOptions& options) {
  LabelArea area;
  choose_index(media, area);
  if (area.has_index())
    read_slots(media, area, options);
  else
    read_remains(media, area, options);
  for (const IndexBlock& block : area.other_size)
    area.other_size_labels += labels_listed(media, block, area.size);
  return area;
}

void for_each_slot(const Media& media, const LabelArea& area,
                   const std::function<bool(const LabelRecord&)>& visit) {
  const std::uint32_t end = all_slots(area);
  SlotWindows windows(media, area.layout, end);
  for (std::uint32_t slot = 0; slot < end; ++slot)
    if (!visit(record_of(area, slot, windows.at(slot)))) return;
}

bool IndexBlock::violates(std::string_view rule) const {
  return std::ranges::find(violations, rule, &Violation::rule) != violations.end();
}

std::uint64_t LabelArea::free_slots() const { return current ? free_bits(index[*current]) : 0; }

std::uint64_t LabelArea::available_slots() const {
  const std::uint64_t free = free_slots();
  return free == 0 ? 0 : free - 1;
}

std::optional<bool> LabelArea::in_use(std::uint32_t slot) const {
  if (!current || slot >= layout.nslot) return std::nullopt;
  return !is_free(index[*current].bytes, SlotIndex{slot});
}

const LabelRecord* LabelArea::find(std::uint32_t slot) const {
  const auto at = std::ranges::lower_bound(slots, slot, {}, &LabelRecord::slot);
  return at != slots.end() && at->slot == slot ? &*at : nullptr;
}

bool LabelArea::trustworthy() const {
  if (!linux_accepts || slots_in_use_omitted != 0 || reason == IndexReason::other_unknown)
    return false;
  return std::ranges::none_of(slots, [](const LabelRecord& record) {
    return record.marked_in_use && !record.active() && record.state != SlotState::foreign;
  });
}

std::string_view to_string(LabelLayoutKind kind) {
  constexpr std::array<std::string_view, 5> names = {"none", "g3", "its own fields", "g2", "g1"};
  return names[static_cast<std::size_t>(kind)];
}

std::string_view to_string(IndexState state) {
  constexpr std::array<std::string_view, 4> names = {"valid", "invalid", "blank", "not checked"};
  return names[static_cast<std::size_t>(state)];
}

std::string_view to_string(IndexReason reason) {
  constexpr std::array<std::string_view, 10> names = {"the only valid block",
                                                      "successor of the other",
                                                      "equal numbers: block 1",
                                                      "128-byte slots are tried first",
                                                      "the other was not checked",
                                                      "never written",
                                                      "lost, remains present",
                                                      "not an index",
                                                      "not checked",
                                                      "no layout for this size"};
  return names[static_cast<std::size_t>(reason)];
}

}  // namespace ndmedic
