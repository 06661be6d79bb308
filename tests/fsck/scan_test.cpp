// SPDX-License-Identifier: BSD-3-Clause
// The recovery scan: images that are shifted, cut out, padded or without their info blocks, and
// what must not be taken for a structure.
#include <doctest/doctest.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <string>

#include <ndmedic/btt/layout.h>
#include <ndmedic/format/codec.h>
#include <ndmedic/fsck/check.h>
#include <ndmedic/fsck/scan.h>
#include <ndmedic/fsck/scan_proposals.h>
#include <ndmedic/image/recipe.h>
#include <ndmedic/media/fault_media.h>
#include <ndmedic/media/view.h>

#include "opened.h"

namespace ndmedic {
namespace {

constexpr std::uint64_t mib = std::uint64_t{1} << 20;

std::unique_ptr<SparseMedia> device(std::string_view recipe) {
  auto made = make_media(recipe);
  REQUIRE_MESSAGE(made, made.error().what);
  return std::move(made->devices.front());
}

/// `media` from `from` on, behind `before` zero bytes and in front of `behind`.
std::unique_ptr<SparseMedia> moved(const Media& media, std::uint64_t before,
                                   std::uint64_t behind = 0, std::uint64_t from = 0) {
  auto other = std::make_unique<SparseMedia>(before + media.size() - from + behind);
  const auto runs = extents(media, {from, media.size() - from});
  REQUIRE(runs);
  for (const ExtentRun& run : *runs) {
    if (run.kind != ExtentKind::data) continue;
    std::vector<std::byte> bytes(static_cast<std::size_t>(run.range.size));
    REQUIRE(media.read(run.range.offset, bytes));
    REQUIRE(other->write(run.range.offset - from + before, bytes));
  }
  return other;
}

struct Scanned {
  ScanReport report{};
  ScanProposals proposals{};
  std::uint64_t count(SightingKind kind) const {
    return report.counts[static_cast<std::size_t>(kind)];
  }
};

Scanned scanned(const Media& media) {
  auto report = scan(media);
  REQUIRE(report);
  auto proposals = propose(media, *report);
  REQUIRE(proposals);
  return {std::move(*report), std::move(*proposals)};
}

/// The personality that a proposal opens as, through the options that are told with it.
Personality opens_as(const Media& media, const ImageProposal& image) {
  auto view = View::slice(media, image.base, image.length);
  REQUIRE(view);
  NoFindings ignored;
  const ImageTree tree = test::opened(std::move(*view), ignored);
  REQUIRE(!tree.namespaces.empty());
  return tree.namespaces.front().personality;
}

TEST_CASE("an image as it is: each structure is found once, and the proposal changes nothing") {
  const auto media = device("arena 32M sector 4096\n");
  const Scanned all = scanned(*media);
  CHECK(all.count(SightingKind::btt_info) == 2);
  CHECK(all.count(SightingKind::flog) == 1);
  CHECK(all.report.sightings.size() == 3);
  CHECK(all.report.scanned + all.report.skipped == media->size());
  REQUIRE(all.proposals.images.size() == 1);
  const ImageProposal& image = all.proposals.images.front();
  CHECK(image.kind == DeviceKind::bare);
  CHECK(image.base == 0);
  CHECK(image.length == media->size());
  CHECK(image.evidence.size() == 2);
  CHECK(all.proposals.arenas.empty());
}

TEST_CASE("a shifted image begins where its info block says, at any byte, and opens from there") {
  const auto media = device("arena 32M version 1.1\n");
  for (const std::uint64_t shift : {std::uint64_t{512}, 7 * mib + 4096, mib + 1, 3 * mib + 77}) {
    CAPTURE(shift);
    const auto shifted = moved(*media, shift, 5000);
    const Scanned all = scanned(*shifted);
    REQUIRE(all.proposals.images.size() == 1);
    const ImageProposal& image = all.proposals.images.front();
    CHECK(image.base == shift);
    CHECK(image.length == media->size());
    CHECK(opens_as(*shifted, image) == opens_as(*media, {.length = media->size()}));
  }
}

TEST_CASE("a padded DIMM ends behind its label area; a shifted one begins before its namespace") {
  const auto media = device("dimm 64M label-size 128K\nnamespace sector 4096 size 32M dpa 16M\n");
  const auto padded = moved(*media, 0, 3 * mib);
  const Scanned behind = scanned(*padded);
  REQUIRE(behind.proposals.images.size() == 1);
  CHECK(behind.proposals.images.front().kind == DeviceKind::dimm);
  CHECK(behind.proposals.images.front().base == 0);
  CHECK(behind.proposals.images.front().length == media->size());

  const auto shifted = moved(*media, 5 * mib, mib);
  const Scanned both = scanned(*shifted);
  REQUIRE(both.proposals.images.size() == 1);
  const ImageProposal& image = both.proposals.images.front();
  CHECK(image.base == 5 * mib);
  CHECK(image.length == media->size());
  CHECK(opens_as(*shifted, image) == Personality::btt_2_0);
}

TEST_CASE("an image whose start or end was cut off says how much is missing") {
  const auto media = device("arena 32M\n");
  const Scanned front = scanned(*moved(*media, 0, 0, 2 * mib));
  REQUIRE(front.proposals.images.size() == 1);
  CHECK(front.proposals.images.front().base == 0);
  CHECK(front.proposals.images.front().missing_before == 2 * mib);
  CHECK(front.proposals.images.front().missing_behind == 0);

  const auto cut = View::slice(*media, 0, 30 * mib);
  REQUIRE(cut);
  const Scanned back = scanned(**cut);
  REQUIRE(back.proposals.images.size() == 1);
  CHECK(back.proposals.images.front().missing_before == 0);
  CHECK(back.proposals.images.front().missing_behind == 2 * mib);
}

void lose_info_blocks(SparseMedia& media, std::uint64_t primary, std::uint64_t backup) {
  const std::vector<std::byte> zeros(info_block_size);
  REQUIRE(media.write(primary, zeros));
  REQUIRE(media.write(backup, zeros));
}

/// The info block that was at 0, but for the uuid, which nothing else has.
void check_same_block(const Arena& arena, const InfoBlock& lost) {
  Arena named = arena;
  named.uuid = lost.uuid;
  const InfoBlock made = info_block_of(named);
  CHECK(std::memcmp(&made, &lost, sizeof made) == 0);
}

TEST_CASE("IB-06: both info blocks gone, the geometry comes from the flog") {
  for (const std::string sector : {"512", "4096"})
    for (const std::string writes : {"", "write 5 lane 3\nwrite 900 lane 7\n"}) {
      CAPTURE(sector);
      CAPTURE(writes);
      const auto media = device("arena 32M sector " + sector + "\n" + writes);
      const auto lost = read_structure<InfoBlock>(*media, 0);
      REQUIRE(lost);
      lose_info_blocks(*media, 0, lost->infooff.value());
      const Scanned all = scanned(*media);
      CHECK(all.proposals.images.empty());
      REQUIRE(all.proposals.arenas.size() == 1);
      const ArenaProposal& found = all.proposals.arenas.front();
      CHECK(found.only);
      CHECK(found.anchored);
      CHECK(found.fitting == 256);
      CHECK(found.contradicting == 0);
      CHECK(found.map_beyond == 0);
      check_same_block(found.arena, *lost);

      // Written back, the arena is clean.
      Arena named = found.arena;
      named.uuid = lost->uuid;
      const InfoBlock made = info_block_of(named);
      for (const std::uint64_t at : {std::uint64_t{0}, lost->infooff.value()})
        REQUIRE(media->write(at, std::as_bytes(std::span(&made, 1))));
      CHECK(opens_as(*media, {.length = media->size()}) == Personality::btt_2_0);
    }
}

TEST_CASE("IB-06 in a shifted image: lanes that were never written tell where the arena begins") {
  const auto media = device("arena 32M sector 4096\nwrite 5 lane 3\n");
  const auto lost = read_structure<InfoBlock>(*media, 0);
  REQUIRE(lost);
  lose_info_blocks(*media, 0, lost->infooff.value());
  const auto shifted = moved(*media, 3 * mib, mib);
  const Scanned all = scanned(*shifted);
  REQUIRE(!all.proposals.arenas.empty());
  const auto right = std::ranges::find_if(all.proposals.arenas, [&](const ArenaProposal& p) {
    return p.arena.start.value == 3 * mib && p.arena.geometry.external_lbasize == 4096;
  });
  REQUIRE(right != all.proposals.arenas.end());
  check_same_block(right->arena, *lost);
  for (const ArenaProposal& p : all.proposals.arenas) CHECK(!p.anchored);
}

TEST_CASE("IB-06 behind a label: its uuid goes into the block, its sector size decides") {
  for (const std::string sector : {"4096", "520"}) {
    CAPTURE(sector);
    const auto media =
        device("dimm 64M label-size 128K\nnamespace sector " + sector + " size 32M dpa 16M\n");
    const auto lost = read_structure<InfoBlock>(*media, 16 * mib);
    REQUIRE(lost);
    lose_info_blocks(*media, 16 * mib, 16 * mib + lost->infooff.value());
    const Scanned all = scanned(*media);
    // 520 and 528 lie alike, and the label of either says 0 (labels.md 2.10).
    REQUIRE(all.proposals.arenas.size() == (sector == "520" ? 2 : 1));
    CHECK(all.proposals.arenas.front().only == (sector != "520"));
    check_same_block(all.proposals.arenas.front().arena, *lost);
  }
}

TEST_CASE("IB-06 in a pool") {
  const auto media = device("pool 32M block 512\nwrite 5\n");
  const auto lost = read_structure<InfoBlock>(*media, 8192);
  REQUIRE(lost);
  lose_info_blocks(*media, 8192, 8192 + lost->infooff.value());
  const Scanned all = scanned(*media);
  REQUIRE(all.proposals.arenas.size() == 1);
  CHECK(all.proposals.arenas.front().container == BttContainer::pool);
  check_same_block(all.proposals.arenas.front().arena, *lost);
  REQUIRE(all.proposals.images.size() == 1);
  CHECK(all.proposals.images.front().kind == DeviceKind::pool);
}

TEST_CASE("labels are found behind an index block, and without one where their checksum is right") {
  const std::string recipe =
      "dimm 64M label-size 128K version 1.2\nnamespace raw size 16M name a\nnamespace raw size 16M "
      "name b\n";
  const Scanned whole = scanned(*device(recipe));
  CHECK(whole.count(SightingKind::index_block) == 2);
  const std::uint64_t labels = whole.count(SightingKind::label_1_2);
  CHECK(labels >= 2);
  const Scanned lost = scanned(*device(recipe + "zero labels/index0\nzero labels/index1\n"));
  CHECK(lost.count(SightingKind::index_block) == 0);
  CHECK(lost.count(SightingKind::label_1_2) == labels);

  const Scanned old =
      scanned(*device("dimm 64M label-size 128K version 1.1\nnamespace raw size 16M\n"));
  CHECK(old.count(SightingKind::label_1_1) >= 1);
  const Scanned cxl = scanned(*device("lsa 4K version 2.1\nregion size 1G\nnamespace size 256M\n"));
  CHECK(cxl.count(SightingKind::cxl_region) >= 1);
  CHECK(cxl.count(SightingKind::cxl_namespace) >= 1);
  REQUIRE(cxl.proposals.images.size() == 1);
  CHECK(cxl.proposals.images.front().kind == DeviceKind::label_area);
}

TEST_CASE("text that names signatures, and a medium full of them, are no structures") {
  SparseMedia text(mib);
  const std::string words =
      "BTT_ARENA_INFO\0\0 PMEMBLK\0 NAMESPACE_INDEX\0 NVDIMM_PFN_INFO\0 words";
  std::string full;
  while (full.size() < 600000) full += std::string("BTT_ARENA_INFO\0\0", 16) + words;
  REQUIRE(text.write(0, std::as_bytes(std::span(full))));
  CHECK(scanned(text).report.sightings.empty());
}

TEST_CASE("a damaged info block is told, a damaged flog as well") {
  const auto media = device("arena 32M\n");
  const std::vector<std::byte> one(1, std::byte{1});
  REQUIRE(media->write(200, one));  // in the reserved bytes: the checksum is wrong
  const auto info = read_structure<InfoBlock>(*media, 0);
  const std::uint64_t flog = info->flogoff.value();
  REQUIRE(media->write(flog + 5 * 64 + 48, one));
  const Scanned all = scanned(*media);
  REQUIRE(all.report.sightings.size() == 3);
  CHECK(!all.report.sightings[0].whole);
  CHECK(all.report.sightings[1] ==
        Sighting{SightingKind::flog, flog, std::uint64_t{256} * 64, false, {}});
  CHECK(all.report.sightings[2].whole);
  REQUIRE(all.proposals.images.size() == 1);  // by the backup alone
  CHECK(all.proposals.images.front().base == 0);
}

TEST_CASE("signatures across windows, and at the very end, are found at any byte") {
  constexpr std::uint64_t window = std::uint64_t{256} << 10;
  const auto block = device("arena 32M\n");
  std::vector<std::byte> info(info_block_size);
  REQUIRE(block->read(0, info));
  for (std::uint64_t before = 0; before < 24; ++before) {
    MemoryMedia media(window + info_block_size - before);
    REQUIRE(media.write(window - before, info));
    const Scanned all = scanned(media);
    CAPTURE(before);
    REQUIRE(all.report.sightings.size() == 1);
    CHECK(all.report.sightings.front().offset == window - before);
  }
}

TEST_CASE("what cannot be read is counted, and hides nothing else") {
  const auto base = device("arena 32M\nwrite 0\n");
  FaultMedia media(*base);
  media.mark_bad({8192, 4096});
  const Scanned all = scanned(media);
  CHECK(all.report.unreadable == 4096);
  CHECK(all.count(SightingKind::btt_info) == 2);
}

TEST_CASE("a scan that is cancelled ends, with what it had") {
  const auto media = device("arena 32M\n");
  const auto report = scan(*media, [](std::uint64_t, std::uint64_t) { return false; });
  REQUIRE(report);
  CHECK(report->cancelled);
  CHECK(report->sightings.size() <= 2);
}

}  // namespace
}  // namespace ndmedic
