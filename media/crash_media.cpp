// SPDX-License-Identifier: BSD-3-Clause
#include <ndmedic/media/crash_media.h>

#include <algorithm>
#include <cassert>
#include <cstring>

#include <ndmedic/media/bounds.h>

namespace ndmedic {
namespace {

constexpr std::uint64_t unit_size = 8;

std::uint64_t load(const std::vector<std::byte>& bytes, std::uint64_t number) {
  std::uint64_t value = 0;
  std::memcpy(&value, bytes.data() + number * unit_size, unit_size);
  return value;
}

void store(std::vector<std::byte>& bytes, std::uint64_t number, std::uint64_t value) {
  std::memcpy(bytes.data() + number * unit_size, &value, unit_size);
}

}  // namespace

CrashMedia::CrashMedia(std::span<const std::byte> durable, FenceReach reach) : reach_(reach) {
  restart(durable);
}

void CrashMedia::restart(std::span<const std::byte> durable) {
  for (std::size_t slot = 0; slot < live_; ++slot)
    slot_of_[units_[slot].offset / unit_size] = no_slot;
  live_ = 0;
  size_ = durable.size();
  const std::size_t count = (durable.size() + unit_size - 1) / unit_size;
  durable_.assign(count * unit_size, std::byte{0});
  std::ranges::copy(durable, durable_.begin());
  visible_ = durable_;
  slot_of_.resize(count, no_slot);
  durable_hash_ = 0;
  for (std::uint64_t number = 0; number < count; ++number)
    durable_hash_ += crash_unit_hash(number * unit_size, load(durable_, number));
}

void CrashMedia::run_as(unsigned thread) {
  assert(thread < threads_max);
  thread_ = thread;
}

CrashMedia::Unit& CrashMedia::unit_at(std::uint64_t number) {
  if (slot_of_[number] != no_slot) return units_[slot_of_[number]];
  if (live_ == units_.size()) units_.emplace_back();
  slot_of_[number] = static_cast<std::uint32_t>(live_);
  Unit& unit = units_[live_++];
  unit.offset = number * unit_size;
  unit.values.assign(1, load(durable_, number));
  unit.flushed.fill(0);
  return unit;
}

/// The first `count` values are history: the one behind them is durable.
void CrashMedia::settle(std::size_t slot, std::size_t count) {
  Unit& unit = units_[slot];
  durable_hash_ -= crash_unit_hash(unit.offset, unit.values.front());
  unit.values.erase(unit.values.begin(), unit.values.begin() + static_cast<std::ptrdiff_t>(count));
  durable_hash_ += crash_unit_hash(unit.offset, unit.values.front());
  store(durable_, unit.offset / unit_size, unit.values.front());
  for (std::uint32_t& flushed : unit.flushed)
    flushed = static_cast<std::uint32_t>(flushed > count ? flushed - count : 0);
}

void CrashMedia::forget(std::size_t slot) {
  slot_of_[units_[slot].offset / unit_size] = no_slot;
  --live_;
  if (slot == live_) return;
  std::swap(units_[slot], units_[live_]);
  slot_of_[units_[slot].offset / unit_size] = static_cast<std::uint32_t>(slot);
}

Status CrashMedia::read(std::uint64_t offset, std::span<std::byte> into) const {
  NDMEDIC_CHECK(check_within(offset, into.size(), size_, "crash media"));
  std::ranges::copy(visible().subspan(offset, into.size()), into.begin());
  return {};
}

Status CrashMedia::write(std::uint64_t offset, std::span<const std::byte> from) {
  NDMEDIC_CHECK(check_within(offset, from.size(), size_, "crash media"));
  while (!from.empty()) {
    const std::uint64_t number = offset / unit_size;
    const std::uint64_t end = (number + 1) * unit_size;
    const std::size_t part = std::min<std::uint64_t>(from.size(), end - offset);
    const std::uint64_t before = load(visible_, number);
    std::ranges::copy(from.first(part), visible_.begin() + static_cast<std::ptrdiff_t>(offset));
    if (const std::uint64_t after = load(visible_, number); after != before) {
      unit_at(number).values.push_back(after);
      ++stores_;
    }
    from = from.subspan(part);
    offset += part;
  }
  return {};
}

Status CrashMedia::flush(Extent range) {
  NDMEDIC_CHECK(check_within(range.offset, range.size, size_, "crash media"));
  if (++flushes_ == flush_to_drop_ || range.size == 0) return {};
  const std::uint64_t last = (range.offset + range.size - 1) / unit_size;
  for (std::uint64_t number = range.offset / unit_size; number <= last; ++number) {
    if (slot_of_[number] == no_slot) continue;
    Unit& unit = units_[slot_of_[number]];
    unit.flushed[account()] = static_cast<std::uint32_t>(unit.values.size() - 1);
  }
  return {};
}

Status CrashMedia::fence() {
  if (++fences_ == fence_to_drop_) return {};
  if (before_fence_) before_fence_();
  // From the back: forget() moves the last unit, which was seen already.
  for (std::size_t slot = live_; slot-- > 0;) {
    const std::uint32_t count = units_[slot].flushed[account()];
    if (count > 0) settle(slot, count);
    if (units_[slot].values.size() == 1) forget(slot);
  }
  return {};
}

MediaTraits CrashMedia::traits() const {
  MediaTraits traits;
  traits.writable = true;
  return traits;
}

}  // namespace ndmedic
