// SPDX-License-Identifier: BSD-3-Clause
// Any range over a descriptor opened with O_DIRECT, which takes whole aligned blocks only.
#pragma once

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <span>

#include <ndmedic/format/result.h>

namespace ndmedic {

/// Goes through an aligned buffer of up to 1 MiB; a write that does not fill its first or last
/// block reads it first. Thread-safety: reads at once; writes on ranges that do not overlap.
class DirectIo {
 public:
  /// `alignment`: bytes, a power of two up to 1 MiB. `file_size` must be a multiple of it for
  /// write().
  DirectIo(int fd, std::uint32_t alignment, std::uint64_t file_size)
      : fd_(fd), alignment_(alignment), file_size_(file_size) {}

  std::uint32_t alignment() const { return alignment_; }

  /// The range lies within the file. Errors: as read_at_least() and write_fully().
  Status read(std::uint64_t offset, std::span<std::byte> into) const;
  Status write(std::uint64_t offset, std::span<const std::byte> from);

 private:
  struct Window;
  Window window_at(std::uint64_t offset, std::uint64_t size) const;
  Status write_window(const Window& window, std::span<std::byte> buffer,
                      std::span<const std::byte> from);

  int fd_;
  std::uint32_t alignment_;
  std::uint64_t file_size_;
  std::mutex edges_;  // two ranges may share a block: one reads and writes it at a time
};

}  // namespace ndmedic
