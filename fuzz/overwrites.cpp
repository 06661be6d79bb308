// SPDX-License-Identifier: BSD-3-Clause
#include "fuzz/overwrites.h"

#include <ndmedic/format/btt_info.h>

namespace fuzz {

using namespace ndmedic;

namespace {

/// Place of an overwrite in the namespace, and what is dressed there.
struct Spot {
  std::uint64_t offset = 0;
  bool info = false;
};

Spot spot_of(const ArenaPlaces& arena, unsigned kind, std::uint64_t index) {
  switch (kind % 4) {
    case 0:
      return {arena.offset, true};
    case 1:
      return {arena.offset + arena.geometry.infooff, true};
    case 2:
      return {arena.offset + arena.geometry.flogoff + index % arena.geometry.nfree * 64, false};
    default:
      return {arena.offset + arena.geometry.mapoff + index % arena.geometry.external_nlba * 4,
              false};
  }
}

}  // namespace

void overwrite(agreement::PatchedMedia& media, const std::vector<ArenaPlaces>& arenas,
               const Input& input) {
  Taker taker(input.body);
  while (!taker.done()) {
    const auto kind = static_cast<unsigned>(taker.number(1));
    const std::uint64_t index = taker.number(2);
    const ArenaPlaces& arena = arenas[(index >> 15) % arenas.size()];
    const Spot spot = spot_of(arena, kind, index & 0x7FFF);
    const std::uint64_t offset = taker.number(1);
    const std::uint64_t length = taker.number(1);
    media.patch(spot.offset + offset, taker.bytes(length));
    if (!spot.info || !input.head.dressed()) continue;
    Buffer block(info_block_size);
    if (!media.read(spot.offset, block)) continue;
    agreement::dress(&info_block_structure, block);
    media.patch(spot.offset, block);
  }
}

}  // namespace fuzz
