// SPDX-License-Identifier: BSD-3-Clause
// Whole BTTs. Contract: whatever stands in info blocks, flog and map, the chain, every lane and the
// census of the map are read in bounded calls, and agree with the second reader.
// choice: the base; body: overwrites {kind, index (16 bits), offset, length, bytes} of an info
// block (kind 0), a backup (1), a flog group (2) or words of the map (3); index: arena in bit 15.
#include <ndmedic/btt/lane_state.h>
#include <ndmedic/btt/map_census.h>
#include <ndmedic/format/btt_info.h>

#include <algorithm>
#include <array>

#include "agreement/images.h"
#include "agreement/structures.h"
#include "fuzz/bases.h"
#include "fuzz/harness.h"

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

void overwrite(agreement::PatchedMedia& media, const std::vector<ArenaPlaces>& arenas,
               const fuzz::Input& input) {
  fuzz::Taker taker(input.body);
  while (!taker.done()) {
    const auto kind = static_cast<unsigned>(taker.number(1));
    const std::uint64_t index = taker.number(2);
    const ArenaPlaces& arena = arenas[(index >> 15) % arenas.size()];
    const Spot spot = spot_of(arena, kind, index & 0x7FFF);
    const std::uint64_t offset = taker.number(1);
    const std::uint64_t length = taker.number(1);
    media.patch(spot.offset + offset, taker.bytes(length));
    if (!spot.info || !input.head.dressed()) continue;
    fuzz::Buffer block(info_block_size);
    if (!media.read(spot.offset, block)) continue;
    agreement::dress(&info_block_structure, block);
    media.patch(spot.offset, block);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const fuzz::Input input = fuzz::split(data, std::min<std::size_t>(size, 16384));
  const fuzz::BttBase& base = fuzz::btt_base(input.head.choice);
  agreement::Effort effort;
  agreement::PatchedMedia media(*base.media, &effort);
  overwrite(media, base.arenas, input);
  effort = {};

  fuzz::CheckedSink sink;
  ChainOptions options;
  options.initial_offset = {base.initial_offset};
  options.expected = true;
  if (input.head.flag(1)) options.parent_uuid = Guid{};
  const auto chain = read_arena_chain(media, options, sink);
  fuzz::require(bool(chain), "memory can be read");
  for (const ArenaPlace& place : chain->places) {
    if (!place.arena) continue;
    const auto lanes = read_lanes(media, *place.arena, options.context, sink);
    fuzz::require(bool(lanes), "lanes are read");
    std::uint64_t counted = 0;
    for (const std::uint64_t count : lanes->counts) counted += count;
    fuzz::require(counted == place.arena->geometry.nfree, "each lane has one state");
    const auto census = count_map(media, *place.arena, {}, sink);
    fuzz::require(bool(census), "the map is counted");
    fuzz::require(
        census->initial + census->error + census->zero + census->normal + census->not_checked ==
            place.arena->geometry.external_nlba,
        "each map entry has one state");
  }
  fuzz::require(effort.calls <= base.calls_allowed, "calls are bounded");
  if (!input.head.flag(2))
    fuzz::require_agreement(agreement::compare_btt(media, base.initial_offset));
  return 0;
}
