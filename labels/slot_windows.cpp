// SPDX-License-Identifier: BSD-3-Clause
#include <ndmedic/labels/slot_windows.h>

#include <algorithm>
#include <array>

namespace ndmedic {
namespace {

constexpr std::uint64_t window_size = std::uint64_t{1} << 20;
constexpr std::array<std::byte, 256> zeros{};

}  // namespace

SlotBytes SlotWindows::at(std::uint32_t slot) {
  if (slot < first_ || slot - first_ >= count_) load(slot);
  if (reason_ != SlotReason::none) return {{}, reason_};
  if (zero_) return {std::span(zeros).first(layout_.slot_size), SlotReason::none};
  const std::size_t at = std::size_t{slot - first_} * layout_.slot_size;
  return {std::span<const std::byte>(window_).subspan(at, layout_.slot_size), SlotReason::none};
}

void SlotWindows::load(std::uint32_t slot) {
  const std::uint64_t offset = layout_.slot_off(slot);
  const std::uint64_t limit = std::min(media_.size(), layout_.slot_off(slots_));
  first_ = slot;
  count_ = 1;
  zero_ = false;
  reason_ = SlotReason::none;
  if (offset >= limit || limit - offset < layout_.slot_size) {
    reason_ = SlotReason::absent;
    return;
  }
  const Result<ExtentRun> run = media_.run_at(offset, limit);
  const ExtentKind kind = run ? run->kind : ExtentKind::data;
  const std::uint64_t size = run ? run->range.size : limit - offset;
  const std::uint64_t whole = size / layout_.slot_size;
  if (kind == ExtentKind::data || whole == 0) return load_data(slot, offset, whole);
  count_ = static_cast<std::uint32_t>(whole);
  zero_ = kind == ExtentKind::zero;
  if (kind == ExtentKind::absent) reason_ = SlotReason::absent;
  if (kind == ExtentKind::bad) reason_ = SlotReason::bad;
}

/// `slots` whole ones are of one kind; with 0, the slot is made of several kinds and read alone.
void SlotWindows::load_data(std::uint32_t slot, std::uint64_t offset, std::uint64_t slots) {
  const std::uint64_t most = slot < singles_until_ ? 1 : window_size / layout_.slot_size;
  const auto wanted = static_cast<std::uint32_t>(std::clamp<std::uint64_t>(slots, 1, most));
  window_.resize(std::size_t{wanted} * layout_.slot_size);
  Status status = media_.read(offset, window_);
  count_ = wanted;
  if (!status && wanted > 1) {
    singles_until_ = slot + wanted;
    count_ = 1;
    window_.resize(layout_.slot_size);
    status = media_.read(offset, window_);
  }
  if (!status) reason_ = status.error().code == Errc::absent ? SlotReason::absent : SlotReason::bad;
}

}  // namespace ndmedic
