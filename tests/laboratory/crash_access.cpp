// SPDX-License-Identifier: BSD-3-Clause
#include "crash_access.h"

#include <algorithm>
#include <utility>

#include <boost/endian/conversion.hpp>

namespace ndmedic::laboratory {

bool CrashAccess::note(AccessContext& context, const Status& status) {
  if (!status) context.error = status.error();
  return status.has_value();
}

/// Every call is a point where another thread may go on.
void CrashAccess::step() {
  scheduler_.point();
  media_.run_as(scheduler_.current());
}

bool CrashAccess::load_data(AccessContext& context, std::uint64_t offset,
                            std::span<std::byte> into) {
  // Unit by unit: a reader may be overtaken within a sector.
  while (!into.empty()) {
    step();
    const std::size_t part = std::min<std::size_t>(into.size(), 8 - offset % 8);
    if (!note(context, media_.read(offset, into.first(part)))) return false;
    into = into.subspan(part);
    offset += part;
  }
  return true;
}

bool CrashAccess::is_stale(const Look& look, std::uint64_t offset, std::size_t count) const {
  const auto who = reading_[scheduler_.current()] ? Faults::StaleLooks::of_readers
                                                  : Faults::StaleLooks::of_writers;
  return faults_.stale_looks == who && look.offset == offset && look.words.size() == count;
}

bool CrashAccess::load_words(AccessContext& context, std::uint64_t offset,
                             std::span<std::uint32_t> words) {
  step();
  Look& look = looks_[scheduler_.current()];
  if (is_stale(look, offset, words.size())) {
    std::ranges::copy(std::exchange(look.words, {}), words.begin());
    return true;
  }
  for (std::size_t i = 0; i < words.size(); ++i) {
    Le32 stored;
    if (!note(context, media_.read(offset + 4 * i, std::as_writable_bytes(std::span(&stored, 1)))))
      return false;
    words[i] = stored.value();
  }
  look = {offset, {words.begin(), words.end()}};
  scheduler_.point();  // what was read may be out of date before it is used
  return true;
}

bool CrashAccess::store(AccessContext& context, Site site, std::uint64_t offset,
                        std::span<const std::byte> bytes) {
  if (!is_late(site)) return note(context, media_.write(offset, bytes)) && follow(context, site);
  late_[scheduler_.current()].push_back({offset, {bytes.begin(), bytes.end()}, {}});
  return true;
}

/// What waited for a store of this site.
bool CrashAccess::follow(AccessContext& context, Site site) {
  if (!faults_.swap || faults_.swap->early != site) return true;
  for (const Late& late : std::exchange(late_[scheduler_.current()], {})) {
    const Status status =
        late.bytes.empty() ? media_.flush(late.range) : media_.write(late.offset, late.bytes);
    if (!note(context, status)) return false;
  }
  return true;
}

bool CrashAccess::store_data(AccessContext& context, Site site, std::uint64_t offset,
                             std::span<const std::byte> from) {
  step();
  // A store of several sectors is one of each to the watch.
  for (std::size_t at = 0; at < from.size(); at += block_size_)
    watch_.data(scheduler_.current(), offset + at,
                from.subspan(at, std::min(block_size_, from.size() - at)), media_.visible());
  return store(context, site, offset, from);
}

bool CrashAccess::store_halves(AccessContext& context, Site site, std::uint64_t group,
                               std::span<const FlogHalf> halves) {
  for (const FlogHalf& half : halves) {
    if (!store_half(context, site, group, half)) return false;
    group += sizeof(FlogImage);
  }
  return true;
}

bool CrashAccess::store_half(AccessContext& context, Site site, std::uint64_t group,
                             const FlogHalf& half) {
  step();
  const std::uint64_t& unit = half.image->units[half.unit];
  const std::uint64_t offset = half.range(group).offset;
  const std::uint64_t stored = boost::endian::little_to_native(unit);
  site == Site::second_half ? watch_.second_half(offset, stored)
                            : watch_.first_half(offset, stored);
  if (!store(context, site, offset, std::as_bytes(std::span(&unit, 1)))) return false;
  return faults_.swap || is_image_of(group, *half.image);
}

/// Accesses that store whole lines rely on it.
bool CrashAccess::is_image_of(std::uint64_t group, const FlogImage& image) const {
  const std::span<const std::byte> whole = std::as_bytes(std::span(image.units));
  return std::ranges::equal(whole, media_.visible().subspan(group, whole.size()));
}

bool CrashAccess::store_words(AccessContext& context, Site site, std::uint64_t offset,
                              std::span<const std::uint32_t> words) {
  for (const std::uint32_t word : words) {
    step();
    if (site == Site::map) watch_.map_word(scheduler_.current(), offset, word);
    const Le32 stored(word);
    if (!store(context, site, offset, std::as_bytes(std::span(&stored, 1)))) return false;
    offset += sizeof stored;
  }
  return true;
}

bool CrashAccess::write_back(AccessContext& context, Site site, Extent range) {
  step();
  if (site == Site::map) watch_.map_written_back(scheduler_.current(), range);
  ++use_.write_backs[static_cast<std::size_t>(site)];
  if (faults_.write_back[static_cast<std::size_t>(site)]) return true;
  if (is_late(site)) {
    late_[scheduler_.current()].push_back({0, {}, range});
    return true;
  }
  return note(context, media_.flush(range));
}

bool CrashAccess::fence(AccessContext& context, Site site) {
  step();
  ++use_.fences[static_cast<std::size_t>(site)];
  const bool fenced =
      faults_.fence[static_cast<std::size_t>(site)] || note(context, media_.fence());
  watch_.fenced(scheduler_.current(), site);
  return fenced;
}

void CrashAccess::lock(MapLock& lock) {
  step();
  if (faults_.no_locks) return;
  while (lock.state.load(std::memory_order_relaxed) != 0) scheduler_.wait();
  lock.state.store(1, std::memory_order_relaxed);
}

void CrashAccess::unlock(MapLock& lock) {
  step();
  lock.state.store(0, std::memory_order_relaxed);
}

}  // namespace ndmedic::laboratory
