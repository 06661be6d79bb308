// SPDX-License-Identifier: BSD-3-Clause
// Durable writes of 4 KiB sectors on a disk: the engine by system calls against libpmemblk's msync
// and against three times pwrite and fdatasync.
//   bench_disk [FOLDER [ROUNDS]]
// FOLDER: on the disk, with room for three files of 256 MiB (.). One line for each work: sectors a
// second of engine, peer and floor.
#include <fcntl.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include "btt_subjects.h"
#include "contest.h"

namespace ndmedic::bench {
namespace {

constexpr std::uint32_t sector_size = 4096;
constexpr std::uint64_t file_size = std::uint64_t{256} << 20;

/// `sectors` a call, at random places.
void write_some(Sectors& sectors, unsigned thread, unsigned round, std::uint64_t calls,
                std::uint32_t count) {
  Random random(1 + thread + 100 * round);
  const std::vector<std::byte> buffer(std::size_t{sector_size} * count, std::byte{5});
  for (std::uint64_t i = 0; i < calls; ++i)
    sectors.write(random.below(sectors.count() - count), buffer);
}

/// What three barriers cost, each behind `count` stores of the size that the protocol has there:
/// sectors anywhere, lanes side by side, map words anywhere in a map.
void write_three_times(int file, unsigned round, std::uint64_t calls, std::uint32_t count) {
  constexpr std::uint64_t map_size = file_size / sector_size * 4;
  Random random(1 + 100 * round);
  const std::vector<char> buffer(sector_size, 6);
  const auto store = [&](std::size_t size, std::uint64_t place) {
    if (::pwrite(file, buffer.data(), size, static_cast<off_t>(place)) < 0) std::exit(1);
  };
  const auto barrier = [&] {
    if (::fdatasync(file) != 0) std::exit(1);
  };
  for (std::uint64_t i = 0; i < calls; ++i) {
    for (std::uint32_t k = 0; k < count; ++k)
      store(sector_size, random.below(file_size / sector_size) * sector_size);
    barrier();
    for (std::uint32_t k = 0; k < count; ++k) store(8, std::uint64_t{k} * 64);
    barrier();
    for (std::uint32_t k = 0; k < count; ++k) store(4, random.below(map_size / 4) * 4);
    barrier();
  }
}

/// Sectors a second; 0: not measured.
struct Rates {
  double engine = 0;
  double peer = 0;
  double floor = 0;
};

void print(const char* name, unsigned threads, const Rates& rates) {
  std::printf("%s,%u,%.0f,%.0f,%.0f,%.2f,%.2f\n", name, threads, rates.engine, rates.peer,
              rates.floor, rates.peer > 0 ? rates.engine / rates.peer : 0,
              rates.floor > 0 ? rates.engine / rates.floor : 0);
  std::fflush(stdout);
}

Subject writer(const char* name, Sectors& sectors, std::uint32_t count) {
  return {name, [&sectors, count](unsigned thread, unsigned round, std::uint64_t calls) {
            write_some(sectors, thread, round, calls, count);
          }};
}

int run_all(const std::string& folder, unsigned rounds) {
  const auto engine = engine_sectors(folder + "/bench.engine", file_size, sector_size, false);
  const auto peer = peer_sectors(folder + "/bench.peer", file_size, sector_size);
  const int file = ::open((folder + "/bench.engine.floor").c_str(), O_RDWR | O_CREAT, 0600);
  if (file < 0 || ::posix_fallocate(file, 0, static_cast<off_t>(file_size)) != 0) return 1;

  const auto floor_of = [&](std::uint32_t count) {
    return Subject{"floor", [file, count](unsigned, unsigned round, std::uint64_t calls) {
                     write_three_times(file, round, calls, count);
                   }};
  };
  std::puts("work,threads,engine/s,libpmemblk/s,floor/s,of libpmemblk,of floor");
  std::vector<Subject> singles = {writer("engine", *engine, 1), floor_of(1)};
  std::vector<Subject> batches = {writer("engine", *engine, 64), floor_of(64)};
  if (peer) {
    singles.push_back(writer("libpmemblk", *peer, 1));
    // Few: 64 sectors are 256 msyncs.
    batches.push_back({"libpmemblk", [&](unsigned thread, unsigned round, std::uint64_t calls) {
                         write_some(*peer, thread, round, calls / 10, 64);
                       }});
  }
  std::vector<double> rates = contest(singles, 1, 300, rounds);
  const double one = rates[0];
  print("durable write 4 KiB", 1, {one, peer ? rates[2] : 0, rates[1]});
  rates = contest(batches, 1, 200, rounds);
  print("durable write 64 x 4 KiB", 1,
        {rates[0] * 64, peer ? rates[2] * 64 / 10 : 0, rates[1] * 64});
  rates = contest({writer("engine", *engine, 1)}, 16, 100, rounds);
  const double together = contest({floor_of(16)}, 1, 100, rounds)[0] * 16;
  print("durable write 4 KiB", 16, {rates[0], 0, together});
  print("the same against one writer", 16, {rates[0], 0, one});
  ::close(file);
  for (const char* name : {"engine", "peer", "engine.floor"})
    std::filesystem::remove(folder + "/bench." + name);
  return 0;
}

}  // namespace
}  // namespace ndmedic::bench

int main(int argc, char** argv) {
  return ndmedic::bench::run_all(argc > 1 ? argv[1] : ".",
                                 argc > 2 ? static_cast<unsigned>(std::atoi(argv[2])) : 5);
}
