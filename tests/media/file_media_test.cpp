// SPDX-License-Identifier: BSD-3-Clause
#include <ndmedic/media/file_media.h>

#include <doctest/doctest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <random>

#include <ndmedic/media/in_use.h>
#include <ndmedic/media/trace_media.h>

#include "loop_device.h"
#include "pattern.h"
#include "processes.h"

namespace ndmedic {
namespace {

using test::bytes_of;
using test::filled;
using test::LoopDevice;
using test::pattern;
using test::TemporaryFile;

TEST_CASE("file: reads and writes at its place, and a fence makes it durable") {
  const TemporaryFile file(10000);
  file.store(0, pattern(10000));
  const auto media = *FileMedia::open_write(file.path());
  CHECK(media->size() == 10000);
  CHECK(bytes_of(*media, 0, 10000) == pattern(10000));
  REQUIRE(media->write(9000, filled(1000, 0xCD)));
  REQUIRE(media->flush({9000, 1000}));
  REQUIRE(media->fence());
  REQUIRE(media->fence());
  CHECK(file.load(9000, 1000) == filled(1000, 0xCD));
  CHECK(file.load(8999, 1) == std::vector{pattern(9000).back()});
  CHECK(media->traits().writable);
  CHECK(media->traits().alignment == 1);
  CHECK(media->traits().direct.empty());
}

TEST_CASE("file: ranges outside are refused and never make it grow, at 2^64 too") {
  const TemporaryFile file(100);
  const auto media = *FileMedia::open_write(file.path());
  std::vector<std::byte> two(2);
  for (const std::uint64_t offset : {std::uint64_t{99}, std::uint64_t{100}, std::uint64_t{1} << 63,
                                     ~std::uint64_t{0} - 1, ~std::uint64_t{0}}) {
    CAPTURE(offset);
    CHECK(media->read(offset, two).error().where == Extent{offset, 2});
    CHECK(media->write(offset, two).error().code == Errc::out_of_range);
    CHECK(media->flush({offset, 2}).error().code == Errc::out_of_range);
    CHECK(!media->run_at(offset, 101));
  }
  CHECK(std::filesystem::file_size(file.path()) == 100);
}

TEST_CASE("file: opened for reading, a store is refused") {
  const TemporaryFile file(100);
  const auto media = *FileMedia::open_read(file.path());
  CHECK(media->write(0, filled(1, 1)).error().code == Errc::read_only);
  CHECK(media->flush({0, 1}));
  CHECK(media->fence());
}

TEST_CASE("file: cut after opening, it reads short") {
  const TemporaryFile file(10000);
  const auto media = *FileMedia::open_read(file.path());
  REQUIRE(::truncate(file.path().c_str(), 6000) == 0);
  std::vector<std::byte> bytes(3000);
  const Status read = media->read(5000, bytes);
  REQUIRE(!read);
  CHECK(read.error().code == Errc::short_read);
  CHECK(read.error().where == Extent{6000, 2000});
  CHECK(media->run_at(7000, 10000)->kind == ExtentKind::data);
}

TEST_CASE("file: what is neither a file nor a block device is of the wrong kind, at once") {
  const TemporaryFile name;
  const std::string fifo = name.path() + ".fifo";
  const std::string socket = name.path() + ".socket";
  REQUIRE(::mkfifo(fifo.c_str(), 0600) == 0);
  const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  struct sockaddr_un address = {};
  address.sun_family = AF_UNIX;
  REQUIRE(socket.size() < sizeof(address.sun_path));
  socket.copy(address.sun_path, socket.size());
  REQUIRE(::bind(fd, reinterpret_cast<struct sockaddr*>(&address), sizeof(address)) == 0);
  for (const std::string& path : {fifo, socket, std::string("/"), std::string("/dev/null")}) {
    CAPTURE(path);
    CHECK(FileMedia::open_read(path).error().code == Errc::wrong_kind);
    CHECK(FileMedia::open_write(path).error().code == Errc::wrong_kind);
  }
  ::close(fd);
  ::unlink(fifo.c_str());
  ::unlink(socket.c_str());
}

TEST_CASE("file: what cannot be opened says why") {
  const auto missing = FileMedia::open_read("/nonexistent/file");
  REQUIRE(!missing);
  CHECK(missing.error().code == Errc::not_found);
  CHECK(missing.error().os_error == ENOENT);
  const TemporaryFile file(100);
  REQUIRE(::chmod(file.path().c_str(), 0) == 0);
  const test::HoldingChild stranger([&] {
    constexpr uid_t nobody = 65534;
    if (::geteuid() == 0 && ::setresuid(nobody, nobody, nobody) != 0) return false;
    const auto media = FileMedia::open_read(file.path());
    return !media && media.error().code == Errc::permission;
  });
  CHECK(stranger.holds());
}

TEST_CASE("file: 600 GiB of hole are known to be zero without reading them") {
  constexpr std::uint64_t size = std::uint64_t{600} << 30;
  const TemporaryFile file(size);
  file.store(std::uint64_t{512} << 30, pattern(4096));
  file.store(size - 4096, pattern(4096));
  const auto media = *FileMedia::open_read(file.path());
  if (media->run_at(0, size)->kind != ExtentKind::zero) {
    MESSAGE("not tested: the temporary directory's file system does not tell holes");
    return;
  }
  TraceMedia trace(*media);
  const auto runs = *extents(trace, {0, size});
  REQUIRE(runs.size() == 4);
  CHECK(runs[0] == ExtentRun{{0, std::uint64_t{512} << 30}, ExtentKind::zero});
  CHECK(runs[1] == ExtentRun{{std::uint64_t{512} << 30, 4096}, ExtentKind::data});
  CHECK(runs[3] == ExtentRun{{size - 4096, 4096}, ExtentKind::data});
  CHECK(trace.count(MediaCall::Kind::run_at) == 4);
  CHECK(*is_zero(trace, {0, std::uint64_t{512} << 30}));
  CHECK(!*is_zero(trace, {0, size}));
  CHECK(trace.bytes(MediaCall::Kind::read) == 4096);
  // Runs begin and end where they are asked to.
  CHECK(media->run_at(5, 77)->range == Extent{5, 72});
  CHECK(media->run_at((std::uint64_t{512} << 30) + 100, size)->range.size == 3996);
}

/// Any mix of reads and writes agrees with plain bytes.
void compare_with_bytes(Media& media, std::vector<std::byte> model) {
  const std::uint64_t seed = std::random_device{}();
  CAPTURE(seed);
  std::mt19937_64 random(seed);
  for (int i = 0; i < 200; ++i) {
    const std::uint64_t offset = random() % model.size();
    const std::uint64_t most = random() % 3 == 0 ? 3 << 20 : 9000;
    const std::uint64_t size =
        random() % (std::min<std::uint64_t>(model.size() - offset, most) + 1);
    const auto at = model.begin() + static_cast<std::ptrdiff_t>(offset);
    if (random() % 2 == 0) {
      const auto bytes = pattern(size, static_cast<unsigned>(random() % 250));
      REQUIRE(media.write(offset, bytes));
      std::copy(bytes.begin(), bytes.end(), at);
    } else {
      CHECK(std::ranges::equal(bytes_of(media, offset, size),
                               std::span(at, at + static_cast<std::ptrdiff_t>(size))));
    }
  }
  REQUIRE(media.flush({0, media.size()}));
  REQUIRE(media.fence());
  CHECK(bytes_of(media, 0, model.size()) == model);
}

TEST_CASE("file: random reads and writes agree with plain bytes") {
  const TemporaryFile file(4 << 20);
  compare_with_bytes(**FileMedia::open_write(file.path()), filled(4 << 20, 0));
}

TEST_CASE("file: past the page cache any range still reads and writes") {
  const TemporaryFile file(4 << 20);
  const auto media = FileMedia::open_write(file.path(), {false, true});
  if (!media && media.error().code == Errc::not_supported) {
    MESSAGE("not tested: no O_DIRECT in the temporary directory");
    return;
  }
  REQUIRE(media);
  CHECK((*media)->traits().alignment == 4096);
  compare_with_bytes(**media, filled(4 << 20, 0));
}

TEST_CASE(
    "file: past the page cache a size that is no whole number of blocks reads, but is not "
    "written") {
  const TemporaryFile file(10000);
  file.store(0, pattern(10000));
  const auto reader = FileMedia::open_read(file.path(), true);
  if (!reader && reader.error().code == Errc::not_supported) {
    MESSAGE("not tested: no O_DIRECT in the temporary directory");
    return;
  }
  REQUIRE(reader);
  CHECK(bytes_of(**reader, 0, 10000) == pattern(10000));
  CHECK(bytes_of(**reader, 9999, 1) == std::vector{pattern(10000).back()});
  const TemporaryFile other(10000);
  const auto writer = *FileMedia::open_write(other.path(), {false, true});
  CHECK(writer->write(0, filled(8, 1)).error().code == Errc::not_supported);
  CHECK(std::filesystem::file_size(other.path()) == 10000);
}

TEST_CASE("block device: size and blocks come from the device, and one writer holds it") {
  for (const std::uint32_t block : {512U, 4096U}) {
    CAPTURE(block);
    const TemporaryFile file(4 << 20);
    const LoopDevice device(file.path(), block);
    if (!device.reason().empty()) {
      MESSAGE("not tested: " << device.reason());
      return;
    }
    CHECK(is_in_use(device.path()) == InUse::no);
    for (const bool direct : {false, true}) {
      const auto media = *FileMedia::open_write(device.path(), {false, direct});
      CHECK(media->is_block_device());
      CHECK(media->size() == 4 << 20);
      CHECK(media->block_size() == block);
      CHECK(media->traits().alignment == block);
      CHECK(media->run_at(0, 4 << 20)->range.size == 4 << 20);
      CHECK(is_in_use(device.path()) == InUse::yes);
      CHECK(FileMedia::open_write(device.path()).error().code == Errc::in_use);
      CHECK(FileMedia::open_read(device.path()));
      compare_with_bytes(*media, bytes_of(*media, 0, 4 << 20));
    }
    CHECK(is_in_use(device.path()) == InUse::no);
  }
}

}  // namespace
}  // namespace ndmedic
