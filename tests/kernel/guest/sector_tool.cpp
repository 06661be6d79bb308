// SPDX-License-Identifier: BSD-3-Clause
// Runs in the guest, linked statically.
//   sector_tool write NAME DEVICE SECTOR POOL WRITERS    one thread for each writer, for ever;
//       prints READY once all have begun, and now and then "ACK NAME WRITER OPERATION": it is done
//   sector_tool list DEVICE SECTOR    prints "LBA HASH" of every sector that is not blank
#include <fcntl.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <linux/fs.h>

#include <cstdio>
#include <cstdlib>
#include <latch>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "sectors.h"

namespace {

[[noreturn]] void fail(const char* what) {
  std::perror(what);
  std::exit(1);
}

int open_device(const std::string& path, int flags) {
  const int fd = ::open(path.c_str(), flags | O_CLOEXEC);
  if (fd < 0) fail(path.c_str());
  return fd;
}

struct Aligned {
  void operator()(std::byte* memory) const { std::free(memory); }
};
std::unique_ptr<std::byte, Aligned> aligned(std::size_t size) {
  return std::unique_ptr<std::byte, Aligned>(
      static_cast<std::byte*>(std::aligned_alloc(4096, (size + 4095) / 4096 * 4096)));
}

struct Work {
  std::string name;
  std::string device;
  std::size_t sector_size;
  std::uint64_t pool;
  unsigned writers;
};

/// Never returns: the guest loses its power instead.
void write_on(const Work& work, unsigned writer, std::latch& begun) {
  // The kernel's lane is the number of the CPU: writers spread over lanes.
  cpu_set_t cpus;
  CPU_ZERO(&cpus);
  CPU_SET(writer % std::thread::hardware_concurrency(), &cpus);
  ::sched_setaffinity(0, sizeof cpus, &cpus);
  const int fd = open_device(work.device, O_RDWR | O_DIRECT);
  const auto memory = aligned(work.sector_size);
  const std::span<std::byte> sector(memory.get(), work.sector_size);
  for (std::uint64_t operation = 1;; ++operation) {
    const std::uint64_t lba = sectors::lba_of(writer, operation, work.writers, work.pool);
    sectors::fill(sector, {lba, operation, writer});
    const auto offset = static_cast<off_t>(lba * work.sector_size);
    if (::pwrite(fd, sector.data(), sector.size(), offset) != static_cast<ssize_t>(sector.size()))
      fail("pwrite");
    if (operation == 16) begun.count_down();
    if (operation % 64 == 0)
      std::printf("ACK %s %u %llu\n", work.name.c_str(), writer,
                  static_cast<unsigned long long>(operation));
  }
}

void write(const Work& work) {
  std::latch begun(static_cast<std::ptrdiff_t>(work.writers));
  std::vector<std::jthread> threads;
  for (unsigned writer = 0; writer < work.writers; ++writer)
    threads.emplace_back([&, writer] { write_on(work, writer, begun); });
  begun.wait();
  std::puts("READY");
}

void list(const std::string& device, std::size_t sector_size) {
  const int fd = open_device(device, O_RDONLY);
  std::uint64_t size = 0;
  if (::ioctl(fd, BLKGETSIZE64, &size) != 0) fail("size");
  constexpr std::size_t window = std::size_t{1} << 20;
  const auto memory = aligned(window);
  for (std::uint64_t at = 0; at < size;) {
    const ssize_t got = ::pread(fd, memory.get(), window, static_cast<off_t>(at));
    if (got <= 0) fail("pread");
    const std::span<const std::byte> read(memory.get(), static_cast<std::size_t>(got));
    for (std::size_t from = 0; from < read.size(); from += sector_size) {
      const auto sector = read.subspan(from, sector_size);
      if (!sectors::is_blank(sector))
        std::printf("%llu %016llx\n", static_cast<unsigned long long>((at + from) / sector_size),
                    static_cast<unsigned long long>(sectors::hash(sector)));
    }
    at += read.size();
  }
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> words(argv + 1, argv + argc);
  ::setvbuf(stdout, nullptr, _IOLBF, 0);
  if (words.size() == 6 && words[0] == "write")
    write({words[1], words[2], std::stoul(words[3]), std::stoul(words[4]),
           static_cast<unsigned>(std::stoul(words[5]))});
  else if (words.size() == 3 && words[0] == "list")
    list(words[1], std::stoul(words[2]));
  else
    return 16;
  return 0;
}
