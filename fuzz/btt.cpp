// SPDX-License-Identifier: BSD-3-Clause
// Whole BTTs. Contract: whatever stands in info blocks, flog and map, the chain, every lane and the
// census of the map are read in bounded calls, and agree with the second reader.
// choice: the base; body: overwrites (overwrites.h).
#include <ndmedic/btt/lane_state.h>
#include <ndmedic/btt/map_census.h>

#include <algorithm>

#include "agreement/images.h"
#include "fuzz/overwrites.h"

using namespace ndmedic;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const fuzz::Input input = fuzz::split(data, std::min<std::size_t>(size, 16384));
  const fuzz::BttBase& base = fuzz::btt_base(input.head.choice);
  agreement::Effort effort;
  agreement::PatchedMedia media(*base.media, &effort);
  fuzz::overwrite(media, base.arenas, input);
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
