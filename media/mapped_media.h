// SPDX-License-Identifier: BSD-3-Clause
// A file or block device mapped into memory: what the engine works on.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <span>
#include <vector>

#include <ndmedic/media/mapping.h>
#include <ndmedic/media/media.h>
#include <ndmedic/media/open_file.h>

namespace ndmedic {

/// read() and write() turn a SIGBUS into bad_media, or short_read where the file was cut; who uses
/// traits().direct guards himself (bus_guard.h, broken_pages.h). Thread-safety: as Media. A fence
/// that failed once fails from then on.
class MappedMedia final : public Media {
 public:
  /// Errors: as open_for_reading() and Mapping::map().
  static Result<std::unique_ptr<MappedMedia>> open_read(const std::filesystem::path& path);
  /// Errors: as open_for_writing() and Mapping::map(). `direct` has no meaning here.
  static Result<std::unique_ptr<MappedMedia>> open_write(const std::filesystem::path& path,
                                                         WriteOptions options = {});

  ~MappedMedia() override;

  /// True on DAX: a flush is durable by itself, with no system call.
  bool is_persistent_memory() const { return mapping_->is_persistent_memory(); }

  std::uint64_t size() const override { return file_.size; }
  Status read(std::uint64_t offset, std::span<std::byte> into) const override;
  Status write(std::uint64_t offset, std::span<const std::byte> from) override;
  Status flush(Extent range) override;
  Status fence() override;
  MediaTraits traits() const override;

 private:
  MappedMedia(OpenFile file, std::unique_ptr<Mapping> mapping, bool writable)
      : file_(std::move(file)), mapping_(std::move(mapping)), writable_(writable) {}
  static Result<std::unique_ptr<MappedMedia>> of(OpenFile file, bool writable);
  Status check_unbroken(Extent range) const;
  Error fault_error(const void* fault, Extent asked) const;

  OpenFile file_;
  std::unique_ptr<Mapping> mapping_;
  bool writable_;

  std::mutex fence_mutex_;  // guards what follows, and is held while msync runs
  std::vector<Extent> unsynced_;
  int failed_fence_ = 0;  // errno of the first msync that failed
};

}  // namespace ndmedic
