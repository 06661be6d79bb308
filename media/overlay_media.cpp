// SPDX-License-Identifier: BSD-3-Clause
#include <ndmedic/media/overlay_media.h>

#include <algorithm>
#include <mutex>
#include <vector>

#include <ndmedic/media/bounds.h>

namespace ndmedic {

OverlayMedia::OverlayMedia(Recording& recording, const Media& base)
    : recording_(recording), base_(base) {
  const std::lock_guard lock(recording_.mutex_);
  device_ = recording_.add_device();
}

OverlayMedia::Map::const_iterator OverlayMedia::written_from(std::uint64_t offset) const {
  auto next = written_.upper_bound(offset);
  if (next == written_.begin()) return next;
  const auto before = std::prev(next);
  return offset - before->first < before->second.size ? before : next;
}

Status OverlayMedia::read_locked(std::uint64_t offset, std::span<std::byte> into) const {
  while (!into.empty()) {
    const auto next = written_from(offset);
    const bool here = next != written_.end() && next->first <= offset;
    std::uint64_t size = into.size();
    if (here) {
      const std::uint64_t skip = offset - next->first;
      size = std::min(size, next->second.size - skip);
      NDMEDIC_CHECK(
          Recording::load(recording_.after_, next->second.after.from(skip), into.first(size)));
    } else {
      if (next != written_.end()) size = std::min(size, next->first - offset);
      NDMEDIC_CHECK(base_.read(offset, into.first(size)));
    }
    into = into.subspan(size);
    offset += size;
  }
  return {};
}

Status OverlayMedia::read(std::uint64_t offset, std::span<std::byte> into) const {
  NDMEDIC_CHECK(check_within(offset, into.size(), size(), "overlay"));
  const std::lock_guard lock(recording_.mutex_);
  return read_locked(offset, into);
}

Result<ExtentRun> OverlayMedia::run_locked(std::uint64_t offset, std::uint64_t limit) const {
  const auto next = written_from(offset);
  if (next == written_.end() || next->first >= limit) return base_.run_at(offset, limit);
  if (next->first > offset) return base_.run_at(offset, next->first);
  const bool zero = next->second.after.kind == Content::Kind::zero;
  const std::uint64_t size = std::min(next->second.size - (offset - next->first), limit - offset);
  return ExtentRun{{offset, size}, zero ? ExtentKind::zero : ExtentKind::data};
}

Result<ExtentRun> OverlayMedia::run_at(std::uint64_t offset, std::uint64_t limit) const {
  NDMEDIC_CHECK(check_run(offset, limit, size(), "overlay"));
  const std::lock_guard lock(recording_.mutex_);
  return run_locked(offset, limit);
}

Status OverlayMedia::check_present(Extent range) const {
  const std::uint64_t end = range.offset + range.size;
  for (std::uint64_t at = range.offset; at < end;) {
    NDMEDIC_TRY(const ExtentRun run, run_locked(at, end));
    if (run.kind == ExtentKind::absent) return Error{Errc::absent, run.range, "overlay"};
    at += run.range.size;
  }
  return {};
}

void OverlayMedia::put(Extent range, Content after) {
  const std::uint64_t end = range.offset + range.size;
  for (auto it = written_from(range.offset); it != written_.end() && it->first < end;) {
    const auto [offset, old] = *it;
    it = written_.erase(it);
    if (offset < range.offset) written_[offset] = {range.offset - offset, old.after};
    if (offset + old.size > end)
      written_[end] = {offset + old.size - end, old.after.from(end - offset)};
  }
  // Stores in a row are one range, so that a long formatting does not make a long map.
  if (const auto next = written_.lower_bound(range.offset); next != written_.begin()) {
    auto& [offset, last] = *std::prev(next);
    if (offset + last.size == range.offset && last.after.kind == after.kind &&
        last.after.from(last.size).position == after.position) {
      last.size += range.size;
      return;
    }
  }
  written_[range.offset] = {range.size, after};
}

/// Records the first bytes of a store, as many as make a step, and moves on.
Status OverlayMedia::write_part(std::uint64_t& offset, std::span<const std::byte>& from) {
  const std::uint64_t most = std::min<std::uint64_t>(from.size(), Recording::largest_step);
  NDMEDIC_TRY(const ExtentRun run, run_locked(offset, offset + most));
  std::uint64_t size = run.range.size;
  Content before;
  if (run.kind == ExtentKind::bad) before.kind = Content::Kind::unknown;
  if (run.kind == ExtentKind::data) {
    std::vector<std::byte> bytes(size);
    if (const Status status = read_locked(offset, bytes); !status) {
      const Error& error = status.error();
      if (error.code != Errc::bad_media) return error;
      // A medium that learns of a bad range by reading only: up to it, or over it.
      const std::uint64_t sound = error.where.offset > offset ? error.where.offset - offset : 0;
      if (sound >= size) return error;
      size = sound > 0 ? sound : std::clamp<std::uint64_t>(error.where.size, 1, size);
      if (sound == 0) before.kind = Content::Kind::unknown;
      if (sound > 0) NDMEDIC_CHECK(read_locked(offset, std::span(bytes).first(size)));
    }
    if (before.kind != Content::Kind::unknown) {
      NDMEDIC_TRY(before, Recording::keep(recording_.before_, std::span(bytes).first(size)));
    }
  }
  NDMEDIC_TRY(const Content after, Recording::keep(recording_.after_, from.first(size)));
  recording_.add_store(device_, {offset, size}, before, after);
  put({offset, size}, after);
  from = from.subspan(size);
  offset += size;
  return {};
}

Status OverlayMedia::write(std::uint64_t offset, std::span<const std::byte> from) {
  NDMEDIC_CHECK(check_within(offset, from.size(), size(), "overlay"));
  const std::lock_guard lock(recording_.mutex_);
  NDMEDIC_CHECK(check_present({offset, from.size()}));
  while (!from.empty())
    if (const Status status = write_part(offset, from); !status) {
      Error error = status.error();
      error.where = {offset, from.size()};
      return error;
    }
  return {};
}

Status OverlayMedia::flush(Extent range) {
  return check_within(range.offset, range.size, size(), "overlay");
}

Status OverlayMedia::fence() {
  const std::lock_guard lock(recording_.mutex_);
  recording_.add_fence();
  return {};
}

MediaTraits OverlayMedia::traits() const {
  MediaTraits traits = base_.traits();
  traits.alignment = 1;
  traits.writable = true;
  traits.direct = {};
  return traits;
}

}  // namespace ndmedic
