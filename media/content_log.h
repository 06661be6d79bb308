// SPDX-License-Identifier: BSD-3-Clause
// Bytes appended and read again, the first of them in memory, the rest in an unnamed file.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <ndmedic/media/file_descriptor.h>

namespace ndmedic {

/// Not thread-safe.
class ContentLog {
 public:
  /// `memory_limit`: bytes held before a temporary file in $TMPDIR (or /tmp) takes over.
  explicit ContentLog(std::uint64_t memory_limit) : memory_limit_(memory_limit) {}

  /// The position the bytes were put at: the size before. Errors: io, permission, not_found (no
  /// place for the file); the log is then as before.
  Result<std::uint64_t> append(std::span<const std::byte> bytes);

  /// Any range within size(). Errors: io.
  Status read(std::uint64_t position, std::span<std::byte> into) const;

  std::uint64_t size() const { return memory_.size() + spilled_; }
  /// Bytes in the file.
  std::uint64_t spilled() const { return spilled_; }

 private:
  std::uint64_t memory_limit_;
  std::vector<std::byte> memory_;  // grows no more once the file is open
  FileDescriptor file_;
  std::uint64_t spilled_ = 0;
};

}  // namespace ndmedic
