// SPDX-License-Identifier: BSD-3-Clause
// libpmemblk pools. Contract: any header and descriptor are judged as the second reader judges
// them and opened with whatever stands behind; any poolset text ends in parts or in an Error.
// choice 0: body is header and descriptor, with flag 1 of a file of `number` bytes; 1: a poolset
// text whose parts are not opened; 2: the same, opened, with names that stay in this folder.
#include <ndmedic/format/codec.h>
#include <ndmedic/format/pool_header.h>
#include <ndmedic/image/image.h>
#include <ndmedic/media/memory_media.h>

#include <algorithm>

#include "agreement/images.h"
#include "agreement/structures.h"
#include "fuzz/harness.h"

using namespace ndmedic;

namespace {

void open_alone(std::unique_ptr<Media> media) {
  std::vector<ImageInput> inputs;
  inputs.push_back({"pool", std::move(media)});
  fuzz::CheckedSink sink;
  const auto tree = open_images(std::move(inputs), agreement::quiet_options(), sink);
  if (tree) (void)place_map(*tree);
}

void try_header(const fuzz::Input& input) {
  fuzz::Buffer bytes = fuzz::padded(input.body, 2 * sizeof(PoolHeader));
  const auto header_bytes = std::span(bytes).first(sizeof(PoolHeader));
  if (input.head.dressed()) agreement::dress(&pool_header_structure, header_bytes);
  const auto header = decode<PoolHeader>(header_bytes);
  fuzz::require(std::ranges::equal(bytes_of(header), header_bytes), "round trip");
  fuzz::require_inside(validate(header), header_bytes.size());
  const auto descriptor = decode<BlkDescriptor>(std::span(bytes).subspan(blk_descriptor_offset));
  fuzz::require_inside(validate(descriptor, input.head.number), sizeof descriptor);
  fuzz::require_agreement(agreement::compare_pool(header_bytes));
  auto media = std::make_unique<SparseMedia>(input.head.flag(1) ? input.head.number : 1U << 24);
  const std::size_t size = std::min<std::uint64_t>(media->size(), bytes.size());
  fuzz::require(bool(media->write(0, std::span(bytes).first(size))), "the header is written");
  open_alone(std::move(media));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const fuzz::Input input = fuzz::split(data, size);
  if (input.head.choice % 3 == 0) {
    try_header(input);
    return 0;
  }
  fuzz::Buffer text(input.body.begin(), input.body.end());
  for (std::byte& character : text)
    if (character == std::byte{'/'}) character = std::byte{'_'};
  auto media = std::make_unique<MemoryMedia>(std::move(text));
  if (input.head.choice % 3 == 1) {
    open_alone(std::move(media));
    return 0;
  }
  fuzz::CheckedSink sink;
  const auto set = open_poolset(*media, 0, sink);
  if (set) fuzz::require(set->parts.size() == set->part_media.size(), "one medium a part");
  return 0;
}
