// SPDX-License-Identifier: BSD-3-Clause
#include <ndmedic/cli/output_file.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <optional>

#include <ndmedic/format/byte_runs.h>

namespace ndmedic::cli {
namespace {

constexpr std::size_t block_size = 4096;  // what becomes a hole when it is zero

Error failed() { return system_error(errno, {}, "file"); }

std::optional<struct stat> status_of(const std::string& path) {
  struct stat status = {};
  if (::stat(path.c_str(), &status) != 0) return std::nullopt;
  return status;
}

bool is_one_of(const struct stat& status, const std::vector<std::string>& paths) {
  return std::ranges::any_of(paths, [&](const std::string& path) {
    const auto other = status_of(path);
    return other && other->st_dev == status.st_dev && other->st_ino == status.st_ino;
  });
}

/// The permissions of a file that open() would have made.
mode_t mode_of(const std::optional<struct stat>& old) {
  if (old) return old->st_mode & 07777;
  const mode_t mask = ::umask(0);
  ::umask(mask);
  return 0666 & ~mask;
}

}  // namespace

Status sync_folder_of(const std::string& path) {
  const std::filesystem::path folder = std::filesystem::path(path).parent_path();
  const char* const name = folder.empty() ? "." : folder.c_str();
  const FileDescriptor file(::open(name, O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!file.is_open() || ::fsync(file.number()) != 0) return failed();
  return {};
}

Result<std::unique_ptr<OutputFile>> OutputFile::open(const std::string& path, std::ostream& out,
                                                     const std::vector<std::string>& inputs) {
  std::unique_ptr<OutputFile> output(new OutputFile(out));
  if (path == "-") return output;
  output->path_ = path;
  const auto old = status_of(path);
  if (old && is_one_of(*old, inputs))
    return Error{
        Errc::invalid, {}, "the output would overwrite what is read; give -o another file"};
  if (old && !S_ISREG(old->st_mode)) {
    output->file_ = FileDescriptor(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
    if (!output->file_.is_open()) return failed();
    return output;
  }
  output->temporary_ = path + ".XXXXXX";
  output->file_ = FileDescriptor(::mkostemp(output->temporary_.data(), O_CLOEXEC));
  if (!output->file_.is_open()) {
    output->temporary_.clear();
    return failed();
  }
  if (::fchmod(output->file_.number(), mode_of(old)) != 0) return failed();
  return output;
}

OutputFile::~OutputFile() {
  if (!temporary_.empty()) ::unlink(temporary_.c_str());
}

Status OutputFile::write_all(std::span<const std::byte> bytes) {
  if (!file_.is_open()) {
    out_.write(reinterpret_cast<const char*>(bytes.data()),
               static_cast<std::streamsize>(bytes.size()));
    if (!out_) return Error{Errc::io, {}, "standard output"};
    return {};
  }
  while (!bytes.empty()) {
    const ssize_t written = ::write(file_.number(), bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return failed();
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
  return {};
}

Status OutputFile::write(std::span<const std::byte> bytes) {
  if (temporary_.empty()) return write_all(bytes);
  while (!bytes.empty()) {
    const auto block = bytes.first(std::min(block_size, bytes.size()));
    if (all_zero(block)) {
      NDMEDIC_CHECK(write_zeros(block.size()));
    } else {
      NDMEDIC_CHECK(write_all(block));
      size_ += block.size();
    }
    bytes = bytes.subspan(block.size());
  }
  return {};
}

Status OutputFile::write_zeros(std::uint64_t size) {
  if (!temporary_.empty()) {
    size_ += size;
    if (::lseek(file_.number(), static_cast<off_t>(size_), SEEK_SET) < 0) return failed();
    return {};
  }
  constexpr std::array<std::byte, block_size> zeros{};
  for (; size > 0; size -= std::min<std::uint64_t>(size, zeros.size()))
    NDMEDIC_CHECK(write_all(std::span(zeros).first(std::min<std::uint64_t>(size, zeros.size()))));
  return {};
}

Status OutputFile::finish() {
  if (!file_.is_open()) {
    out_.flush();
    if (!out_) return Error{Errc::io, {}, "standard output"};
    return {};
  }
  if (temporary_.empty()) return {};
  if (::ftruncate(file_.number(), static_cast<off_t>(size_)) != 0) return failed();
  if (::fsync(file_.number()) != 0) return failed();
  if (std::rename(temporary_.c_str(), path_.c_str()) != 0) return failed();
  temporary_.clear();
  return sync_folder_of(path_);
}

}  // namespace ndmedic::cli
