// SPDX-License-Identifier: BSD-3-Clause
#include <ndmedic/media/open_file.h>

#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/stat.h>

#include <cerrno>

#include <ndmedic/media/in_use.h>

namespace ndmedic {
namespace {

Status learn_block_device(OpenFile& file) {
  std::uint64_t size = 0;
  int block_size = 0;
  const int fd = file.descriptor.number();
  if (::ioctl(fd, BLKGETSIZE64, &size) != 0 || ::ioctl(fd, BLKSSZGET, &block_size) != 0)
    return system_error(errno, {}, "block device");
  if (block_size <= 0) return Error{Errc::io, {}, "block device"};
  file.size = size;
  file.block_size = static_cast<std::uint32_t>(block_size);
  return {};
}

Result<OpenFile> open_checked(const std::filesystem::path& path, int flags, bool direct) {
  const Error wrong_kind{Errc::wrong_kind, {}, "file"};
  // Opening a fifo waits, and opening some character devices acts: look before opening.
  struct stat status = {};
  if (::stat(path.c_str(), &status) != 0) return system_error(errno, {}, "file");
  if (!S_ISREG(status.st_mode) && !S_ISBLK(status.st_mode)) return wrong_kind;

  const bool expect_block = S_ISBLK(status.st_mode);
  const bool exclusive = expect_block && flags == O_RDWR;
  flags |= O_CLOEXEC | O_NOCTTY | O_NONBLOCK | (direct ? O_DIRECT : 0) | (exclusive ? O_EXCL : 0);
  OpenFile file;
  file.descriptor = FileDescriptor(::open(path.c_str(), flags));
  // A lease that another process takes for a moment to ask who uses the file: readers wait.
  if (!file.descriptor.is_open() && errno == EAGAIN && (flags & O_ACCMODE) == O_RDONLY)
    file.descriptor = FileDescriptor(::open(path.c_str(), flags & ~O_NONBLOCK));
  if (!file.descriptor.is_open()) {
    const Errc code = direct && errno == EINVAL ? Errc::not_supported : errc_of(errno);
    return Error{code, {}, "file", errno};
  }
  if (::fstat(file.descriptor.number(), &status) != 0) return system_error(errno, {}, "file");
  file.is_block_device = S_ISBLK(status.st_mode);
  if (file.is_block_device != expect_block) return wrong_kind;
  if (file.is_block_device) {
    NDMEDIC_CHECK(learn_block_device(file));
    return file;
  }
  if (!S_ISREG(status.st_mode)) return wrong_kind;
  file.size = static_cast<std::uint64_t>(status.st_size);
  return file;
}

}  // namespace

Result<OpenFile> open_for_reading(const std::filesystem::path& path, bool direct) {
  return open_checked(path, O_RDONLY, direct);
}

Result<OpenFile> open_for_writing(const std::filesystem::path& path, WriteOptions options) {
  NDMEDIC_TRY(OpenFile file, open_checked(path, O_RDWR, options.direct));
  NDMEDIC_CHECK(claim_for_writing(file.descriptor.number(), options.force));
  return file;
}

}  // namespace ndmedic
