// SPDX-License-Identifier: BSD-3-Clause
// A regular file or a block device, read and written by system calls.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>

#include <ndmedic/media/direct_io.h>
#include <ndmedic/media/media.h>
#include <ndmedic/media/open_file.h>
#include <ndmedic/media/shared_barrier.h>

namespace ndmedic {

/// Holes of a file are zero runs where the file system tells them; block devices are data. The
/// size is that at opening: a file cut later gives short_read. A fence is fdatasync, and once one
/// has failed all do, for the kernel forgets which pages it lost.
///
/// Thread-safety: as Media; concurrent fences share one fdatasync.
class FileMedia final : public Media {
 public:
  /// Errors: as open_for_reading() and open_for_writing().
  static Result<std::unique_ptr<FileMedia>> open_read(const std::filesystem::path& path,
                                                      bool direct = false);
  /// Held against other writers for the life of the object (in_use.h).
  static Result<std::unique_ptr<FileMedia>> open_write(const std::filesystem::path& path,
                                                       WriteOptions options = {});

  bool is_block_device() const { return file_.is_block_device; }
  /// Bytes of a logical block of a block device; 1 for a file.
  std::uint32_t block_size() const { return file_.block_size; }

  std::uint64_t size() const override { return file_.size; }
  Status read(std::uint64_t offset, std::span<std::byte> into) const override;
  Status write(std::uint64_t offset, std::span<const std::byte> from) override;
  Status flush(Extent range) override;
  Status fence() override;
  Result<ExtentRun> run_at(std::uint64_t offset, std::uint64_t limit) const override;
  MediaTraits traits() const override;

 private:
  FileMedia(OpenFile file, bool writable, bool direct);
  std::uint32_t granule() const;

  OpenFile file_;
  bool writable_;
  std::unique_ptr<DirectIo> direct_;  // null: through the page cache

  SharedBarrier barrier_;
};

}  // namespace ndmedic
