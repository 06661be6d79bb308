// SPDX-License-Identifier: BSD-3-Clause
// Does one kind of work a number of times and nothing else worth counting, for
// bench/instructions.sh.
//   bench_count engine|libpmemblk write|read COUNT FILE
// Random sectors of 512 bytes, one a call, in a mapped FILE of 32 MiB that is made and removed.
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <iostream>

#include "btt_subjects.h"
#include "contest.h"

namespace ndmedic::bench {
namespace {

constexpr std::uint32_t sector_size = 512;
constexpr std::uint64_t file_size = std::uint64_t{32} << 20;

int run(bool engine, bool write, std::uint64_t count, const std::string& file) {
  ::setenv("PMEM2_FORCE_GRANULARITY", "CACHE_LINE", 1);
  ::setenv("PMEM_IS_PMEM_FORCE", "1", 1);
  const auto sectors = engine ? engine_sectors(file, file_size, sector_size, true)
                              : peer_sectors(file, file_size, sector_size);
  std::filesystem::remove(file);
  if (!sectors) {
    std::cerr << "bench_count: built without libpmemblk\n";
    return 1;
  }
  Random random(1);
  std::vector<std::byte> buffer(sector_size, std::byte{5});
  // Sectors that were never written take another way; and each lane's first write.
  for (std::uint64_t lba = 0; lba < sectors->count(); ++lba) sectors->write(lba, buffer);
  for (std::uint64_t i = 0; i < count; ++i) {
    const std::uint64_t lba = random.below(sectors->count());
    write ? sectors->write(lba, buffer) : sectors->read(lba, buffer);
  }
  return 0;
}

}  // namespace
}  // namespace ndmedic::bench

int main(int argc, char** argv) {
  if (argc != 5) {
    std::cerr << "usage: bench_count engine|libpmemblk write|read COUNT FILE\n";
    return 16;
  }
  return ndmedic::bench::run(std::strcmp(argv[1], "engine") == 0,
                             std::strcmp(argv[2], "write") == 0,
                             std::strtoull(argv[3], nullptr, 10), argv[4]);
}
