// SPDX-License-Identifier: BSD-3-Clause
// BTT info blocks. Contract: any 4096 bytes come back unchanged, are judged by every rule without
// overflow as the second reader judges them, and lead to no geometry that does not fit.
// size: bytes from the arena's start to the container's end; body: the block.
#include <ndmedic/format/btt_geometry.h>
#include <ndmedic/format/btt_info.h>
#include <ndmedic/format/codec.h>

#include <algorithm>

#include "agreement/structures.h"
#include "fuzz/harness.h"

using namespace ndmedic;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto [head, body] = fuzz::split(data, size);
  fuzz::Buffer block = fuzz::padded(body, info_block_size);
  if (head.dressed()) agreement::dress(&info_block_structure, block);
  const auto info = decode<InfoBlock>(block);
  fuzz::require(std::ranges::equal(bytes_of(info), block), "round trip");
  const InfoViolations found = validate(info, {head.size, Guid{}});
  fuzz::require_inside(found, block.size());
  if (head.dressed()) fuzz::require(!found.has<"V-2">(), "a dressed checksum is right");
  fuzz::require_agreement(agreement::compare_info(block, head.size));

  // A formatter's geometry keeps the rules that a reader demands.
  for (const GeometryRule rule :
       {GeometryRule::kernel, GeometryRule::pmemblk, GeometryRule::ipmctl}) {
    const auto geometry =
        arena_geometry(head.size, info.external_lbasize.value(), info.nfree.value(), rule);
    if (!geometry) continue;
    InfoBlock made{};
    made.external_lbasize = geometry->external_lbasize;
    made.external_nlba = geometry->external_nlba;
    made.internal_lbasize = geometry->internal_lbasize;
    made.internal_nlba = geometry->internal_nlba;
    made.nfree = geometry->nfree;
    made.dataoff = geometry->dataoff;
    made.mapoff = geometry->mapoff;
    made.flogoff = geometry->flogoff;
    made.infooff = geometry->infooff;
    const InfoViolations own = validate(made, {geometry->arena_size, {}});
    fuzz::require(!own.has<"V-6">() && !own.has<"V-7">() && !own.has<"V-8">() &&
                      !own.has<"V-9">() && !own.has<"V-10">() && !own.has<"V-11">() &&
                      !own.has<"V-12">() && !own.has<"V-15">(),
                  "a formatter's geometry is valid");
  }
  return 0;
}
