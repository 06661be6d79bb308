// SPDX-License-Identifier: BSD-3-Clause
#include <ndmedic/media/file_media.h>

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include <ndmedic/media/bounds.h>
#include <ndmedic/media/positioned_io.h>

namespace ndmedic {
namespace {

constexpr std::uint32_t smallest_sector = 512;
constexpr std::uint32_t direct_file_alignment = 4096;  // covers every logical block size in use

/// An error met in whole blocks, told of the bytes that were asked for.
Status within_asked(Status status, std::uint64_t offset, std::uint64_t size) {
  if (status) return status;
  Error error = status.error();
  const std::uint64_t begin = std::max(offset, error.where.offset);
  const std::uint64_t end = std::min(offset + size, error.where.offset + error.where.size);
  error.where = begin < end ? Extent{begin, end - begin} : Extent{offset, size};
  return error;
}

/// 0 or an errno.
int sync_file(int descriptor) {
  while (::fdatasync(descriptor) != 0)
    if (errno != EINTR) return errno;
  return 0;
}

}  // namespace

FileMedia::FileMedia(OpenFile file, bool writable, bool direct)
    : file_(std::move(file)),
      writable_(writable),
      barrier_([fd = file_.descriptor.number()] { return sync_file(fd); }) {
  if (!direct) return;
  const std::uint32_t alignment =
      file_.is_block_device ? std::max(file_.block_size, smallest_sector) : direct_file_alignment;
  direct_ = std::make_unique<DirectIo>(file_.descriptor.number(), alignment, file_.size);
}

Result<std::unique_ptr<FileMedia>> FileMedia::open_read(const std::filesystem::path& path,
                                                        bool direct) {
  NDMEDIC_TRY(OpenFile file, open_for_reading(path, direct));
  return std::unique_ptr<FileMedia>(new FileMedia(std::move(file), false, direct));
}

Result<std::unique_ptr<FileMedia>> FileMedia::open_write(const std::filesystem::path& path,
                                                         WriteOptions options) {
  NDMEDIC_TRY(OpenFile file, open_for_writing(path, options));
  return std::unique_ptr<FileMedia>(new FileMedia(std::move(file), true, options.direct));
}

std::uint32_t FileMedia::granule() const { return std::max(file_.block_size, smallest_sector); }

Status FileMedia::read(std::uint64_t offset, std::span<std::byte> into) const {
  NDMEDIC_CHECK(check_within(offset, into.size(), size(), "file"));
  Status status =
      direct_ ? direct_->read(offset, into)
              : read_at_least(file_.descriptor.number(), offset, into, into.size(), granule());
  return within_asked(std::move(status), offset, into.size());
}

Status FileMedia::write(std::uint64_t offset, std::span<const std::byte> from) {
  NDMEDIC_CHECK(check_within(offset, from.size(), size(), "file"));
  if (!writable_) return Error{Errc::read_only, {offset, from.size()}, "file"};
  Status status =
      direct_ ? direct_->write(offset, from) : write_fully(file_.descriptor.number(), offset, from);
  return within_asked(std::move(status), offset, from.size());
}

Status FileMedia::flush(Extent range) {
  NDMEDIC_CHECK(check_within(range.offset, range.size, size(), "file"));
  if (writable_) barrier_.note();
  return {};
}

Status FileMedia::fence() {
  const int failed = barrier_.wait();
  if (failed != 0) return Error{Errc::io, {0, size()}, "fdatasync", failed};
  return {};
}

Result<ExtentRun> FileMedia::run_at(std::uint64_t offset, std::uint64_t limit) const {
  NDMEDIC_CHECK(check_run(offset, limit, size(), "file"));
  ExtentRun run{{offset, limit - offset}, ExtentKind::data};
  if (file_.is_block_device) return run;
  const int fd = file_.descriptor.number();
  const auto at = static_cast<off_t>(offset);
  const off_t data = ::lseek(fd, at, SEEK_DATA);
  // ENXIO: a hole up to the end. Anything else: this file system cannot tell.
  if (data < 0 && errno != ENXIO) return run;
  if (data < 0 || data > at) {
    // A file that was cut since is not a hole there: reading says short_read.
    if (data < 0 && ::lseek(fd, 0, SEEK_END) < static_cast<off_t>(limit)) return run;
    run.kind = ExtentKind::zero;
    if (data > at) run.range.size = std::min(limit, static_cast<std::uint64_t>(data)) - offset;
    return run;
  }
  const off_t hole = ::lseek(fd, at, SEEK_HOLE);
  if (hole > at) run.range.size = std::min(limit, static_cast<std::uint64_t>(hole)) - offset;
  return run;
}

MediaTraits FileMedia::traits() const {
  MediaTraits traits;
  traits.writable = writable_;
  traits.alignment = file_.block_size;
  if (direct_) traits.alignment = direct_->alignment();
  return traits;
}

}  // namespace ndmedic
