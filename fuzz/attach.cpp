// SPDX-License-Identifier: BSD-3-Clause
// Opening hostile BTTs. Contract: whatever stands in info blocks, flog and map, opening gives an
// Error or sectors whose calls come back; what opens for writing opens for reading and showed the
// same sectors before; a sector that was written without an Error reads as it was written.
// choice: the base; small: LBAs that are tried; body: overwrites (overwrites.h).
#include <ndmedic/btt/engine.h>
#include <ndmedic/media/copy.h>
#include <ndmedic/media/memory_media.h>

#include <algorithm>

#include "fuzz/overwrites.h"

using namespace ndmedic;

namespace {

std::vector<std::uint64_t> sampled_lbas(std::uint64_t sectors, std::uint16_t small) {
  std::vector<std::uint64_t> lbas = {0, 1, 5, 7, small, sectors / 2, sectors - 1};
  std::erase_if(lbas, [sectors](std::uint64_t lba) { return lba >= sectors; });
  return lbas;
}

/// A sector, or an empty one where reading fails.
fuzz::Buffer read_sector(const Btt& btt, std::uint64_t lba) {
  fuzz::Buffer sector(btt.sector_size());
  const Status status = btt.read({lba}, sector);
  if (status) return sector;
  fuzz::require(status.error().where == Extent{lba, 1}, "an Error names the sector");
  return {};
}

void write_and_read(Btt& btt, std::uint64_t lba, std::byte value) {
  const fuzz::Buffer sector(btt.sector_size(), value);
  if (btt.write({lba}, sector))
    fuzz::require(read_sector(btt, lba) == sector, "a written sector is read");
  if (btt.zero({lba}, 1))
    fuzz::require(read_sector(btt, lba) == fuzz::Buffer(btt.sector_size()), "zeros are read");
  if (btt.mark_error({lba}, 1))
    fuzz::require(read_sector(btt, lba).empty(), "an error entry is not read");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const fuzz::Input input = fuzz::split(data, std::min<std::size_t>(size, 4096));
  const fuzz::BttBase& base = fuzz::btt_base(input.head.choice);
  agreement::PatchedMedia patched(*base.media);
  fuzz::overwrite(patched, base.arenas, input);
  SparseMedia media(patched.size());
  fuzz::require(bool(copy_data(patched, media)), "memory can be copied");

  fuzz::CheckedSink sink;
  BttOptions options;
  options.chain.initial_offset = {base.initial_offset};
  options.with_metadata = input.head.flag(2);
  const auto read_only = Btt::open_read(media, options, sink);
  std::vector<fuzz::Buffer> before;
  std::vector<std::uint64_t> lbas;
  if (read_only) lbas = sampled_lbas((*read_only)->sectors(), input.head.small);
  for (const std::uint64_t lba : lbas) before.push_back(read_sector(**read_only, lba));

  options.writable = true;
  const auto writable = Btt::open(media, options, sink);
  if (!writable) return 0;
  fuzz::require(bool(read_only), "what can be written can be read");
  fuzz::require((*writable)->sectors() == (*read_only)->sectors(), "both have the same sectors");
  for (std::size_t i = 0; i < lbas.size(); ++i)
    fuzz::require(read_sector(**writable, lbas[i]) == before[i], "recovery gives what was shown");
  for (int value = 1; value < 3; ++value)
    for (const std::uint64_t lba : lbas)
      write_and_read(**writable, lba, static_cast<std::byte>(value));
  return 0;
}
