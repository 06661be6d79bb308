// SPDX-License-Identifier: BSD-3-Clause
#include <ndmedic/media/memory_media.h>

#include <algorithm>
#include <mutex>
#include <utility>

#include <ndmedic/media/bounds.h>

namespace ndmedic {

MemoryMedia::MemoryMedia(std::uint64_t size) : bytes_(size), window_(bytes_) {}

MemoryMedia::MemoryMedia(std::vector<std::byte> bytes)
    : bytes_(std::move(bytes)), window_(bytes_) {}

Status MemoryMedia::read(std::uint64_t offset, std::span<std::byte> into) const {
  NDMEDIC_CHECK(check_within(offset, into.size(), size(), "memory"));
  std::ranges::copy(window_.subspan(offset, into.size()), into.begin());
  return {};
}

Status MemoryMedia::write(std::uint64_t offset, std::span<const std::byte> from) {
  NDMEDIC_CHECK(check_within(offset, from.size(), size(), "memory"));
  std::ranges::copy(from, window_.subspan(offset).begin());
  return {};
}

Status MemoryMedia::flush(Extent range) {
  return check_within(range.offset, range.size, size(), "memory");
}

MediaTraits MemoryMedia::traits() const {
  MediaTraits traits;
  traits.writable = true;
  traits.direct = window_;
  traits.direct_durable = true;
  return traits;
}

std::size_t SparseMedia::page_count() const {
  const std::shared_lock lock(mutex_);
  return pages_.size();
}

Status SparseMedia::read(std::uint64_t offset, std::span<std::byte> into) const {
  NDMEDIC_CHECK(check_within(offset, into.size(), size_, "sparse memory"));
  const std::shared_lock lock(mutex_);
  while (!into.empty()) {
    const std::uint64_t within = offset % page_size;
    const std::uint64_t size = std::min<std::uint64_t>(into.size(), page_size - within);
    if (const auto page = pages_.find(offset / page_size); page != pages_.end())
      std::copy_n(page->second.get() + within, size, into.begin());
    else
      std::ranges::fill(into.first(size), std::byte{0});
    into = into.subspan(size);
    offset += size;
  }
  return {};
}

std::byte* SparseMedia::page_for_write(std::uint64_t number, std::span<const std::byte> from) {
  {
    const std::shared_lock lock(mutex_);
    if (const auto page = pages_.find(number); page != pages_.end()) return page->second.get();
  }
  if (std::ranges::all_of(from, [](std::byte b) { return b == std::byte{0}; })) return nullptr;
  const std::unique_lock lock(mutex_);
  auto& page = pages_[number];
  if (!page) page = std::make_unique<std::byte[]>(page_size);
  return page.get();
}

Status SparseMedia::write(std::uint64_t offset, std::span<const std::byte> from) {
  NDMEDIC_CHECK(check_within(offset, from.size(), size_, "sparse memory"));
  while (!from.empty()) {
    const std::uint64_t within = offset % page_size;
    const auto part = from.first(std::min<std::uint64_t>(from.size(), page_size - within));
    if (std::byte* page = page_for_write(offset / page_size, part))
      std::ranges::copy(part, page + within);
    from = from.subspan(part.size());
    offset += part.size();
  }
  return {};
}

Status SparseMedia::flush(Extent range) {
  return check_within(range.offset, range.size, size_, "sparse memory");
}

Result<ExtentRun> SparseMedia::run_at(std::uint64_t offset, std::uint64_t limit) const {
  NDMEDIC_CHECK(check_run(offset, limit, size_, "sparse memory"));
  const std::uint64_t last = (limit - 1) / page_size;
  const std::shared_lock lock(mutex_);
  auto page = pages_.lower_bound(offset / page_size);
  const bool hole = page == pages_.end() || page->first != offset / page_size;
  std::uint64_t next = offset / page_size + 1;  // the first page not known to be of this kind
  if (hole) {
    next = page == pages_.end() ? last + 1 : page->first;
  } else {
    while (++page != pages_.end() && page->first == next && next <= last) ++next;
  }
  // Not next * page_size: the end of the last page may be 2^64.
  const std::uint64_t end = next > last ? limit : next * page_size;
  return ExtentRun{{offset, end - offset}, hole ? ExtentKind::zero : ExtentKind::data};
}

MediaTraits SparseMedia::traits() const {
  MediaTraits traits;
  traits.writable = true;
  return traits;
}

}  // namespace ndmedic
