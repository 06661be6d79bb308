// SPDX-License-Identifier: BSD-3-Clause
#include <ndmedic/cli/new_file.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include <ndmedic/cli/output_file.h>
#include <ndmedic/media/file_descriptor.h>

namespace ndmedic::cli {
namespace {

/// 0 or an errno.
int give_size(int file, std::uint64_t size, NewFileKind kind) {
  const auto end = static_cast<off_t>(size);
  if (kind == NewFileKind::private_) return size == 0 ? 0 : ::posix_fallocate(file, 0, end);
  return ::ftruncate(file, end) == 0 ? 0 : errno;
}

}  // namespace

Result<std::unique_ptr<NewFile>> NewFile::make(const std::string& path, std::uint64_t size,
                                               NewFileKind kind) {
  const mode_t mode = kind == NewFileKind::private_ ? S_IRUSR | S_IWUSR : 0666;
  const FileDescriptor file(::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, mode));
  if (!file.is_open()) return system_error(errno, {}, "file");
  std::unique_ptr<NewFile> made(new NewFile(path));
  if (const int failed = give_size(file.number(), size, kind); failed != 0)
    return system_error(failed, {}, "file");
  NDMEDIC_CHECK(sync_folder_of(path));
  return made;
}

NewFile::~NewFile() {
  if (!path_.empty()) ::unlink(path_.c_str());
}

}  // namespace ndmedic::cli
