// SPDX-License-Identifier: BSD-3-Clause
// A label area whose stores are named by their places, for plans.
#pragma once

#include <string>

#include <ndmedic/labels/label_area.h>
#include <ndmedic/media/media.h>
#include <ndmedic/media/plan.h>

namespace ndmedic::cli {

/// As `area`, which must outlive it; `read` tells the layout. Not thread-safe.
class TaggedArea final : public Media {
 public:
  TaggedArea(Media& area, const LabelArea& read, Plan& plan)
      : area_(area), layout_(read.layout), plan_(plan) {}

  std::uint64_t size() const override { return area_.size(); }
  Status read(std::uint64_t offset, std::span<std::byte> into) const override {
    return area_.read(offset, into);
  }
  Status write(std::uint64_t offset, std::span<const std::byte> from) override {
    plan_.tag(place_of(offset));
    return area_.write(offset, from);
  }
  Status flush(Extent range) override { return area_.flush(range); }
  Status fence() override { return area_.fence(); }
  Result<ExtentRun> run_at(std::uint64_t offset, std::uint64_t limit) const override {
    return area_.run_at(offset, limit);
  }
  MediaTraits traits() const override { return area_.traits(); }

 private:
  std::string place_of(std::uint64_t offset) const;

  Media& area_;
  LabelLayout layout_;
  Plan& plan_;
};

}  // namespace ndmedic::cli
