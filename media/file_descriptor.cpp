// SPDX-License-Identifier: BSD-3-Clause
#include <ndmedic/media/file_descriptor.h>

#include <unistd.h>

#include <cerrno>

namespace ndmedic {

void FileDescriptor::close() {
  if (is_open()) ::close(std::exchange(number_, -1));
}

Errc errc_of(int os_error) {
  switch (os_error) {
    case ENOENT:
    case ENOTDIR:
      return Errc::not_found;
    case EACCES:
    case EPERM:
      return Errc::permission;
    case EROFS:
      return Errc::read_only;
    case EISDIR:
      return Errc::wrong_kind;
    case EBUSY:
    case ETXTBSY:
    case EAGAIN:
      return Errc::in_use;
    case EIO:
    case ENODATA:  // the block layer's word for a medium error
    case EILSEQ:   // and for a failed protection check
    case EHWPOISON:
      return Errc::bad_media;
    case EOPNOTSUPP:
    case ENOSYS:
      return Errc::not_supported;
    default:
      return Errc::io;
  }
}

}  // namespace ndmedic
