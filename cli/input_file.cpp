// SPDX-License-Identifier: BSD-3-Clause
#include <ndmedic/cli/input_file.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include <ndmedic/format/checked.h>

namespace ndmedic::cli {

Result<InputFile> InputFile::open(const std::string& path) {
  const bool standard = path == "-";
  FileDescriptor file(standard ? ::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3)
                               : ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY));
  if (!file.is_open()) return system_error(errno, {}, "file");
  if (standard && ::isatty(file.number()) == 1)
    return Error{Errc::invalid, {}, "standard input is a terminal: give -i FILE, or a pipe"};
  struct stat status = {};
  if (::fstat(file.number(), &status) != 0) return system_error(errno, {}, "file");
  if (S_ISDIR(status.st_mode)) return Error{Errc::wrong_kind, {}, "file"};
  InputFile input(std::move(file));
  const int fd = input.file_.number();
  if (S_ISREG(status.st_mode) || S_ISBLK(status.st_mode)) {
    const off_t at = ::lseek(fd, 0, SEEK_CUR);
    const off_t end = ::lseek(fd, 0, SEEK_END);
    if (at < 0 || end < 0 || ::lseek(fd, at, SEEK_SET) != at)
      return system_error(errno, {}, "file");
    input.position_ = static_cast<std::uint64_t>(at);
    input.end_ = static_cast<std::uint64_t>(end);
    input.size_ = static_cast<std::uint64_t>(std::max(end - at, off_t{0}));
    input.has_holes_ = S_ISREG(status.st_mode);
  }
  return input;
}

Result<std::size_t> InputFile::read(std::span<std::byte> into) {
  std::size_t got = 0;
  while (got < into.size()) {
    const ssize_t part = ::read(file_.number(), into.data() + got, into.size() - got);
    if (part < 0 && errno == EINTR) continue;
    if (part < 0) return system_error(errno, {}, "file");
    if (part == 0) break;
    got += static_cast<std::size_t>(part);
  }
  position_ += got;
  return got;
}

std::uint64_t InputFile::skip_hole(std::uint64_t unit, std::uint64_t most) {
  if (!has_holes_ || position_ >= end_) return 0;
  most = std::min(most, end_ - position_);
  const auto at = static_cast<off_t>(position_);
  const off_t data = ::lseek(file_.number(), at, SEEK_DATA);
  // ENXIO: a hole up to the end. Any other error: not told here.
  const bool all = data < 0 && errno == ENXIO;
  const std::uint64_t hole = all         ? most
                             : data > at ? std::min(most, static_cast<std::uint64_t>(data - at))
                                         : 0;
  position_ += round_down(hole, unit);
  ::lseek(file_.number(), static_cast<off_t>(position_), SEEK_SET);
  return round_down(hole, unit);
}

}  // namespace ndmedic::cli
