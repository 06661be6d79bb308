// SPDX-License-Identifier: BSD-3-Clause
// Who is compared: the engine, libpmemblk where this build has it, and the machine's own floor of a
// BTT-shaped write. Each on a file of its own of one size.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace ndmedic::bench {

/// An array of sectors. Failures end the program.
class Sectors {
 public:
  virtual ~Sectors() = default;
  virtual std::uint64_t count() const = 0;
  virtual void read(std::uint64_t lba, std::span<std::byte> into) = 0;
  virtual void write(std::uint64_t lba, std::span<const std::byte> from) = 0;
  /// Byte of the file where each sector lies now; empty where that is not told.
  virtual std::vector<std::uint64_t> places() const { return {}; }
  /// For a floor: where the sectors lie from here on.
  virtual void lie_in(std::vector<std::uint64_t>) {}
};

/// A file whose every byte was written, so that no page of a tmpfs and no extent of a disk is made
/// while measuring. Nothing of it is in the page cache of a disk: what was written there a mebibyte
/// at a time is kept in large pieces, which small writes then pay for.
void make_file(const std::string& path, std::uint64_t size);

/// The engine over a mapped file (libpmem2's environment may force cache-line granularity), or by
/// system calls. The file is created with `size` bytes and formatted.
std::unique_ptr<Sectors> engine_sectors(const std::string& path, std::uint64_t size,
                                        std::uint32_t sector_size, bool mapped);

/// libpmemblk, one block a call as its interface has it; null where this build has no libpmemblk.
std::unique_ptr<Sectors> peer_sectors(const std::string& path, std::uint64_t size,
                                      std::uint32_t sector_size);

/// Stores and fences of a write without what makes it a BTT: data, 8 bytes | 8 bytes | 4 bytes |
/// at random places. Reading is a memcpy. What no BTT can do without may be added, or left out.
enum class Floor : std::uint8_t {
  fences,   ///< as said
  look_up,  ///< a map word in memory is read first; it says where a sector to be read lies
  copy,     ///< writing is the copy and one fence
};
std::unique_ptr<Sectors> floor_sectors(const std::string& path, std::uint64_t size,
                                       std::uint32_t sector_size, Floor floor);

}  // namespace ndmedic::bench
