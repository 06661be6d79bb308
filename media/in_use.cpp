// SPDX-License-Identifier: BSD-3-Clause
#include <ndmedic/media/in_use.h>

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <csignal>

#include <ndmedic/media/file_descriptor.h>

namespace ndmedic {
namespace {

struct flock locked_bytes() {
  struct flock lock = {};
  lock.l_type = F_WRLCK;
  lock.l_whence = SEEK_SET;
  lock.l_start = 100;
  lock.l_len = 200;
  return lock;
}

/// Takes a write lease; it lasts until the descriptor is closed or release_lease().
InUse take_lease(int fd) {
  // Who opens the file meanwhile waits for us, and we are told by a signal: by default SIGIO, which
  // would end the process. SIGURG is ignored by default.
  if (::fcntl(fd, F_SETSIG, SIGURG) != 0) return InUse::unknown;
  if (::fcntl(fd, F_SETLEASE, F_WRLCK) == 0) return InUse::no;
  return errno == EAGAIN || errno == EBUSY ? InUse::yes : InUse::unknown;
}

void release_lease(int fd) { ::fcntl(fd, F_SETLEASE, F_UNLCK); }

InUse take_lock(int fd) {
  struct flock lock = locked_bytes();
  if (::fcntl(fd, F_OFD_SETLK, &lock) == 0) return InUse::no;
  return errno == EAGAIN || errno == EACCES ? InUse::yes : InUse::unknown;
}

bool is_locked(int fd) {
  struct flock lock = locked_bytes();
  return ::fcntl(fd, F_OFD_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
}

}  // namespace

InUse is_in_use(const std::filesystem::path& path) {
  struct stat status = {};
  if (::stat(path.c_str(), &status) != 0) return InUse::unknown;
  const bool block = S_ISBLK(status.st_mode);
  if (!block && !S_ISREG(status.st_mode)) return InUse::unknown;
  const int flags = O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK | (block ? O_EXCL : 0);
  const FileDescriptor file(::open(path.c_str(), flags));
  if (!file.is_open()) return errc_of(errno) == Errc::in_use ? InUse::yes : InUse::unknown;
  const InUse leased = block ? InUse::no : take_lease(file.number());
  return leased != InUse::yes && is_locked(file.number()) ? InUse::yes : leased;
}

Status claim_for_writing(int fd, bool force) {
  const Error in_use{Errc::in_use, {}, "held by another process"};
  const Error unknown{Errc::in_use, {}, "cannot be told"};
  struct stat status = {};
  if (::fstat(fd, &status) != 0) return system_error(errno, {}, "file");
  const bool block = S_ISBLK(status.st_mode);
  const InUse leased = block ? InUse::no : take_lease(fd);
  if (leased == InUse::yes) return in_use;
  const InUse locked = take_lock(fd);
  // The lock holds from here on; a lease kept would only make others wait.
  if (!block) release_lease(fd);
  if (locked == InUse::yes) return in_use;
  if (!force && (leased == InUse::unknown || locked == InUse::unknown)) return unknown;
  return {};
}

}  // namespace ndmedic
