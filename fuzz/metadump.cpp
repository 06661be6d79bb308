// SPDX-License-Identifier: BSD-3-Clause
// Metadumps, read and written. Contract: any file opens or is an Error; runs tile the image, data
// and zeros can be read, what is absent or bad cannot; what was written reads back as it was, and
// nothing else is there. Flag 0: the body is extents (offset and size of 4 bytes each) that are
// written of a patterned image of `size` bytes, up to 256 KiB, and read again. Flag 1: then one bit
// of the file, at `number`, turns. Without flag 0 the body is the file.
#include <algorithm>
#include <memory>
#include <vector>

#include <ndmedic/format/checked.h>
#include <ndmedic/media/memory_media.h>
#include <ndmedic/media/metadump_media.h>
#include <ndmedic/media/metadump_writer.h>

#include "fuzz/harness.h"

using namespace ndmedic;

namespace {

constexpr std::uint64_t image_max = std::uint64_t{256} << 10;
constexpr unsigned runs_max = 4096;

void read_run(const Media& media, const ExtentRun& run) {
  std::vector<std::byte> bytes(std::min<std::uint64_t>(run.range.size, 4096));
  const Status read = media.read(run.range.offset, bytes);
  if (run.kind == ExtentKind::absent)
    fuzz::require(!read && read.error().code == Errc::absent, "what is absent is not read");
  if (run.kind == ExtentKind::bad)
    fuzz::require(!read && read.error().code == Errc::bad_media, "what is bad is not read");
  if (run.kind == ExtentKind::zero)
    fuzz::require(read && std::ranges::all_of(bytes, [](std::byte b) { return b == std::byte{0}; }),
                  "zeros read as zeros");
  if (run.kind == ExtentKind::data)
    fuzz::require(read || read.error().code == Errc::bad_media, "data are read, or are bad");
}

void walk(const Media& media) {
  unsigned runs = 0;
  for (std::uint64_t at = 0; at < media.size() && runs < runs_max; ++runs) {
    const auto run = media.run_at(at, media.size());
    fuzz::require(bool(run), "there is a run everywhere");
    fuzz::require(
        run->range.offset == at && run->range.size > 0 && run->range.size <= media.size() - at,
        "runs tile the image");
    read_run(media, *run);
    at += run->range.size;
  }
}

/// A pattern with zeros in it.
std::vector<std::byte> image_of(std::uint64_t size) {
  std::vector<std::byte> image(static_cast<std::size_t>(size));
  for (std::size_t i = 0; i < image.size(); ++i)
    if ((i >> 15) % 3 != 0) image[i] = static_cast<std::byte>(i * 7 + (i >> 8));
  return image;
}

std::vector<std::byte> written(const Media& image, const std::vector<Extent>& keep) {
  std::vector<std::byte> file;
  const auto done =
      write_metadump(image, keep, false, [&](std::span<const std::byte> bytes) -> Status {
        file.insert(file.end(), bytes.begin(), bytes.end());
        return {};
      });
  fuzz::require(bool(done), "a metadump of a sound image is written");
  return file;
}

void check_same(const Media& dump, const std::vector<std::byte>& image,
                const std::vector<Extent>& keep) {
  for (const Extent& extent : keep) {
    std::vector<std::byte> bytes(static_cast<std::size_t>(extent.size));
    fuzz::require(bool(dump.read(extent.offset, bytes)), "what was kept is read");
    fuzz::require(std::equal(bytes.begin(), bytes.end(),
                             image.begin() + static_cast<std::ptrdiff_t>(extent.offset)),
                  "what was kept is what it was");
  }
}

void round_trip(const fuzz::Input& input) {
  const std::vector<std::byte> image = image_of(std::min(input.head.size, image_max));
  std::vector<Extent> keep;
  fuzz::Taker taker(input.body);
  while (!taker.done() && keep.size() < 64) {
    const Extent extent{taker.number(4), taker.number(4)};
    if (lies_within(extent.offset, extent.size, image.size())) keep.push_back(extent);
  }
  const MemoryMedia media(image);
  std::vector<std::byte> file = written(media, keep);
  if (input.head.flag(1)) {
    const std::size_t bit = input.head.number % (file.size() * 8);
    file[bit / 8] ^= static_cast<std::byte>(1U << bit % 8);
  }
  const auto dump = MetadumpMedia::open(std::make_unique<MemoryMedia>(std::move(file)));
  fuzz::require(dump || input.head.flag(1), "what was written is opened");
  if (!dump) return;
  walk(**dump);
  if (!input.head.flag(1)) check_same(**dump, image, keep);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const fuzz::Input input = fuzz::split(data, size);
  if (input.head.flag(0)) {
    round_trip(input);
    return 0;
  }
  auto file =
      std::make_unique<MemoryMedia>(std::vector<std::byte>(input.body.begin(), input.body.end()));
  const auto dump = MetadumpMedia::open(std::move(file));
  if (dump) walk(**dump);
  return 0;
}
