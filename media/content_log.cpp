// SPDX-License-Identifier: BSD-3-Clause
#include <ndmedic/media/content_log.h>

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <string>

#include <ndmedic/media/positioned_io.h>

namespace ndmedic {
namespace {

Result<FileDescriptor> open_unnamed() {
  std::error_code error;
  const std::filesystem::path directory = std::filesystem::temp_directory_path(error);
  if (error) return system_error(error.value(), {}, "temporary file");
  FileDescriptor file(::open(directory.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600));
  if (file.is_open()) return file;
  std::string name = (directory / "ndmedic-XXXXXX").string();
  file = FileDescriptor(::mkostemp(name.data(), O_CLOEXEC));
  if (!file.is_open()) return system_error(errno, {}, "temporary file");
  ::unlink(name.c_str());
  return file;
}

}  // namespace

Result<std::uint64_t> ContentLog::append(std::span<const std::byte> bytes) {
  const std::uint64_t position = size();
  if (!file_.is_open() && bytes.size() <= memory_limit_ - memory_.size()) {
    memory_.insert(memory_.end(), bytes.begin(), bytes.end());
    return position;
  }
  if (!file_.is_open()) {
    NDMEDIC_TRY(file_, open_unnamed());
  }
  NDMEDIC_CHECK(write_fully(file_.number(), spilled_, bytes));
  spilled_ += bytes.size();
  return position;
}

Status ContentLog::read(std::uint64_t position, std::span<std::byte> into) const {
  if (position < memory_.size()) {
    const std::size_t size = std::min<std::uint64_t>(into.size(), memory_.size() - position);
    std::ranges::copy(std::span(memory_).subspan(position, size), into.begin());
    into = into.subspan(size);
    position += size;
  }
  if (into.empty()) return {};
  constexpr std::uint32_t granule = 4096;
  return read_at_least(file_.number(), position - memory_.size(), into, into.size(), granule);
}

}  // namespace ndmedic
