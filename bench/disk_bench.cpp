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

/// `threads` of them, each `calls` times.
Subject writer(Sectors& sectors, std::uint32_t count, unsigned threads, std::uint64_t calls) {
  return {[&sectors, count](unsigned thread, unsigned round, std::uint64_t operations) {
            write_some(sectors, thread, round, operations, count);
          },
          threads, calls};
}

Subject floor_of(int file, std::uint32_t count, std::uint64_t calls) {
  return {[file, count](unsigned, unsigned round, std::uint64_t operations) {
            write_three_times(file, round, operations, count);
          },
          1, calls};
}

void measure_one(Sectors& engine, Sectors* peer, int file, unsigned rounds) {
  std::vector<Subject> subjects = {writer(engine, 1, 1, 100), floor_of(file, 1, 100)};
  if (peer != nullptr) subjects.push_back(writer(*peer, 1, 1, 100));
  const std::vector<double> rates = contest(subjects, rounds);
  print("durable write 4 KiB", 1, {rates[0], peer != nullptr ? rates[2] : 0, rates[1], 0});
}

void measure_batch(Sectors& engine, Sectors* peer, int file, unsigned rounds) {
  std::vector<Subject> subjects = {writer(engine, 64, 1, 50), floor_of(file, 64, 50)};
  // Few: 64 sectors are 256 msyncs.
  if (peer != nullptr) subjects.push_back(writer(*peer, 64, 1, 5));
  const std::vector<double> rates = contest(subjects, rounds);
  print("durable write 64 x 4 KiB", 1,
        {rates[0] * 64, peer != nullptr ? rates[2] * 64 : 0, rates[1] * 64, 0});
}

/// The floor is 16 writers in step with each other that cost nothing to wake.
void measure_together(Sectors& engine, int file, unsigned rounds) {
  const std::vector<double> rates = contest({writer(engine, 1, 16, 50), writer(engine, 1, 1, 100),
                                             floor_of(file, 16, 50), floor_of(file, 1, 100)},
                                            rounds);
  print("durable write 4 KiB", 16, {rates[0], 0, rates[2] * 16, 0});
  print("one writer", 1, {rates[1], 0, rates[3], 0});
}

int run_all(const std::string& folder, unsigned rounds) {
  const auto engine = engine_sectors(folder + "/bench.engine", file_size, sector_size, false);
  const auto peer = peer_sectors(folder + "/bench.peer", file_size, sector_size);
  make_file(folder + "/bench.floor", file_size);
  const int file = ::open((folder + "/bench.floor").c_str(), O_RDWR);
  if (file < 0) return 1;
  print_head();
  measure_one(*engine, peer.get(), file, rounds);
  measure_batch(*engine, peer.get(), file, rounds);
  measure_together(*engine, file, rounds);
  ::close(file);
  for (const char* name : {"engine", "peer", "floor"})
    std::filesystem::remove(folder + "/bench." + name);
  return 0;
}

}  // namespace
}  // namespace ndmedic::bench

int main(int argc, char** argv) {
  return ndmedic::bench::run_all(argc > 1 ? argv[1] : ".",
                                 argc > 2 ? static_cast<unsigned>(std::atoi(argv[2])) : 25);
}
