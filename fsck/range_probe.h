// SPDX-License-Identifier: BSD-3-Clause
// A medium that can be asked where reads land: views resolve into it what they are made of.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include <ndmedic/media/media.h>

namespace ndmedic {

/// Passes everything on, but while it notes: then reads only leave their ranges. Thread-safety: as
/// Media, but not while it notes.
class RangeProbe final : public Media {
 public:
  explicit RangeProbe(std::unique_ptr<Media> base) : base_(std::move(base)) {}

  void note(bool on) { noting_ = on; }
  const std::vector<Extent>& noted() const { return noted_; }
  const Media& base() const { return *base_; }

  std::uint64_t size() const override { return base_->size(); }
  Status read(std::uint64_t offset, std::span<std::byte> into) const override {
    if (!noting_) return base_->read(offset, into);
    noted_.push_back({offset, into.size()});
    return {};
  }
  Status write(std::uint64_t offset, std::span<const std::byte> from) override {
    return base_->write(offset, from);
  }
  Status flush(Extent range) override { return base_->flush(range); }
  Status fence() override { return base_->fence(); }
  Result<ExtentRun> run_at(std::uint64_t offset, std::uint64_t limit) const override {
    return base_->run_at(offset, limit);
  }
  MediaTraits traits() const override { return base_->traits(); }

 private:
  std::unique_ptr<Media> base_;
  bool noting_ = false;
  mutable std::vector<Extent> noted_;
};

}  // namespace ndmedic
