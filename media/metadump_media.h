// SPDX-License-Identifier: BSD-3-Clause
// The image that a metadump was made of, as far as it was kept. What was dropped is absent.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include <ndmedic/media/media.h>
#include <ndmedic/media/metadump_format.h>

namespace ndmedic {

/// Read only. An extent whose checksum is wrong is bad. Memory: the table, 32 bytes an extent.
/// Thread-safety: as Media.
class MetadumpMedia final : public Media {
 public:
  /// True when `file` begins as a metadump does.
  static bool is_metadump(const Media& file);

  /// Reads and checks header and table. Errors: damaged (what says which part), not_supported (a
  /// later version), too_large, those of Media.
  static Result<std::unique_ptr<MetadumpMedia>> open(std::unique_ptr<Media> file);

  bool anonymised() const { return anonymised_; }

  std::uint64_t size() const override { return size_; }
  Status read(std::uint64_t offset, std::span<std::byte> into) const override;
  Status write(std::uint64_t offset, std::span<const std::byte> from) override;
  Status flush(Extent range) override;
  Status fence() override;
  Result<ExtentRun> run_at(std::uint64_t offset, std::uint64_t limit) const override;
  MediaTraits traits() const override;

 private:
  struct Part {
    std::uint64_t offset = 0;
    std::uint64_t size = 0;
    std::uint64_t content = 0;
    std::uint32_t crc = 0;
    MetadumpKind kind = MetadumpKind::zero;
  };
  enum class Seen : std::uint8_t { not_yet, right, wrong };

  explicit MetadumpMedia(std::unique_ptr<Media> file) : file_(std::move(file)) {}
  Status read_table(const MetadumpHeader& header);
  bool is_valid(const Part& part, std::uint64_t from, std::uint64_t content_from) const;
  /// The first part that ends behind `offset`; parts_.size() when there is none.
  std::size_t part_at(std::uint64_t offset) const;
  ExtentRun one_run(std::uint64_t offset, std::uint64_t limit) const;
  Status read_data(std::size_t index, std::uint64_t skip, std::span<std::byte> into) const;
  Status verify(std::size_t index) const;

  std::unique_ptr<Media> file_;
  std::uint64_t size_ = 0;
  bool anonymised_ = false;
  std::vector<Part> parts_;
  std::unique_ptr<std::atomic<Seen>[]> seen_;  // each part's checksum
};

}  // namespace ndmedic
