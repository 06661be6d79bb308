// SPDX-License-Identifier: BSD-3-Clause
// Sentences of the verbs that write: why an image is not written to, which sector failed.
#include <fmt/format.h>

#include <cerrno>
#include <cstring>

#include <ndmedic/cli/text.h>
#include <ndmedic/format/untrusted_text.h>

namespace ndmedic::cli {
namespace {

std::string lbas_text(Extent sectors) {
  if (sectors.size <= 1) return fmt::format("LBA {}", sectors.offset);
  return fmt::format("LBA {} to {}", sectors.offset, sectors.offset + sectors.size - 1);
}

std::string why_text(const Error& error) {
  if (error.os_error == ENOSPC || error.os_error == EDQUOT)
    return fmt::format("{}; make room and run it again", std::strerror(error.os_error));
  if (error.os_error != 0) return std::strerror(error.os_error);
  switch (error.code) {
    case Errc::absent:
      return "its bytes are not in this image";
    case Errc::bad_media:
      return error.what == "error entry"
                 ? "its map entry is marked as an error; writing the sector heals it"
                 : fmt::format("the media could not be read ({})", error.what);
    case Errc::read_only:
      return "the arena is closed for writing after an error; run it again";
    case Errc::short_read:
      return "the file gave fewer bytes than its size promised; was it cut meanwhile?";
    default:
      return fmt::format("{}", error.what);
  }
}

}  // namespace

std::string claim_error_text(const std::string& path, const Error& error) {
  const std::string name = escape_untrusted(path);
  if (error.code == Errc::in_use && error.what == "cannot be told")
    return name +
           ": it cannot be told whether another process uses it; --force writes all the same";
  if (error.code == Errc::in_use)
    return name + ": in use by another process, such as a virtual machine; nothing was written";
  if (error.code == Errc::permission || error.code == Errc::read_only)
    return fmt::format("{}: it cannot be opened for writing: {}", name,
                       error.os_error != 0 ? std::strerror(error.os_error) : "it is read-only");
  return error_text(path, error);
}

std::string sector_error_text(const std::string& path, const Error& error, std::uint64_t sectors) {
  const std::string head = escape_untrusted(path) + ": " + lbas_text(error.where);
  if (error.code == Errc::out_of_range)
    return head + fmt::format(" is out of range: the last LBA is {}", sectors - 1);
  return head + ": " + why_text(error);
}

}  // namespace ndmedic::cli
