// SPDX-License-Identifier: BSD-3-Clause
// Bytes that tell where they came from, and files that remove themselves.
#pragma once

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include <ndmedic/media/media.h>

namespace ndmedic::test {

/// Byte i is i * 7 + seed, mod 251: no power of two hides a shift.
inline std::vector<std::byte> pattern(std::size_t size, unsigned seed = 0) {
  std::vector<std::byte> bytes(size);
  for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<std::byte>((i * 7 + seed) % 251);
  return bytes;
}

inline std::vector<std::byte> bytes_of(const Media& media, std::uint64_t offset, std::size_t size) {
  std::vector<std::byte> bytes(size, std::byte{0xEE});
  REQUIRE(media.read(offset, bytes));
  return bytes;
}

inline std::vector<std::byte> filled(std::size_t size, unsigned value) {
  return std::vector<std::byte>(size, static_cast<std::byte>(value));
}

/// A regular file of its own in $TMPDIR or /tmp, removed at the end.
class TemporaryFile {
 public:
  explicit TemporaryFile(std::uint64_t size = 0) {
    path_ = (std::filesystem::temp_directory_path() / "ndmedic-test-XXXXXX").string();
    const int fd = ::mkstemp(path_.data());
    REQUIRE(fd >= 0);
    REQUIRE(::ftruncate(fd, static_cast<off_t>(size)) == 0);
    REQUIRE(::close(fd) == 0);
  }
  ~TemporaryFile() { ::unlink(path_.c_str()); }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;

  const std::string& path() const { return path_; }

  /// Stores bytes behind the library's back.
  void store(std::uint64_t offset, const std::vector<std::byte>& bytes) const {
    const int fd = ::open(path_.c_str(), O_WRONLY | O_CLOEXEC);
    REQUIRE(fd >= 0);
    REQUIRE(::pwrite(fd, bytes.data(), bytes.size(), static_cast<off_t>(offset)) ==
            static_cast<ssize_t>(bytes.size()));
    REQUIRE(::close(fd) == 0);
  }

  /// Loads bytes behind the library's back.
  std::vector<std::byte> load(std::uint64_t offset, std::size_t size) const {
    std::vector<std::byte> bytes(size);
    const int fd = ::open(path_.c_str(), O_RDONLY | O_CLOEXEC);
    REQUIRE(fd >= 0);
    REQUIRE(::pread(fd, bytes.data(), size, static_cast<off_t>(offset)) ==
            static_cast<ssize_t>(size));
    REQUIRE(::close(fd) == 0);
    return bytes;
  }

 private:
  std::string path_;
};

}  // namespace ndmedic::test
