// SPDX-License-Identifier: BSD-3-Clause
#include <ndmedic/media/mapped_media.h>

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <utility>

#include <ndmedic/media/bounds.h>
#include <ndmedic/media/broken_pages.h>
#include <ndmedic/media/bus_guard.h>

namespace ndmedic {
namespace {

constexpr std::size_t most_unsynced = 64;

Extent hull(Extent a, Extent b) {
  const std::uint64_t begin = std::min(a.offset, b.offset);
  return {begin, std::max(a.offset + a.size, b.offset + b.size) - begin};
}

bool touch(Extent a, Extent b) {
  return a.offset <= b.offset + b.size && b.offset <= a.offset + a.size;
}

}  // namespace

Result<std::unique_ptr<MappedMedia>> MappedMedia::of(OpenFile file, bool writable) {
  NDMEDIC_TRY(auto mapping, Mapping::map(file.descriptor.number(), file.size, writable));
  return std::unique_ptr<MappedMedia>(
      new MappedMedia(std::move(file), std::move(mapping), writable));
}

Result<std::unique_ptr<MappedMedia>> MappedMedia::open_read(const std::filesystem::path& path) {
  NDMEDIC_TRY(OpenFile file, open_for_reading(path));
  return of(std::move(file), false);
}

Result<std::unique_ptr<MappedMedia>> MappedMedia::open_write(const std::filesystem::path& path,
                                                             WriteOptions options) {
  options.direct = false;
  NDMEDIC_TRY(OpenFile file, open_for_writing(path, options));
  return of(std::move(file), true);
}

/// The part of the page of `fault` that was asked for.
Error MappedMedia::fault_error(const void* fault, Extent asked) const {
  const auto page = static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
  const auto at =
      static_cast<std::uint64_t>(static_cast<const std::byte*>(fault) - mapping_->window().data());
  const std::uint64_t begin = std::max(round_down(at, page), asked.offset);
  const std::uint64_t end = std::min(round_down(at, page) + page, asked.offset + asked.size);
  struct stat status = {};
  const bool cut = !file_.is_block_device && ::fstat(file_.descriptor.number(), &status) == 0 &&
                   static_cast<std::uint64_t>(status.st_size) <= at;
  return {cut ? Errc::short_read : Errc::bad_media, {begin, end - begin}, "mapping"};
}

/// A page that the engine found broken reads as zeros since (broken_pages.h).
Status MappedMedia::check_unbroken(Extent range) const {
  const auto bytes = mapping_->window().subspan(range.offset, range.size);
  if (!is_broken(bytes)) return {};
  return Error{Errc::bad_media, range, "mapping"};
}

MappedMedia::~MappedMedia() { forget_broken_pages(mapping_->window()); }

Status MappedMedia::read(std::uint64_t offset, std::span<std::byte> into) const {
  NDMEDIC_CHECK(check_within(offset, into.size(), size(), "mapping"));
  if (into.empty()) return {};
  const std::span<const std::byte> from = mapping_->window().subspan(offset, into.size());
  const void* fault = bus_fault(from, [=] { std::memcpy(into.data(), from.data(), from.size()); });
  if (fault != nullptr) return fault_error(fault, {offset, into.size()});
  return check_unbroken({offset, into.size()});
}

Status MappedMedia::write(std::uint64_t offset, std::span<const std::byte> from) {
  NDMEDIC_CHECK(check_within(offset, from.size(), size(), "mapping"));
  if (!writable_) return Error{Errc::read_only, {offset, from.size()}, "mapping"};
  if (from.empty()) return {};
  const std::span<std::byte> into = mapping_->window().subspan(offset, from.size());
  const void* fault = bus_fault(into, [=] { std::memcpy(into.data(), from.data(), from.size()); });
  if (fault != nullptr) return fault_error(fault, {offset, from.size()});
  return check_unbroken({offset, from.size()});
}

Status MappedMedia::flush(Extent range) {
  NDMEDIC_CHECK(check_within(range.offset, range.size, size(), "mapping"));
  if (!writable_ || range.size == 0) return {};
  if (is_persistent_memory()) {
    const std::span<const std::byte> bytes = mapping_->window().subspan(range.offset, range.size);
    const void* fault = bus_fault(bytes, [&] { mapping_->write_back(bytes); });
    if (fault != nullptr) return fault_error(fault, range);
    return {};
  }
  const std::lock_guard lock(fence_mutex_);
  if (!unsynced_.empty() && touch(unsynced_.back(), range)) {
    unsynced_.back() = hull(unsynced_.back(), range);
    return {};
  }
  if (unsynced_.size() == most_unsynced) {
    for (const Extent& other : unsynced_) range = hull(range, other);
    unsynced_.clear();
  }
  unsynced_.push_back(range);
  return {};
}

Status MappedMedia::fence() {
  // Held during the calls: who comes second must not return before what it flushed is durable.
  const std::lock_guard lock(fence_mutex_);
  for (const Extent& range : std::exchange(unsynced_, {}))
    if (failed_fence_ == 0)
      failed_fence_ = mapping_->sync(mapping_->window().subspan(range.offset, range.size));
  if (failed_fence_ != 0) return Error{Errc::io, {0, size()}, "msync", failed_fence_};
  return {};
}

MediaTraits MappedMedia::traits() const {
  MediaTraits traits;
  traits.writable = writable_;
  traits.direct = mapping_->window();
  traits.direct_durable = is_persistent_memory();
  return traits;
}

}  // namespace ndmedic
