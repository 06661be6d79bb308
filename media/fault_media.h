// SPDX-License-Identifier: BSD-3-Clause
// A medium with chosen faults over a sound one, for tests of what stands above.
#pragma once

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <span>
#include <vector>

#include <ndmedic/media/media.h>

namespace ndmedic {

/// Reads and writes that touch a bad or absent range fail with the first such part of it as
/// `where`, and so say run_at(). A refused write stores nothing. The base must outlive this.
/// Choose the faults before sharing the object; otherwise thread-safety as Media.
class FaultMedia final : public Media {
 public:
  explicit FaultMedia(Media& base) : base_(base) {}

  /// Errc::bad_media from now on. Ranges may overlap; the first one marked names the kind.
  void mark_bad(Extent range) { faults_.push_back({range, ExtentKind::bad}); }
  /// Errc::absent from now on.
  void mark_absent(Extent range) { faults_.push_back({range, ExtentKind::absent}); }
  /// The medium ends here, though its size says otherwise: reading on is Errc::short_read.
  void end_early(std::uint64_t offset) { end_ = offset; }
  /// The `n`-th read, write, flush or fence from now (1 is the next) fails, once: Errc::io, EIO.
  void fail_call(std::uint64_t n);
  /// That call and all behind it fail: from then on the base stays as it is.
  void stop_at_call(std::uint64_t n);

  std::uint64_t size() const override { return base_.size(); }
  Status read(std::uint64_t offset, std::span<std::byte> into) const override;
  Status write(std::uint64_t offset, std::span<const std::byte> from) override;
  Status flush(Extent range) override;
  Status fence() override;
  Result<ExtentRun> run_at(std::uint64_t offset, std::uint64_t limit) const override;
  /// Those of the base, without its window: that would pass the faults by.
  MediaTraits traits() const override;

 private:
  Status count_call(Extent range) const;
  Status check_faults(Extent range) const;

  Media& base_;
  std::vector<ExtentRun> faults_;
  std::optional<std::uint64_t> end_;
  mutable std::mutex mutex_;              // guards the count
  mutable std::uint64_t calls_left_ = 0;  // 0: none is chosen
  bool stops_ = false;                    // the chosen call is not the only one to fail
};

}  // namespace ndmedic
