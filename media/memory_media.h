// SPDX-License-Identifier: BSD-3-Clause
// Bytes in memory: a plain array, and a sparse one that can be as large as any device.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <shared_mutex>
#include <span>
#include <vector>

#include <ndmedic/media/media.h>

namespace ndmedic {

/// An array in memory. Durable at once as far as this process can tell; traits().direct is set.
class MemoryMedia final : public Media {
 public:
  /// `size` zero bytes.
  explicit MemoryMedia(std::uint64_t size);
  explicit MemoryMedia(std::vector<std::byte> bytes);

  std::span<std::byte> bytes() { return bytes_; }
  std::span<const std::byte> bytes() const { return bytes_; }

  std::uint64_t size() const override { return bytes_.size(); }
  Status read(std::uint64_t offset, std::span<std::byte> into) const override;
  Status write(std::uint64_t offset, std::span<const std::byte> from) override;
  Status flush(Extent range) override;
  Status fence() override { return {}; }
  MediaTraits traits() const override;

 private:
  std::vector<std::byte> bytes_;
  std::span<std::byte> window_;
};

/// A medium of any size whose memory grows with what is written, in pages of 4 KiB. Pages never
/// written are zero runs; so are those only zeros were written to.
class SparseMedia final : public Media {
 public:
  static constexpr std::uint64_t page_size = 4096;

  /// `size` bytes, up to 2^64-1, all a hole.
  explicit SparseMedia(std::uint64_t size) : size_(size) {}

  /// Pages held in memory.
  std::size_t page_count() const;

  std::uint64_t size() const override { return size_; }
  Status read(std::uint64_t offset, std::span<std::byte> into) const override;
  Status write(std::uint64_t offset, std::span<const std::byte> from) override;
  Status flush(Extent range) override;
  Status fence() override { return {}; }
  Result<ExtentRun> run_at(std::uint64_t offset, std::uint64_t limit) const override;
  MediaTraits traits() const override;

 private:
  std::byte* page_for_write(std::uint64_t number, std::span<const std::byte> from);

  std::uint64_t size_;
  mutable std::shared_mutex mutex_;  // guards the shape of pages_, not the bytes
  std::map<std::uint64_t, std::unique_ptr<std::byte[]>> pages_;
};

}  // namespace ndmedic
