// SPDX-License-Identifier: BSD-3-Clause
// A medium that takes writes without changing the one below: they go to a recording.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>

#include <ndmedic/media/media.h>
#include <ndmedic/media/recording.h>

namespace ndmedic {

/// Reads see what was written here, else the base, its absent and bad ranges included. Writing
/// what is absent is refused; writing what is bad is recorded with an unknown `before`. The base
/// and the recording must outlive this, and the base must not change meanwhile.
///
/// Thread-safety: as Media; all overlays of a recording share its lock.
class OverlayMedia final : public Media {
 public:
  /// The next device of `recording`.
  OverlayMedia(Recording& recording, const Media& base);

  std::uint32_t device() const { return device_; }

  std::uint64_t size() const override { return base_.size(); }
  Status read(std::uint64_t offset, std::span<std::byte> into) const override;
  /// Errors besides: io, when the temporary file of the recording fails; stored is then the part
  /// before the Error's range.
  Status write(std::uint64_t offset, std::span<const std::byte> from) override;
  Status flush(Extent range) override;
  /// Ends the group of steps.
  Status fence() override;
  Result<ExtentRun> run_at(std::uint64_t offset, std::uint64_t limit) const override;
  MediaTraits traits() const override;

 private:
  using Content = Recording::Content;
  struct Written {
    std::uint64_t size = 0;
    Content after;
  };
  using Map = std::map<std::uint64_t, Written>;

  // All of these want the lock of the recording held.
  Status read_locked(std::uint64_t offset, std::span<std::byte> into) const;
  Result<ExtentRun> run_locked(std::uint64_t offset, std::uint64_t limit) const;
  Status check_present(Extent range) const;
  Status write_part(std::uint64_t& offset, std::span<const std::byte>& from);
  void put(Extent range, Content after);
  /// The write that covers `offset`, or the first one behind it.
  Map::const_iterator written_from(std::uint64_t offset) const;

  Recording& recording_;
  const Media& base_;
  std::uint32_t device_;
  Map written_;  // by offset; ranges do not overlap
};

}  // namespace ndmedic
