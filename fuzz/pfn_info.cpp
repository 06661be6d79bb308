// SPDX-License-Identifier: BSD-3-Clause
// PFN and DAX info blocks. Contract: any 4096 bytes come back unchanged, are judged for a namespace
// of any size as the second reader judges them, and a usable size never exceeds the namespace. A
// layout that is made for any request keeps the rules by which it is read.
// size: bytes of the namespace; body: the block.
#include <ndmedic/format/codec.h>
#include <ndmedic/format/pfn_layout.h>
#include <ndmedic/image/siblings.h>
#include <ndmedic/media/memory_media.h>

#include <algorithm>

#include "agreement/structures.h"
#include "fuzz/harness.h"

using namespace ndmedic;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto [head, body] = fuzz::split(data, size);
  fuzz::Buffer block = fuzz::padded(body, sizeof(PfnInfo));
  if (head.dressed()) agreement::dress(&pfn_info_structure, block);
  const auto info = decode<PfnInfo>(block);
  fuzz::require(std::ranges::equal(bytes_of(info), block), "round trip");
  fuzz::require_agreement(agreement::compare_pfn(block, head.size));
  for (const std::uint64_t base : {std::uint64_t{0}, std::uint64_t{1} << 32, head.size})
    fuzz::require_inside(validate(info, {head.size, Guid{}, base, PfnKind::devdax}), block.size());
  const auto usable = usable_size(info, head.size);
  if (usable) fuzz::require(*usable <= head.size, "user data within the namespace");

  if (head.size < pfn_info_offset + block.size()) return 0;
  SparseMedia media(head.size);
  fuzz::require(bool(media.write(pfn_info_offset, block)), "the block is written");
  fuzz::CheckedSink sink;
  const auto reading = read_pfn(media, Guid{}, {}, sink);
  fuzz::require(bool(reading), "a readable block is read");
  if (*reading && (*reading)->usable) {
    const PfnReading& pfn = **reading;
    fuzz::require(pfn.data_offset <= head.size && pfn.data_size <= head.size - pfn.data_offset,
                  "data within the namespace");
  }
  const PfnRequest request{.namespace_size = head.size,
                           .physical_base = std::uint64_t{head.number} << 12,
                           .align = std::uint64_t{1} << (head.small & 63),
                           .page_size = 4096U << (head.choice >> 2 & 7),
                           .page_struct_size = std::uint32_t{head.small} >> 6,
                           .compatible_align = std::uint64_t{1} << (head.choice >> 5 << 2),
                           .mode = head.choice & 3U,
                           .writer = head.flag(1) ? PfnWriter::kernel : PfnWriter::ndctl};
  if (const auto made = make_pfn_info(request, PfnKind::fsdax, {}, {})) {
    fuzz::require(made->dataoff.value() < head.size && made->npfns.value() != 0,
                  "a layout leaves pages");
    const bool kernel = request.writer == PfnWriter::kernel;
    const auto judged = validate(*made, {.namespace_size = head.size,
                                         .parent_uuid = Guid{},
                                         .physical_base = request.physical_base,
                                         .kind = PfnKind::fsdax,
                                         .compatible_align = request.compatible_align});
    fuzz::require(!kernel || judged.empty(), "a layout without start_pad keeps all rules");
  }
  return 0;
}
