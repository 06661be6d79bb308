// SPDX-License-Identifier: BSD-3-Clause
// Media that fail in places, and that count what is asked of them.
#pragma once

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include <ndmedic/media/media.h>

namespace ndmedic::test {

/// Another medium with ranges that are absent or bad, told by run_at() or found by reading only.
class FaultyMedia final : public Media {
 public:
  explicit FaultyMedia(const Media& inner, bool told = true) : inner_(inner), told_(told) {}

  void fail(Extent range, ExtentKind kind) { faults_.emplace_back(range, kind); }

  std::uint64_t size() const override { return std::min(cut_at, inner_.size()); }
  Status read(std::uint64_t offset, std::span<std::byte> into) const override {
    ++reads;
    if (offset > size() || into.size() > size() - offset)
      return Error{Errc::out_of_range, {offset, into.size()}, "fault"};
    largest_read = std::max<std::uint64_t>(largest_read, into.size());
    for (const auto& [range, kind] : faults_)
      if (offset < range.offset + range.size && range.offset < offset + into.size())
        return Error{kind == ExtentKind::bad ? Errc::bad_media : Errc::absent, range, "fault"};
    return inner_.read(offset, into);
  }
  Status write(std::uint64_t offset, std::span<const std::byte>) override {
    return Error{Errc::read_only, {offset, 0}, "fault"};
  }
  Status flush(Extent) override { return {}; }
  Status fence() override { return {}; }
  MediaTraits traits() const override { return inner_.traits(); }

  Result<ExtentRun> run_at(std::uint64_t offset, std::uint64_t limit) const override {
    ++runs;
    if (told_) {
      for (const auto& [range, kind] : faults_) {
        if (offset < range.offset) {
          limit = std::min(limit, range.offset);
        } else if (offset < range.offset + range.size) {
          const std::uint64_t end = std::min(limit, range.offset + range.size);
          return ExtentRun{{offset, end - offset}, kind};
        }
      }
    }
    return inner_.run_at(offset, limit);
  }

  std::uint64_t cut_at = UINT64_MAX;  ///< bytes left of the medium
  mutable std::uint64_t reads = 0;
  mutable std::uint64_t runs = 0;
  mutable std::uint64_t largest_read = 0;

 private:
  const Media& inner_;
  bool told_;
  std::vector<std::pair<Extent, ExtentKind>> faults_;
};

}  // namespace ndmedic::test
