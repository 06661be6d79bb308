// SPDX-License-Identifier: BSD-3-Clause
#include <ndmedic/media/in_use.h>

#include <doctest/doctest.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>

#include <ndmedic/media/file_media.h>
#include <ndmedic/media/mapped_media.h>

#include "pattern.h"
#include "processes.h"

namespace ndmedic {
namespace {

using test::HoldingChild;
using test::Qemu;
using test::TemporaryFile;

constexpr std::uint64_t size = 64 << 20;

/// False, with the reason, where this file system cannot tell who uses a file.
bool leases_work(const TemporaryFile& file) {
  if (is_in_use(file.path()) != InUse::unknown) return true;
  MESSAGE("not tested: the temporary directory's file system has no leases");
  return false;
}

bool qemu_is_installed() {
  if (Qemu::is_installed()) return true;
  MESSAGE("not tested: qemu-system-x86_64 is not installed");
  return false;
}

void check_refused(const TemporaryFile& file) {
  for (const bool force : {false, true}) {
    CAPTURE(force);
    const auto media = FileMedia::open_write(file.path(), {force, false});
    REQUIRE(!media);
    CHECK(media.error().code == Errc::in_use);
    CHECK(media.error().what == "held by another process");
    CHECK(MappedMedia::open_write(file.path(), {force, false}).error().code == Errc::in_use);
  }
  CHECK(is_in_use(file.path()) == InUse::yes);
  CHECK(FileMedia::open_read(file.path()));
}

void check_free(const TemporaryFile& file) {
  CHECK(is_in_use(file.path()) == InUse::no);
  CHECK(FileMedia::open_write(file.path()));
}

TEST_CASE("in use: nobody has it open, so it may be written, again and again") {
  const TemporaryFile file(size);
  if (!leases_work(file)) return;
  check_free(file);
  check_free(file);
}

TEST_CASE("in use: another process has the file open, for reading or writing") {
  const TemporaryFile file(size);
  if (!leases_work(file)) return;
  for (const int flags : {O_RDONLY, O_RDWR, O_WRONLY}) {
    CAPTURE(flags);
    {
      const HoldingChild child([&] { return ::open(file.path().c_str(), flags) >= 0; });
      REQUIRE(child.holds());
      check_refused(file);
    }
    check_free(file);
  }
}

TEST_CASE("in use: another process has it mapped only, the descriptor closed") {
  const TemporaryFile file(size);
  if (!leases_work(file)) return;
  for (const bool writable : {false, true}) {
    CAPTURE(writable);
    const HoldingChild child([&] {
      const int fd = ::open(file.path().c_str(), writable ? O_RDWR : O_RDONLY);
      const int protection = writable ? PROT_READ | PROT_WRITE : PROT_READ;
      const bool mapped = ::mmap(nullptr, size, protection, MAP_SHARED, fd, 0) != MAP_FAILED;
      return ::close(fd) == 0 && mapped;
    });
    REQUIRE(child.holds());
    check_refused(file);
  }
}

TEST_CASE("in use: our own media count too") {
  const TemporaryFile file(size);
  if (!leases_work(file)) return;
  {
    const auto writer = FileMedia::open_write(file.path());
    REQUIRE(writer);
    check_refused(file);
  }
  {
    const auto reader = FileMedia::open_read(file.path());
    REQUIRE(reader);
    check_refused(file);
  }
  {
    const auto mapped = MappedMedia::open_write(file.path());
    REQUIRE(mapped);
    check_refused(file);
  }
  check_free(file);
}

TEST_CASE("in use: the lock alone keeps a writer of ours and QEMU's block layer out") {
  const TemporaryFile file(size);
  const auto writer = FileMedia::open_write(file.path(), {true, false});
  REQUIRE(writer);
  const int fd = ::open(file.path().c_str(), O_RDWR | O_CLOEXEC);
  REQUIRE(fd >= 0);
  for (const off_t byte : {100, 101, 163, 200, 203, 263}) {
    CAPTURE(byte);
    struct flock lock = {};
    lock.l_type = F_RDLCK;
    lock.l_whence = SEEK_SET;
    lock.l_start = byte;
    lock.l_len = 1;
    CHECK(::fcntl(fd, F_OFD_SETLK, &lock) == -1);
  }
  ::close(fd);
}

TEST_CASE("in use: a byte locked as QEMU's block layer does is seen without a lease") {
  const TemporaryFile file(size);
  const int fd = ::open(file.path().c_str(), O_RDWR | O_CLOEXEC);
  REQUIRE(fd >= 0);
  struct flock lock = {};
  lock.l_type = F_RDLCK;
  lock.l_whence = SEEK_SET;
  lock.l_start = 201;
  lock.l_len = 1;
  REQUIRE(::fcntl(fd, F_OFD_SETLK, &lock) == 0);
  CHECK(is_in_use(file.path()) == InUse::yes);
  CHECK(FileMedia::open_write(file.path(), {true, false}).error().code == Errc::in_use);
  ::close(fd);
}

TEST_CASE("in use: who asks while another opens is not ended by a signal") {
  // The lease of a question is broken by every opening: by default that signal is deadly.
  const TemporaryFile file(4096);
  const pid_t child = ::fork();
  if (child == 0) {
    for (int i = 0; i < 30000; ++i) static_cast<void>(is_in_use(file.path()));
    ::_exit(0);
  }
  REQUIRE(child > 0);
  int status = 0;
  pid_t ended = 0;
  while ((ended = ::waitpid(child, &status, WNOHANG)) == 0) {
    const int fd = ::open(file.path().c_str(), O_RDWR | O_CLOEXEC);
    CHECK(fd >= 0);
    ::close(fd);
    CHECK(FileMedia::open_read(file.path()));
  }
  CHECK(ended == child);
  CHECK(WIFEXITED(status));
}

TEST_CASE("in use: what is no image cannot be told") {
  CHECK(is_in_use("/dev/null") == InUse::unknown);
  CHECK(is_in_use("/") == InUse::unknown);
  CHECK(is_in_use("/nonexistent/file") == InUse::unknown);
}

TEST_CASE("in use: of another user's file nothing can be told, and force is wanted") {
  if (::geteuid() != 0) {
    MESSAGE("not tested: only root can leave a file to itself and ask as somebody else");
    return;
  }
  const TemporaryFile file(4096);
  REQUIRE(::chmod(file.path().c_str(), 0666) == 0);
  const HoldingChild child([&] {
    constexpr uid_t nobody = 65534;
    if (::setresuid(nobody, nobody, nobody) != 0) return false;
    const bool unknown = is_in_use(file.path()) == InUse::unknown;
    const auto media = FileMedia::open_write(file.path());
    const bool refused =
        !media && media.error().code == Errc::in_use && media.error().what == "cannot be told";
    return unknown && refused && FileMedia::open_write(file.path(), {true, false});
  });
  CHECK(child.holds());
}

TEST_CASE("in use: QEMU has it as the memory of an NVDIMM") {
  const TemporaryFile file(size);
  if (!leases_work(file)) return;
  if (!qemu_is_installed()) return;
  {
    const Qemu qemu({"-machine", "q35,nvdimm=on", "-m", "256M,slots=2,maxmem=2G", "-object",
                     "memory-backend-file,id=m,share=on,mem-path=" + file.path() + ",size=64M",
                     "-device", "nvdimm,memdev=m,id=n"});
    REQUIRE(qemu.runs());
    check_refused(file);
  }
  check_free(file);
}

TEST_CASE("in use: QEMU has it as a raw disk, and does not get it while we write") {
  const TemporaryFile file(size);
  if (!leases_work(file)) return;
  if (!qemu_is_installed()) return;
  const std::vector<std::string> disk = {
      "-machine", "q35", "-m", "128M", "-drive", "if=virtio,format=raw,file=" + file.path()};
  {
    const Qemu qemu(disk);
    REQUIRE(qemu.runs());
    check_refused(file);
  }
  const auto writer = FileMedia::open_write(file.path());
  REQUIRE(writer);
  MESSAGE("the next line is QEMU's refusal");
  CHECK(!Qemu(disk).runs());
}

}  // namespace
}  // namespace ndmedic
