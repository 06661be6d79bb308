// SPDX-License-Identifier: BSD-3-Clause
// Index blocks. Contract: any bytes at the place of block 0 or 1 of an area of any size are judged
// without a look outside them, like the second reader judges them, and come back unchanged.
// choice bit 0: the block's number; flag 1: slots of 128 bytes; number: size of the area (below
// 256 KiB); size: a context that no area has; body: the block.
#include <ndmedic/format/codec.h>
#include <ndmedic/format/label_index.h>

#include <algorithm>

#include "agreement/structures.h"
#include "fuzz/harness.h"

using namespace ndmedic;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto [head, body] = fuzz::split(data, size);
  const unsigned number = head.choice & 1;
  const std::uint32_t slot_size = head.flag(1) ? 128 : 256;
  fuzz::Buffer area(head.number % (1U << 18));
  const auto geometry = label_geometry(area.size(), slot_size);
  if (geometry) {
    const auto place = std::span(area).subspan(number * geometry->index_size, geometry->index_size);
    std::ranges::copy(fuzz::padded(body, place.size()), place.begin());
    if (head.dressed()) agreement::dress(&index_block_structure, place);
    const auto header = decode<IndexHeader>(place);
    fuzz::Buffer again(sizeof header);
    encode(header, again);
    fuzz::require(std::ranges::equal(again, place.first(again.size())), "round trip");
    fuzz::require_inside(validate(place, {number, *geometry}), place.size());
    const std::uint32_t bits = std::min<std::uint32_t>(header.nslot.value(), 1U << 16);
    for (std::uint32_t slot = 0; slot < bits; slot += 37) (void)is_free(place, {slot});
  }
  fuzz::require_agreement(agreement::compare_index(area, number, slot_size));
  // Sizes that contradict each other must be judged too: nothing may be read beyond `body`.
  const LabelGeometry odd{head.size, slot_size, head.size >> (head.small & 63), head.number};
  fuzz::require_inside(validate(body, {number, odd}), UINT32_MAX + std::uint64_t{8});
  return 0;
}
