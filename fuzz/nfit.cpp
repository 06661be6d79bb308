// SPDX-License-Identifier: BSD-3-Clause
// NFITs. Contract: the walk over any bytes ends within them; structures, regions, interleaves and
// cookies are the second reader's; an interleave maps every byte there and back.
// flag 1: a _FIT buffer without header; choice: devices to match; body: the table.
#include <ndmedic/format/nfit_join.h>
#include <ndmedic/image/siblings.h>
#include <ndmedic/media/memory_media.h>

#include <algorithm>

#include "agreement/structures.h"
#include "fuzz/harness.h"

using namespace ndmedic;

namespace {

void require_two_ways(const NfitInterleave& lines, std::uint64_t at) {
  const auto spa = lines.spa_offset(at);
  if (spa) fuzz::require(lines.share_offset(*spa) == at, "an interleave is one-to-one");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto [head, body] = fuzz::split(data, size);
  fuzz::Buffer table(body.begin(), body.end());
  const NfitForm form = head.flag(1) ? NfitForm::fit_buffer : NfitForm::table;
  if (head.dressed() && form == NfitForm::table) agreement::dress_nfit(table);
  fuzz::require_agreement(agreement::compare_nfit(table, form));

  NfitWalk walk(table, form);
  std::uint64_t end = 0;
  while (const auto item = walk.next()) {
    fuzz::require(item->offset >= end && item->bytes.size() <= item->length, "structures ascend");
    end = item->offset + item->bytes.size();
    fuzz::require(end <= table.size(), "structures lie within the table");
  }
  const NfitJoin join = join_nfit(table, form);
  for (const NfitRegion& region : join.regions)
    for (const NfitMapping& mapping : region.mappings)
      if (const auto lines = interleave_of(join, mapping))
        for (const std::uint64_t at : {std::uint64_t{0}, std::uint64_t{4095}, mapping.region_size,
                                       head.size, ~std::uint64_t{0}})
          require_two_ways(*lines, at);

  MemoryMedia media(std::move(table));
  fuzz::CheckedSink sink;
  const auto reading = read_nfit(media, form == NfitForm::table, head.choice, {}, sink);
  fuzz::require(bool(reading), "a small table is read");
  fuzz::require(reading->regions.size() == reading->interleaves.size(), "one interleave a region");
  return 0;
}
