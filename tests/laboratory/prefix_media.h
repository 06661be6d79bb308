// SPDX-License-Identifier: BSD-3-Clause
// A label area behind firmware (labels.md 6): each write is carried out in transfers, in order and
// durably, and a power loss leaves any first part of the one in flight. Fences change nothing.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include <ndmedic/media/bounds.h>
#include <ndmedic/media/media.h>

namespace ndmedic::laboratory {

class PrefixMedia final : public Media {
 public:
  explicit PrefixMedia(std::span<const std::byte> bytes) : bytes_(bytes.begin(), bytes.end()) {}

  /// Called whenever a byte has changed: wherever a transfer may end, power may be lost.
  void after_byte(std::function<void()> hook) { after_byte_ = std::move(hook); }
  std::span<const std::byte> bytes() const { return bytes_; }

  std::uint64_t size() const override { return bytes_.size(); }
  Status read(std::uint64_t offset, std::span<std::byte> into) const override {
    NDMEDIC_CHECK(check_within(offset, into.size(), size(), "prefix media"));
    std::ranges::copy(bytes().subspan(offset, into.size()), into.begin());
    return {};
  }
  Status write(std::uint64_t offset, std::span<const std::byte> from) override {
    NDMEDIC_CHECK(check_within(offset, from.size(), size(), "prefix media"));
    for (std::size_t i = 0; i < from.size(); ++i) {
      std::byte& byte = bytes_[offset + i];
      if (byte == from[i]) continue;
      byte = from[i];
      if (after_byte_) after_byte_();
    }
    return {};
  }
  Status flush(Extent) override { return {}; }
  Status fence() override { return {}; }
  MediaTraits traits() const override {
    MediaTraits traits;
    traits.writable = true;
    return traits;
  }

 private:
  std::vector<std::byte> bytes_;
  std::function<void()> after_byte_;
};

}  // namespace ndmedic::laboratory
