// SPDX-License-Identifier: BSD-3-Clause
#include <ndmedic/media/direct_io.h>

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <optional>

#include <ndmedic/format/checked.h>
#include <ndmedic/media/positioned_io.h>

namespace ndmedic {
namespace {

constexpr std::uint64_t largest_window = std::uint64_t{1} << 20;

struct Free {
  void operator()(std::byte* bytes) const { std::free(bytes); }
};
using AlignedBytes = std::unique_ptr<std::byte, Free>;

AlignedBytes aligned_bytes(std::uint64_t size) {
  constexpr std::uint64_t page = 4096;
  const std::uint64_t rounded = (size + page - 1) / page * page;
  return AlignedBytes(static_cast<std::byte*>(std::aligned_alloc(page, rounded)));
}

}  // namespace

/// Whole blocks around the first bytes of a range.
struct DirectIo::Window {
  std::uint64_t offset = 0;  // aligned
  std::uint64_t size = 0;    // aligned
  std::uint64_t lead = 0;    // bytes before the range
  std::uint64_t take = 0;    // bytes of the range
};

DirectIo::Window DirectIo::window_at(std::uint64_t offset, std::uint64_t size) const {
  Window window;
  window.offset = round_down(offset, alignment_);
  window.lead = offset - window.offset;
  window.take = std::min(size, largest_window - window.lead);
  const std::uint64_t used = window.lead + window.take;
  window.size = (used + alignment_ - 1) / alignment_ * alignment_;
  return window;
}

Status DirectIo::read(std::uint64_t offset, std::span<std::byte> into) const {
  if (into.empty()) return {};
  const AlignedBytes buffer = aligned_bytes(window_at(offset, into.size()).size);
  if (!buffer) return Error{Errc::too_large, {offset, into.size()}, "direct I/O"};
  while (!into.empty()) {
    const Window window = window_at(offset, into.size());
    const std::span bytes(buffer.get(), window.size);
    // Past the end of the file the last block may come short.
    NDMEDIC_CHECK(read_at_least(fd_, window.offset, bytes, window.lead + window.take, alignment_));
    std::ranges::copy(bytes.subspan(window.lead, window.take), into.begin());
    into = into.subspan(window.take);
    offset += window.take;
  }
  return {};
}

Status DirectIo::write_window(const Window& window, std::span<std::byte> buffer,
                              std::span<const std::byte> from) {
  const std::uint64_t used = window.lead + window.take;
  std::optional<std::lock_guard<std::mutex>> lock;
  if (used != window.size || window.lead != 0) {
    lock.emplace(edges_);
    const auto fill = [&](std::uint64_t at) {
      return read_at_least(fd_, window.offset + at, buffer.subspan(at, alignment_), alignment_,
                           alignment_);
    };
    if (window.lead != 0) NDMEDIC_CHECK(fill(0));
    if (used != window.size) NDMEDIC_CHECK(fill(window.size - alignment_));
  }
  std::ranges::copy(from.first(window.take), buffer.subspan(window.lead).begin());
  return write_fully(fd_, window.offset, buffer);
}

Status DirectIo::write(std::uint64_t offset, std::span<const std::byte> from) {
  if (from.empty()) return {};
  if (file_size_ % alignment_ != 0)
    return Error{Errc::not_supported, {offset, from.size()}, "direct I/O on an unaligned size"};
  const AlignedBytes buffer = aligned_bytes(window_at(offset, from.size()).size);
  if (!buffer) return Error{Errc::too_large, {offset, from.size()}, "direct I/O"};
  while (!from.empty()) {
    const Window window = window_at(offset, from.size());
    NDMEDIC_CHECK(write_window(window, {buffer.get(), window.size}, from));
    from = from.subspan(window.take);
    offset += window.take;
  }
  return {};
}

}  // namespace ndmedic
