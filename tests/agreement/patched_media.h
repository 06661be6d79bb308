// SPDX-License-Identifier: BSD-3-Clause
// A medium with a few bytes replaced, that counts what it is asked: mutations of large images cost
// no copy, and the work of a reader is a number.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <vector>

#include <ndmedic/media/media.h>

namespace agreement {

/// Calls and bytes asked of one or several media.
struct Effort {
  std::uint64_t calls = 0;
  std::uint64_t bytes = 0;
  std::uint64_t largest_read = 0;
};

/// Reads as `base`, which must outlive this, but for what was replaced. Not thread-safe.
class PatchedMedia final : public ndmedic::Media {
 public:
  explicit PatchedMedia(const ndmedic::Media& base, Effort* effort = nullptr)
      : base_(base), effort_(effort) {}

  /// Bytes from `offset` on; those beyond the end are dropped.
  void patch(std::uint64_t offset, std::span<const std::byte> bytes);
  /// The medium ends here.
  void cut(std::uint64_t size) { cut_ = size; }

  std::uint64_t size() const override;
  ndmedic::Status read(std::uint64_t offset, std::span<std::byte> into) const override;
  ndmedic::Status write(std::uint64_t offset, std::span<const std::byte> from) override;
  ndmedic::Status flush(ndmedic::Extent) override { return {}; }
  ndmedic::Status fence() override { return {}; }
  ndmedic::Result<ndmedic::ExtentRun> run_at(std::uint64_t offset,
                                             std::uint64_t limit) const override;
  ndmedic::MediaTraits traits() const override { return {}; }

 private:
  static constexpr std::uint64_t page_size = 4096;

  const ndmedic::Media& base_;
  Effort* effort_;
  std::uint64_t cut_ = UINT64_MAX;
  std::map<std::uint64_t, std::vector<std::byte>> pages_;  // whole pages, but at the end
};

}  // namespace agreement
