// SPDX-License-Identifier: BSD-3-Clause
// The engine on memory-backed files against libpmemblk and the machine's floor.
//   bench_btt [FOLDER [ROUNDS [ONLY [MIB]]]]
// FOLDER: a tmpfs with room for five files of MIB (/dev/shm, 2048); ONLY: a part of a work's name.
// One line for each contest: name, threads, operations a second of engine, peer, floor and limit,
// the floor with the look-up of a map word, and what the engine comes to.
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>

#include "btt_subjects.h"
#include "contest.h"

namespace ndmedic::bench {
namespace {

struct Work {
  const char* name;
  std::uint32_t sector_size;
  std::uint32_t sectors;  // a call
  bool write;
  bool random;
  unsigned threads;
  std::uint64_t operations;  // calls of a thread in a round; enough for warm caches to be the rule
};

constexpr Work works[] = {
    // Sequential work first: while a fill's neighbours are neighbours.
    {"sequential read 256 KiB", 4096, 64, false, false, 1, 20000},
    {"sequential write 256 KiB", 4096, 64, true, false, 1, 20000},
    {"random write 512 B", 512, 1, true, true, 1, 1500000},
    {"random write 512 B", 512, 1, true, true, 2, 1500000},
    {"random read 512 B", 512, 1, false, true, 1, 2000000},
    {"random read 512 B", 512, 1, false, true, 2, 2000000},
    {"random write 4 KiB", 4096, 1, true, true, 1, 1000000},
    {"random write 4 KiB", 4096, 1, true, true, 2, 1000000},
    {"random read 4 KiB", 4096, 1, false, true, 1, 1000000},
    {"random read 4 KiB", 4096, 1, false, true, 2, 1000000},
};

void run(Sectors& sectors, const Work& work, unsigned thread, unsigned round,
         std::uint64_t operations) {
  Random random(1 + thread + 100 * round);
  std::vector<std::byte> buffer(std::size_t{work.sector_size} * work.sectors,
                                static_cast<std::byte>(thread + 1));
  const std::uint64_t places = sectors.count() / work.sectors;
  std::uint64_t place = places / work.threads * thread;
  for (std::uint64_t i = 0; i < operations; ++i) {
    place = work.random ? random.below(places) : (place + 1 < places ? place + 1 : 0);
    if (work.write)
      sectors.write(place * work.sectors, buffer);
    else
      sectors.read(place * work.sectors, buffer);
  }
}

void fill(Sectors& sectors, std::uint32_t sector_size) {
  constexpr std::uint64_t most = 256;
  const std::vector<std::byte> data(most * sector_size, std::byte{7});
  for (std::uint64_t lba = 0; lba < sectors.count(); lba += most)
    sectors.write(lba, std::span(data).first(std::min(most, sectors.count() - lba) * sector_size));
}

/// The three of one sector size, each sector written once.
struct Field {
  Field(const std::string& folder, std::uint64_t file_size, std::uint32_t sector_size) {
    engine = engine_sectors(folder + "/bench.engine", file_size, sector_size, true);
    peer = peer_sectors(folder + "/bench.peer", file_size, sector_size);
    floor = floor_sectors(folder + "/bench.floor", file_size, sector_size, Floor::fences);
    look_up = floor_sectors(folder + "/bench.look_up", file_size, sector_size, Floor::look_up);
    copy = floor_sectors(folder + "/bench.copy", file_size, sector_size, Floor::copy);
    for (Sectors* sectors : {engine.get(), peer.get()})
      if (sectors != nullptr) fill(*sectors, sector_size);
  }
  std::unique_ptr<Sectors> engine, peer, floor, look_up, copy;
};

Subject subject(Sectors& sectors, const Work& work) {
  return {[&](unsigned thread, unsigned round, std::uint64_t operations) {
            run(sectors, work, thread, round, operations);
          },
          work.threads, work.operations};
}

void measure(Field& field, const Work& work, unsigned rounds) {
  const bool sequential = work.sectors > 1;
  Sectors& floor = sequential ? *field.copy : *field.floor;
  if (sequential) floor.lie_in(field.engine->places());
  std::vector<Subject> subjects = {subject(*field.engine, work), subject(floor, work)};
  if (!sequential) subjects.push_back(subject(*field.look_up, work));
  if (field.peer) subjects.push_back(subject(*field.peer, work));
  const std::vector<double> rates = contest(subjects, rounds);
  print(work.name, work.threads,
        {rates[0], field.peer ? rates.back() : 0, rates[1], sequential ? 0 : rates[2]});
}

int run_all(const std::string& folder, unsigned rounds, const char* only, std::uint64_t mib) {
  // tmpfs is no persistent memory: both libraries are told to treat it as such.
  ::setenv("PMEM2_FORCE_GRANULARITY", "CACHE_LINE", 1);
  ::setenv("PMEM_IS_PMEM_FORCE", "1", 1);
  print_head();
  for (const std::uint32_t sector_size : {512U, 4096U}) {
    const auto wanted = [&](const Work& work) {
      return work.sector_size == sector_size && std::strstr(work.name, only) != nullptr;
    };
    if (std::ranges::none_of(works, wanted)) continue;
    Field field(folder, mib << 20, sector_size);
    for (const Work& work : works)
      if (wanted(work)) measure(field, work, rounds);
  }
  for (const char* name : {"engine", "peer", "floor", "look_up", "copy"})
    std::filesystem::remove(folder + "/bench." + name);
  return 0;
}

}  // namespace
}  // namespace ndmedic::bench

int main(int argc, char** argv) {
  const auto number = [&](int index, unsigned otherwise) {
    return argc > index ? static_cast<unsigned>(std::atoi(argv[index])) : otherwise;
  };
  return ndmedic::bench::run_all(argc > 1 ? argv[1] : "/dev/shm", number(2, 5),
                                 argc > 3 ? argv[3] : "", number(4, 2048));
}
