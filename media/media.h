// SPDX-License-Identifier: BSD-3-Clause
// Media: where bytes live. Everything but the BTT engine's inner loop reads and writes through
// this class. Reading what is absent or bad is an Error, never zeros (design: "Media").
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include <ndmedic/format/result.h>

namespace ndmedic {

enum class ExtentKind : std::uint8_t {
  data,    // bytes that were written
  zero,    // known to read as zeros without reading: a hole
  absent,  // not in this image: cut tail, missing DIMM, left out of a dump
  bad,     // reading fails: poison, EIO
};

struct ExtentRun {
  Extent range{};
  ExtentKind kind = ExtentKind::data;
  friend bool operator==(const ExtentRun&, const ExtentRun&) = default;
};

struct MediaTraits {
  std::uint32_t alignment = 1;  ///< bytes; smaller or unaligned writes are read-modify-write inside
  std::uint64_t largest_transfer = std::uint64_t{1} << 20;  ///< bytes a call takes at its best
  bool writable = false;
  std::span<std::byte> direct{};  ///< the mapped window of the whole media, or empty
  /// Stores to `direct` become durable by the processor's own write-back and fences.
  bool direct_durable = false;
};

/// An array of bytes that survives power loss under the model "words" (btt.md 4.1, PM-2): aligned
/// 8-byte units are atomic, in any order until a fence. A store is visible at once; it is durable
/// for certain only after a flush that covers it and a fence after that flush.
///
/// Thread-safety: read, run_at, size and traits may be called by several threads at once; write,
/// flush and fence by several threads on ranges that do not overlap.
class Media {
 public:
  virtual ~Media() = default;

  /// Bytes. Constant for the life of the object.
  virtual std::uint64_t size() const = 0;

  /// Fills `into` from `offset`. Errors: out_of_range, absent, bad_media, short_read, io; `where`
  /// is the smallest range known to fail. `into` is then unspecified.
  virtual Status read(std::uint64_t offset, std::span<std::byte> into) const = 0;

  /// Stores `from` at `offset`. Errors: as read, and read_only.
  virtual Status write(std::uint64_t offset, std::span<const std::byte> from) = 0;

  /// Starts making the range durable; done at the next fence.
  virtual Status flush(Extent range) = 0;

  /// Returns when everything flushed before is durable.
  virtual Status fence() = 0;

  /// The run of one kind that starts at `offset` < size() and ends at most at `limit` <= size().
  /// Never empty. A medium that cannot tell answers {data}.
  virtual Result<ExtentRun> run_at(std::uint64_t offset, std::uint64_t limit) const;

  virtual MediaTraits traits() const = 0;

  Media() = default;
  Media(const Media&) = delete;
  Media& operator=(const Media&) = delete;
};

/// The runs that make up `range`, neighbours of one kind merged; at most `most` of them (then the
/// last error is too_large). For ranges of unknown fragmentation use for_each_run().
Result<std::vector<ExtentRun>> extents(const Media& media, Extent range, std::size_t most = 65536);

/// Visits the runs of `range` in order until `visit` returns false. Constant memory.
Status for_each_run(const Media& media, Extent range,
                    const std::function<bool(const ExtentRun&)>& visit);

/// True when the range is known or read to be all zero. Reads data runs in windows of 1 MiB.
Result<bool> is_zero(const Media& media, Extent range);

/// A structure decoded from the media at `offset`.
template <class T>
Result<T> read_structure(const Media& media, std::uint64_t offset) {
  T structure;
  NDMEDIC_CHECK(media.read(offset, std::as_writable_bytes(std::span<T, 1>(&structure, 1))));
  return structure;
}

}  // namespace ndmedic
