// SPDX-License-Identifier: BSD-3-Clause
// Pages that were patched are kept whole; all others are the base's.
#include "agreement/patched_media.h"

#include <algorithm>

#include <ndmedic/media/bounds.h>

namespace agreement {

using namespace ndmedic;

void PatchedMedia::patch(std::uint64_t offset, std::span<const std::byte> bytes) {
  const std::uint64_t end = base_.size();
  while (!bytes.empty() && offset < end) {
    const std::uint64_t number = offset / page_size;
    const std::uint64_t start = number * page_size;
    std::vector<std::byte>& page = pages_[number];
    if (page.empty()) {
      page.resize(std::min(page_size, end - start));
      if (!base_.read(start, page)) std::ranges::fill(page, std::byte{0});
    }
    const std::uint64_t at = offset - start;
    const std::uint64_t count = std::min<std::uint64_t>(bytes.size(), page.size() - at);
    std::ranges::copy(bytes.first(count), page.begin() + static_cast<std::ptrdiff_t>(at));
    bytes = bytes.subspan(count);
    offset += count;
    if (count == 0) return;
  }
}

std::uint64_t PatchedMedia::size() const { return std::min(cut_, base_.size()); }

Status PatchedMedia::read(std::uint64_t offset, std::span<std::byte> into) const {
  if (effort_ != nullptr) {
    ++effort_->calls;
    effort_->bytes += into.size();
    effort_->largest_read = std::max<std::uint64_t>(effort_->largest_read, into.size());
  }
  NDMEDIC_CHECK(check_within(offset, into.size(), size(), "patched media"));
  NDMEDIC_CHECK(base_.read(offset, into));
  const std::uint64_t end = offset + into.size();
  for (auto at = pages_.lower_bound(offset / page_size);
       at != pages_.end() && at->first * page_size < end; ++at) {
    const std::uint64_t start = at->first * page_size;
    const std::uint64_t first = std::max(start, offset);
    const std::uint64_t last = std::min(start + at->second.size(), end);
    std::copy(at->second.begin() + static_cast<std::ptrdiff_t>(first - start),
              at->second.begin() + static_cast<std::ptrdiff_t>(last - start),
              into.begin() + static_cast<std::ptrdiff_t>(first - offset));
  }
  return {};
}

Status PatchedMedia::write(std::uint64_t offset, std::span<const std::byte> from) {
  return Error{Errc::read_only, {offset, from.size()}, "patched media"};
}

Result<ExtentRun> PatchedMedia::run_at(std::uint64_t offset, std::uint64_t limit) const {
  if (effort_ != nullptr) ++effort_->calls;
  NDMEDIC_CHECK(check_run(offset, limit, size(), "patched media"));
  const auto next = pages_.lower_bound(offset / page_size);
  if (next != pages_.end()) {
    const std::uint64_t start = next->first * page_size;
    if (start <= offset)
      return ExtentRun{{offset, std::min(limit, start + page_size) - offset}, ExtentKind::data};
    limit = std::min(limit, start);
  }
  return base_.run_at(offset, limit);
}

}  // namespace agreement
