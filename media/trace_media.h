// SPDX-License-Identifier: BSD-3-Clause
// A medium that remembers what it was asked, for tests of bounded work and of store order.
#pragma once

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <span>
#include <vector>

#include <ndmedic/media/media.h>

namespace ndmedic {

/// One call; of a fence the range is {0, 0}, of run_at {offset, limit - offset}.
struct MediaCall {
  enum class Kind : std::uint8_t { read, write, flush, fence, run_at };
  Kind kind = Kind::read;
  Extent range{};
  friend bool operator==(const MediaCall&, const MediaCall&) = default;
};

/// Passes every call on and keeps it, failed ones too. The base must outlive this. Thread-safety:
/// as Media; the order of calls made at once is any.
class TraceMedia final : public Media {
 public:
  explicit TraceMedia(Media& base) : base_(base) {}

  std::vector<MediaCall> calls() const;
  std::uint64_t count(MediaCall::Kind kind) const;
  /// Bytes asked for by all calls of a kind.
  std::uint64_t bytes(MediaCall::Kind kind) const;
  void forget();

  std::uint64_t size() const override { return base_.size(); }
  Status read(std::uint64_t offset, std::span<std::byte> into) const override;
  Status write(std::uint64_t offset, std::span<const std::byte> from) override;
  Status flush(Extent range) override;
  Status fence() override;
  Result<ExtentRun> run_at(std::uint64_t offset, std::uint64_t limit) const override;
  /// Those of the base, without its window: that would not be seen.
  MediaTraits traits() const override;

 private:
  void remember(MediaCall::Kind kind, Extent range) const;

  Media& base_;
  mutable std::mutex mutex_;
  mutable std::vector<MediaCall> calls_;
};

}  // namespace ndmedic
