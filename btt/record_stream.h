// SPDX-License-Identifier: BSD-3-Clause
// Streams an array of small records (flog groups, map words) through windows of at most 1 MiB:
// holes cost nothing, and what cannot be read is told, not taken for zeros.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>

#include <ndmedic/media/media.h>

namespace ndmedic {

/// Bytes of one window.
inline constexpr std::uint64_t stream_window = std::uint64_t{1} << 20;

/// Called from time to time with records done and records in all; false cancels the pass.
using Progress = std::function<bool(std::uint64_t done, std::uint64_t total)>;

struct RecordArray {
  std::uint64_t offset = 0;  ///< of record 0, in bytes of the media; may lie beyond its end
  std::uint32_t size = 1;    ///< bytes of a record, a power of two of at most 4096
  std::uint64_t count = 0;
};

/// Receives records in ascending order, each exactly once.
class RecordVisitor {
 public:
  virtual ~RecordVisitor() = default;
  /// `bytes` is a whole number of records from record `first` on.
  virtual Status data(std::uint64_t first, std::span<const std::byte> bytes) = 0;
  virtual Status zero(std::uint64_t first, std::uint64_t count) = 0;
  /// `kind` is absent (also: beyond the media's end) or bad.
  virtual Status unread(std::uint64_t first, std::uint64_t count, ExtentKind kind) = 0;
};

/// One pass. Gives false when `progress` cancelled it. Errors: those of Media but absent and
/// bad_media, and those of the visitor.
Result<bool> stream_records(const Media& media, const RecordArray& records, RecordVisitor& visitor,
                            const Progress& progress = {});

}  // namespace ndmedic
