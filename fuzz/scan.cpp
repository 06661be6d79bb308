// SPDX-License-Identifier: BSD-3-Clause
// The recovery scan. Contract: any bytes are scanned; bytes read, skipped and unreadable are all
// there are; sightings and proposals lie within the medium, ascending; behind whole sectors of
// zeros the same is found, shifted. choice + 256 * small: the recipe, whose first device is
// overwritten with {page (16 bits, of its data pages), offset (16 bits), length, bytes}; flag 1: it
// ends at `size`; flag 2: the body is the medium, with `number` mod 64 KiB zeros behind it.
#include <algorithm>
#include <memory>
#include <vector>

#include <ndmedic/format/checked.h>
#include <ndmedic/fsck/scan_proposals.h>
#include <ndmedic/media/memory_media.h>
#include <ndmedic/media/view.h>

#include "fuzz/bases.h"
#include "fuzz/harness.h"

using namespace ndmedic;

namespace {

constexpr std::uint64_t page = 4096;
constexpr std::uint64_t shift = std::uint64_t{37} * 512;

std::vector<std::uint64_t> data_pages(const Media& media) {
  std::vector<std::uint64_t> pages;
  const Status seen = for_each_run(media, {0, media.size()}, [&](const ExtentRun& run) {
    for (std::uint64_t at = 0; run.kind == ExtentKind::data && at < run.range.size; at += page)
      if (pages.size() < 65536) pages.push_back(run.range.offset + at);
    return pages.size() < 65536;
  });
  fuzz::require(bool(seen), "the runs of a recipe's device are known");
  return pages;
}

void overwrite(agreement::PatchedMedia& media, const fuzz::Input& input) {
  const std::vector<std::uint64_t> pages = data_pages(media);
  fuzz::Taker taker(input.body.first(std::min<std::size_t>(input.body.size(), 2048)));
  while (!taker.done() && !pages.empty()) {
    const std::uint64_t at = pages[taker.number(2) % pages.size()] + taker.number(2) % page;
    media.patch(at, taker.bytes(taker.number(1)));
  }
  if (input.head.flag(1)) media.cut(input.head.size % (media.size() + 1));
}

void check_inside(const ScanReport& report, const ScanProposals& proposals, std::uint64_t size) {
  fuzz::require(report.scanned + report.skipped + report.unreadable == size,
                "runs tile the medium");
  std::uint64_t last = 0;
  for (const Sighting& sighting : report.sightings) {
    fuzz::require(sighting.offset >= last, "sightings ascend");
    last = sighting.offset;
    fuzz::require(sighting.offset < size && sighting.size > 0, "a sighting is in the medium");
    fuzz::require(!sighting.whole || lies_within(sighting.offset, sighting.size, size),
                  "a whole structure lies in the medium");
  }
  for (const ImageProposal& image : proposals.images)
    fuzz::require(lies_within(image.base, image.length, size), "an image lies in the medium");
  for (const ArenaProposal& arena : proposals.arenas) {
    const ArenaGeometry& geometry = arena.arena.geometry;
    fuzz::require(arena.arena.start.value + geometry.flogoff == arena.flog + arena.missing_before,
                  "an arena has the flog that it stands on");
    fuzz::require(arena.fitting > arena.contradicting, "lanes speak for a proposal");
  }
}

void check_shifted(const Media& media, const ScanReport& report) {
  const SparseMedia zeros(shift);
  const Piece pieces[] = {Piece::whole(zeros), Piece::whole(media)};
  const auto shifted = View::concatenation(pieces);
  fuzz::require(bool(shifted), "a medium can be shifted");
  const auto again = scan(**shifted);
  fuzz::require(bool(again), "a shifted medium is scanned");
  fuzz::require(
      again->counts == report.counts && again->sightings.size() == report.sightings.size(),
      "as much is found in a shifted medium");
  for (std::size_t i = 0; i < report.sightings.size(); ++i) {
    Sighting moved = report.sightings[i];
    moved.offset += shift;
    fuzz::require(moved == again->sightings[i], "the same is found in a shifted medium");
  }
}

void run(const Media& media) {
  const auto report = scan(media);
  fuzz::require(bool(report), "a medium is scanned");
  const auto proposals = propose(media, *report);
  fuzz::require(bool(proposals), "proposals can be made");
  check_inside(*report, *proposals, media.size());
  check_shifted(media, *report);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const fuzz::Input input = fuzz::split(data, size);
  if (input.head.flag(2)) {
    SparseMedia media(input.body.size() + input.head.number % 65536);
    fuzz::require(bool(media.write(0, input.body)), "the body is written");
    run(media);
    return 0;
  }
  const fuzz::ImageBase& base =
      fuzz::image_base(input.head.choice + std::size_t{256} * input.head.small);
  const agreement::Sample sample = agreement::recipe_sample(base.name, base.recipe);
  if (sample.devices.empty()) return 0;
  agreement::PatchedMedia media(*sample.devices.front());
  overwrite(media, input);
  run(media);
  return 0;
}
