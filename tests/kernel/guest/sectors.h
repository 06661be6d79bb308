// SPDX-License-Identifier: BSD-3-Clause
// Sectors that say what they are, for the program in the guest and the check outside. Writer w of n
// owns the LBAs that are w modulo n, within the first `pool` sectors, and writes them in an order
// that anyone can recompute; it waits for each write before it starts the next. So after a power
// loss the medium holds, for each writer, exactly the state after its first k writes for some k.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>

namespace sectors {

inline constexpr std::uint64_t magic = 0x5453'4554'4d44'4e31;

/// What stands in a sector: its address, and which write of which writer put it there.
struct Stamp {
  std::uint64_t lba = 0;
  std::uint64_t operation = 0;  ///< from 1
  std::uint64_t writer = 0;
  friend bool operator==(const Stamp&, const Stamp&) = default;
};

/// A bijection of 64-bit numbers without visible order.
constexpr std::uint64_t scatter(std::uint64_t x) {
  x = (x ^ (x >> 31)) * 0x7fb5d329728ea185;
  x = (x ^ (x >> 27)) * 0x81dadef4bc2dd44d;
  return x ^ (x >> 33);
}

/// The LBA of a writer's operation; one in two meets the writer's four hottest sectors, so that
/// free blocks are soon used again.
constexpr std::uint64_t lba_of(std::uint64_t writer, std::uint64_t operation, std::uint64_t writers,
                               std::uint64_t pool) {
  const std::uint64_t chance = scatter(operation * writers + writer);
  const std::uint64_t own = pool / writers;
  const std::uint64_t index = (chance >> 63) != 0 ? chance % 4 : chance % own;
  return index * writers + writer;
}

/// Fills a sector, a multiple of 8 bytes, with its stamp and 8-byte words that follow from it.
inline void fill(std::span<std::byte> sector, const Stamp& stamp) {
  const std::uint64_t head[4] = {magic, stamp.lba, stamp.operation, stamp.writer};
  const std::uint64_t seed = scatter(stamp.lba ^ scatter(stamp.operation ^ scatter(stamp.writer)));
  for (std::size_t at = 0; at < sector.size(); at += 8) {
    const std::uint64_t word = at < sizeof head ? head[at / 8] : scatter(seed + at);
    std::memcpy(sector.data() + at, &word, 8);
  }
}

/// The stamp of a sector that is as fill() left it to the last bit; none for any other.
inline std::optional<Stamp> stamp_of(std::span<const std::byte> sector) {
  std::uint64_t head[4] = {};
  std::memcpy(head, sector.data(), sizeof head);
  const Stamp stamp{head[1], head[2], head[3]};
  std::byte expected[4096];
  const std::span<std::byte> same_size(expected, sector.size());
  fill(same_size, stamp);
  if (std::memcmp(expected, sector.data(), sector.size()) != 0) return std::nullopt;
  return stamp;
}

/// For comparing what two readers see (FNV-1a, by words).
inline std::uint64_t hash(std::span<const std::byte> sector) {
  std::uint64_t sum = 0xcbf29ce484222325;
  for (std::size_t at = 0; at < sector.size(); at += 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, sector.data() + at, 8);
    sum = scatter((sum ^ word) * 0x100000001b3);
  }
  return sum;
}

inline bool is_blank(std::span<const std::byte> sector) {
  for (const std::byte byte : sector)
    if (byte != std::byte{}) return false;
  return true;
}

}  // namespace sectors
