// SPDX-License-Identifier: BSD-3-Clause
#include <ndmedic/media/mapped_media.h>

#include <doctest/doctest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <csignal>
#include <cstring>
#include <thread>

#include <ndmedic/media/bus_guard.h>

#include "pattern.h"

namespace ndmedic {
namespace {

using test::bytes_of;
using test::filled;
using test::pattern;
using test::TemporaryFile;

TEST_CASE("mapped: stores reach the file, and the window shows them") {
  const TemporaryFile file(10000);
  file.store(0, pattern(10000));
  const auto media = *MappedMedia::open_write(file.path());
  CHECK(media->size() == 10000);
  CHECK(bytes_of(*media, 0, 10000) == pattern(10000));
  REQUIRE(media->write(4090, filled(20, 0xAB)));
  for (std::uint64_t at = 0; at < 10000; at += 128) REQUIRE(media->flush({at, 1}));
  REQUIRE(media->flush({4090, 20}));
  REQUIRE(media->fence());
  REQUIRE(media->fence());
  CHECK(media->traits().direct.size() == 10000);
  CHECK(media->traits().direct[4090] == std::byte{0xAB});
  CHECK(file.load(4090, 20) == filled(20, 0xAB));
  CHECK(media->write(9999, filled(2, 0)).error().code == Errc::out_of_range);
  CHECK(media->flush({~std::uint64_t{0}, 2}).error().code == Errc::out_of_range);
}

TEST_CASE("mapped: opened for reading, a store is refused") {
  const TemporaryFile file(100);
  const auto media = *MappedMedia::open_read(file.path());
  CHECK(media->write(0, filled(1, 1)).error().code == Errc::read_only);
  CHECK(!media->traits().writable);
  CHECK(bytes_of(*media, 0, 100) == filled(100, 0));
}

TEST_CASE("mapped: an empty file is an empty medium") {
  const TemporaryFile file;
  const auto media = *MappedMedia::open_write(file.path());
  CHECK(media->size() == 0);
  CHECK(media->read(0, {}));
  CHECK(media->fence());
}

TEST_CASE("mapped: a file cut under the mapping gives an Error, not the end of the process") {
  const auto page = static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
  const TemporaryFile file(4 * page);
  const auto media = *MappedMedia::open_write(file.path());
  REQUIRE(::truncate(file.path().c_str(), static_cast<off_t>(page)) == 0);
  std::vector<std::byte> bytes(3 * page);
  const Status read = media->read(100, bytes);
  REQUIRE(!read);
  CHECK(read.error().code == Errc::short_read);
  // Copying may begin at either end: one page within what is gone.
  CHECK(read.error().where.offset >= page);
  CHECK(read.error().where.offset + read.error().where.size <= 100 + 3 * page);
  CHECK(media->write(page + 8, filled(8, 1)).error().where == Extent{page + 8, 8});
  CHECK(bytes_of(*media, 0, page) == filled(page, 0));
}

TEST_CASE("bus guard: each thread leaves its own fault, and faults nest") {
  const auto page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
  const TemporaryFile file(page);
  const int fd = ::open(file.path().c_str(), O_RDWR | O_CLOEXEC);
  void* address = ::mmap(nullptr, 2 * page, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  REQUIRE(address != MAP_FAILED);
  const std::span window(static_cast<std::byte*>(address), 2 * page);
  const auto touch = [&](std::size_t at) {
    return bus_fault(window, [&] { *const_cast<volatile std::byte*>(&window[at]); });
  };
  CHECK(touch(0) == nullptr);
  CHECK(touch(page + 5) == &window[page + 5]);
  bool all = true;
  std::thread other([&] {
    for (int i = 0; i < 1000; ++i) all = all && touch(page + 7) == &window[page + 7];
  });
  for (int i = 0; i < 1000; ++i) CHECK(touch(page + 9) == &window[page + 9]);
  other.join();
  CHECK(all);
  // The inner guard watches another window: the outer one takes the fault.
  const void* fault = bus_fault(window, [&] {
    static_cast<void>(
        bus_fault(window.first(1), [&] { *const_cast<volatile std::byte*>(&window[page]); }));
  });
  CHECK(fault == &window[page]);
  CHECK(touch(page + 1) == &window[page + 1]);
  ::munmap(address, 2 * page);
  ::close(fd);
}

}  // namespace
}  // namespace ndmedic
