// SPDX-License-Identifier: BSD-3-Clause
// Bytes that are only looked at.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>

#include <ndmedic/media/bounds.h>
#include <ndmedic/media/media.h>

namespace ndmedic::laboratory {

/// The bytes must outlive this.
class Picture final : public Media {
 public:
  explicit Picture(std::span<const std::byte> bytes) : bytes_(bytes) {}
  std::uint64_t size() const override { return bytes_.size(); }
  Status read(std::uint64_t offset, std::span<std::byte> into) const override {
    NDMEDIC_CHECK(check_within(offset, into.size(), size(), "picture"));
    std::ranges::copy(bytes_.subspan(offset, into.size()), into.begin());
    return {};
  }
  Status write(std::uint64_t, std::span<const std::byte>) override { return refused(); }
  Status flush(Extent) override { return refused(); }
  Status fence() override { return refused(); }
  MediaTraits traits() const override { return {}; }

 private:
  static Status refused() { return Error{Errc::read_only, {}, "picture"}; }
  std::span<const std::byte> bytes_;
};

}  // namespace ndmedic::laboratory
