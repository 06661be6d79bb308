// SPDX-License-Identifier: BSD-3-Clause
#include <ndmedic/media/positioned_io.h>

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>

#include <ndmedic/media/file_descriptor.h>

#include "pattern.h"

namespace ndmedic {
namespace {

/// Reading this process's memory through the kernel fails with a true EIO where nothing is mapped.
class MemoryWithHole {
 public:
  static constexpr std::size_t page = 4096;
  static constexpr std::size_t pages = 16;

  explicit MemoryWithHole(std::size_t hole) {
    void* address =
        ::mmap(nullptr, pages * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    REQUIRE(address != MAP_FAILED);
    bytes_ = static_cast<std::byte*>(address);
    REQUIRE(::munmap(bytes_ + hole * page, page) == 0);
  }
  ~MemoryWithHole() { ::munmap(bytes_, pages * page); }
  MemoryWithHole(const MemoryWithHole&) = delete;
  MemoryWithHole& operator=(const MemoryWithHole&) = delete;

  std::uint64_t offset() const { return reinterpret_cast<std::uintptr_t>(bytes_); }
  int fd() const { return memory_.number(); }

 private:
  std::byte* bytes_ = nullptr;
  FileDescriptor memory_{::open("/proc/self/mem", O_RDONLY | O_CLOEXEC)};
};

TEST_CASE("a failing window is narrowed to the block that cannot be read") {
  for (const std::size_t hole : {std::size_t{1}, std::size_t{6}, std::size_t{14}}) {
    CAPTURE(hole);
    const MemoryWithHole memory(hole);
    REQUIRE(memory.fd() >= 0);
    std::vector<std::byte> into(MemoryWithHole::pages * MemoryWithHole::page - 200);
    const std::uint64_t at = memory.offset() + 100;
    const std::uint64_t bad = memory.offset() + hole * MemoryWithHole::page;
    for (const std::uint32_t granule : {512U, 4096U}) {
      const Status read = read_at_least(memory.fd(), at, into, into.size(), granule);
      REQUIRE(!read);
      CHECK(read.error().code == Errc::bad_media);
      CHECK(read.error().os_error == EIO);
      CHECK(read.error().where == Extent{bad, granule});
    }
    const auto sound = std::span(into).first(hole * MemoryWithHole::page - 100);
    CHECK(read_at_least(memory.fd(), at, sound, sound.size(), 512));
    // Asked for less than a block: no more is named than was asked.
    const auto few = std::span(into).first(10);
    CHECK(read_at_least(memory.fd(), bad + 5, few, 10, 512).error().where == Extent{bad + 5, 10});
  }
}

TEST_CASE("a file that ends first is a short read from its end on") {
  const test::TemporaryFile file(1000);
  const FileDescriptor fd(::open(file.path().c_str(), O_RDONLY | O_CLOEXEC));
  std::vector<std::byte> into(600);
  CHECK(read_at_least(fd.number(), 400, into, 600, 512));
  const Status read = read_at_least(fd.number(), 500, into, 600, 512);
  REQUIRE(!read);
  CHECK(read.error().code == Errc::short_read);
  CHECK(read.error().where == Extent{1000, 100});
  CHECK(read_at_least(fd.number(), 500, into, 500, 512));
}

TEST_CASE("a write that fails names what was not written") {
  const FileDescriptor full(::open("/dev/full", O_RDWR | O_CLOEXEC));
  const Status write = write_fully(full.number(), 16, test::pattern(100));
  REQUIRE(!write);
  CHECK(write.error().code == Errc::io);
  CHECK(write.error().os_error == ENOSPC);
  CHECK(write.error().where == Extent{16, 100});
}

}  // namespace
}  // namespace ndmedic
