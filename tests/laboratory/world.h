// SPDX-License-Identifier: BSD-3-Clause
// Arenas of a few tiny blocks, in any state that a writer could have left them in at rest.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <ndmedic/btt/arena.h>
#include <ndmedic/format/btt_flog.h>
#include <ndmedic/format/btt_map.h>

#include "content.h"
#include "random.h"

namespace ndmedic::laboratory {

/// At most 64 blocks an arena.
struct Shape {
  std::uint32_t lbas = 6;
  std::uint32_t lanes = 2;
  std::uint32_t sector = 16;  ///< bytes, external_lbasize
  std::uint32_t block = 16;   ///< bytes, internal_lbasize, a multiple of 8
  FlogLayout layout = FlogLayout::slots_0_1;
  BttContainer container = BttContainer::ns;
  std::uint32_t arenas = 1;
};
std::string describe(const Shape& shape);

/// All blocks of all arenas come first, then maps and flogs, so that what the metadata say changes
/// least often when images are walked.
struct World {
  Shape shape{};
  std::vector<Arena> arenas{};
  std::uint64_t size = 0;      ///< bytes of the medium
  std::uint64_t metadata = 0;  ///< offset of the first map
  std::uint32_t sectors() const { return shape.lbas * shape.arenas; }
};
World lay_out(const Shape& shape);

/// A medium at rest and what its sectors hold.
struct Start {
  std::vector<std::byte> bytes{};
  std::vector<Content> contents{};  ///< by external LBA
};

/// Random owners of blocks, map states, sequence numbers, leftovers of torn writes.
Start random_start(const World& world, Random& random);
/// As formatted: initial map, pristine lanes, zeroed blocks.
Start fresh_start(const World& world);

/// A word of the medium, in host order.
std::uint32_t load_word(std::span<const std::byte> bytes, std::uint64_t offset);

}  // namespace ndmedic::laboratory
