// SPDX-License-Identifier: BSD-3-Clause
#include <ndmedic/media/positioned_io.h>

#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include <ndmedic/format/checked.h>
#include <ndmedic/media/file_descriptor.h>

namespace ndmedic {
namespace {

constexpr std::size_t largest_call = std::size_t{1} << 30;

/// What one pread gave: bytes, or an errno.
struct Outcome {
  std::size_t size = 0;
  int os_error = 0;
};

Outcome read_once(int fd, std::uint64_t offset, std::span<std::byte> into) {
  for (;;) {
    const ssize_t size =
        ::pread(fd, into.data(), std::min(into.size(), largest_call), static_cast<off_t>(offset));
    if (size >= 0) return {static_cast<std::size_t>(size), 0};
    if (errno != EINTR) return {0, errno};
  }
}

bool fails(int fd, std::uint64_t offset, std::span<std::byte> into) {
  while (!into.empty()) {
    const Outcome outcome = read_once(fd, offset, into);
    if (outcome.os_error != 0) return true;
    if (outcome.size == 0) return false;
    into = into.subspan(outcome.size);
    offset += outcome.size;
  }
  return false;
}

/// The first block that fails in a window of which a part is known to fail.
Extent narrowed(int fd, std::uint64_t offset, std::span<std::byte> window, std::uint32_t granule) {
  while (offset / granule != (offset + window.size() - 1) / granule) {
    std::uint64_t middle = round_down(offset + window.size() / 2, granule);
    if (middle <= offset) middle = round_down(offset, granule) + granule;
    const std::size_t low = middle - offset;
    if (fails(fd, offset, window.first(low))) {
      window = window.first(low);
    } else {
      window = window.subspan(low);
      offset = middle;
    }
  }
  return {offset, window.size()};
}

}  // namespace

Status read_at_least(int fd, std::uint64_t offset, std::span<std::byte> into, std::size_t needed,
                     std::uint32_t granule) {
  for (std::size_t done = 0; done < needed;) {
    const std::uint64_t at = offset + done;
    const auto rest = into.subspan(done);
    const Outcome outcome = read_once(fd, at, rest);
    if (outcome.os_error != 0) {
      Extent where{at, rest.size()};
      if (errc_of(outcome.os_error) == Errc::bad_media) {
        const auto window = rest.first(std::min(rest.size(), largest_call));
        where = narrowed(fd, at, window, granule);
      }
      return system_error(outcome.os_error, where, "file");
    }
    if (outcome.size == 0) return Error{Errc::short_read, {at, needed - done}, "file"};
    done += outcome.size;
  }
  return {};
}

Status write_fully(int fd, std::uint64_t offset, std::span<const std::byte> from) {
  while (!from.empty()) {
    const ssize_t size =
        ::pwrite(fd, from.data(), std::min(from.size(), largest_call), static_cast<off_t>(offset));
    if (size < 0) {
      if (errno == EINTR) continue;
      return system_error(errno, {offset, from.size()}, "file");
    }
    from = from.subspan(static_cast<std::size_t>(size));
    offset += static_cast<std::uint64_t>(size);
  }
  return {};
}

}  // namespace ndmedic
