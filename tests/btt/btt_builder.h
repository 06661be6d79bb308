// SPDX-License-Identifier: BSD-3-Clause
// Builds a BTT on sparse memory, byte by byte, and damages it. The default is one arena of 16 MiB
// with sectors of 4096 (second arena of btt.md E-11): 3829 LBAs, 4085 blocks, map at 0xFF7000, flog
// at 0xFFB000, backup at 0xFFF000.
#pragma once

#include <cstdint>
#include <memory>
#include <set>
#include <vector>

#include <ndmedic/btt/arena_chain.h>
#include <ndmedic/btt/lane_state.h>
#include <ndmedic/btt/map_census.h>
#include <ndmedic/format/btt_geometry.h>
#include <ndmedic/format/finding.h>
#include <ndmedic/media/memory_media.h>

namespace ndmedic::test {

inline constexpr Guid namespace_uuid =
    guid_literal("01234567-89ab-cdef-0123-456789abcdef", GuidOrder::text);
inline constexpr Guid btt_uuid =
    guid_literal("00112233-4455-6677-8899-aabbccddeeff", GuidOrder::text);
inline constexpr std::uint32_t lbas = 3829;
inline constexpr std::uint32_t blocks = 4085;

struct BttShape {
  std::uint64_t container = std::uint64_t{1} << 24;  ///< bytes of the medium
  std::uint64_t rawsize = std::uint64_t{1} << 24;    ///< bytes laid out, from the initial offset
  std::uint64_t initial_offset = 0;
  BttVersion version = btt_version_2_0;
  std::uint32_t sector = 4096;
  std::uint32_t nfree = 256;
  GeometryRule rule = GeometryRule::kernel;
  bool flagged = false;  ///< old_map and new_map with Z, as libpmemblk formats
  Guid parent = namespace_uuid;
};

struct EntryWords {
  std::uint32_t lba = 0;
  std::uint32_t old_map = 0;
  std::uint32_t new_map = 0;
  std::uint32_t seq = 0;
};

class BttBuilder {
 public:
  explicit BttBuilder(const BttShape& shape = {});

  SparseMedia& media() { return *media_; }
  /// Start of an arena in the container.
  std::uint64_t start(std::uint32_t arena) const { return starts_.at(arena); }
  InfoBlock info(std::uint32_t arena) const { return infos_.at(arena); }

  void put_primary(std::uint32_t arena, InfoBlock info, bool seal = true);
  void put_backup(std::uint32_t arena, InfoBlock info, bool seal = true);
  void put_info(std::uint32_t arena, const InfoBlock& info);  ///< both copies, sealed
  void put_entry(std::uint32_t lane, unsigned slot, const EntryWords& words,
                 std::uint32_t arena = 0);
  void put_map(std::uint32_t lba, std::uint32_t word, std::uint32_t arena = 0);
  void put_zeros(std::uint64_t offset, std::uint64_t size);
  void put_bytes(std::uint64_t offset, std::span<const std::byte> bytes);

 private:
  void format_arena(const BttShape& shape, const ArenaSpan& span);

  std::unique_ptr<SparseMedia> media_;
  std::vector<std::uint64_t> starts_;
  std::vector<InfoBlock> infos_;
};

/// Options that fit a BTT of this shape in its surrounding.
ChainOptions options_for(const BttShape& shape);

/// Everything the read side tells of one BTT.
struct Reading {
  ArenaChain chain;
  std::vector<LaneTable> lanes;
  std::vector<MapCensus> maps;
  Findings findings;

  std::set<ProblemId> ids() const;
};
Reading read_all(const Media& media, const ChainOptions& options);

}  // namespace ndmedic::test
