// SPDX-License-Identifier: BSD-3-Clause
// A format whose power fails, at every fence and with any part of the stores behind it durable: the
// old BTT is whole, or there is none, or the new one is whole. Each fence is shown to be needed.
#include <ndmedic/btt/layout.h>

#include <doctest/doctest.h>

#include <random>

#include <ndmedic/btt/pool_layout.h>
#include <ndmedic/format/codec.h>
#include <ndmedic/media/overlay_media.h>

#include "btt_builder.h"

namespace ndmedic::test {
namespace {

constexpr std::uint64_t mib = std::uint64_t{1} << 20;
constexpr Guid old_uuid = guid_literal("0dd00000-0000-4000-8000-000000000001", GuidOrder::text);

std::vector<Step> steps_of(const Recording& recording) {
  std::vector<Step> steps;
  REQUIRE(recording.for_each_step([&](const Step& step) {
    steps.push_back(step);
    return true;
  }));
  return steps;
}

void copy(const SparseMedia& from, SparseMedia& to) {
  REQUIRE(for_each_run(from, {0, from.size()}, [&](const ExtentRun& run) {
    if (run.kind != ExtentKind::data) return true;
    std::vector<std::byte> bytes(run.range.size);
    REQUIRE(from.read(run.range.offset, bytes));
    REQUIRE(to.write(run.range.offset, bytes));
    return true;
  }));
}

/// Stores all, none or any 8-byte words of a step.
void store_part(SparseMedia& media, const Step& step, std::mt19937_64& random) {
  const auto choice = random() % 3;
  if (choice == 0) return;
  std::vector<std::byte> bytes = step.after;
  for (std::size_t at = 0; choice == 1 && at < bytes.size(); at += 8)
    if (random() % 2 == 0)
      std::copy_n(step.before.begin() + static_cast<std::ptrdiff_t>(at),
                  std::min<std::size_t>(8, bytes.size() - at),
                  bytes.begin() + static_cast<std::ptrdiff_t>(at));
  REQUIRE(media.write(step.offset, bytes));
}

std::vector<std::byte> read(const Media& media, std::uint64_t offset, std::uint64_t size) {
  std::vector<std::byte> bytes(size);
  REQUIRE(media.read(offset, bytes));
  return bytes;
}

/// A BTT, and the media on which it is whole.
struct Known {
  const std::vector<Arena>& arenas;
  const Media& whole;
};

bool same(const Media& a, const Media& b, std::uint64_t offset, std::uint64_t size) {
  return read(a, offset, size) == read(b, offset, size);
}

bool has_info(const Media& media, const Arena& arena, NamespaceOffset at) {
  const InfoBlock info = info_block_of(arena);
  const auto expected = bytes_of(info);
  const auto found = read(media, at.value, info_block_size);
  return std::equal(found.begin(), found.end(), expected.begin());
}

/// The first page of the map, the only one the old BTT used, and the flog.
bool has_map_and_flog(const Media& media, const Known& btt) {
  return std::ranges::all_of(btt.arenas, [&](const Arena& arena) {
    const ArenaGeometry& g = arena.geometry;
    return same(media, btt.whole, arena.start.value + g.mapoff, 4096) &&
           same(media, btt.whole, arena.start.value + g.flogoff, g.infooff - g.flogoff);
  });
}

/// Every info block of `btt` that is believed vouches for something; is all of that there?
bool keeps_promises(const Media& media, const Known& btt) {
  bool later_whole = true;  // the arenas behind
  bool believed = false;
  for (auto arena = btt.arenas.rbegin(); arena != btt.arenas.rend(); ++arena) {
    const bool backup = has_info(media, *arena, arena->backup());
    const bool primary = has_info(media, *arena, arena->start);
    if ((backup || primary) && !later_whole) return false;
    if (primary && !backup) return false;
    believed = believed || backup || primary;
    later_whole = later_whole && backup && primary;
  }
  return !believed || has_map_and_flog(media, btt);
}

/// While any info block of the old BTT is there, its maps and flogs are.
bool is_old_or_gone(const Media& media, const Known& btt) {
  const bool believed = std::ranges::any_of(btt.arenas, [&](const Arena& arena) {
    return has_info(media, arena, arena.start) || has_info(media, arena, arena.backup());
  });
  return !believed || has_map_and_flog(media, btt);
}

struct Format {
  std::uint64_t size;
  FormatPlan old_plan;
  FormatPlan new_plan;
};

FormatPlan plan(BttVersion version, std::uint32_t sector, const Guid& uuid) {
  FormatPlan plan;
  plan.uuid = uuid;
  plan.version = version;
  plan.external_lbasize = sector;
  plan.nfree = 16;
  return plan;
}

/// Media with the old BTT, used: its maps are not blank.
void make_old(SparseMedia& media, const Format& format) {
  REQUIRE(format_btt(media, format.old_plan));
  const auto arenas = lay_out(format.size, format.old_plan);
  for (const Arena& arena : *arenas)
    REQUIRE(media.write(arena.map().offset, std::vector<std::byte>(64, std::byte{0xC1})));
}

/// Cuts the power `samples` times in each group, taking the fence behind group `dropped` for
/// missing. Gives the number of media that break a promise.
int broken_states(const Format& format, std::optional<std::uint64_t> dropped, int samples) {
  SparseMedia old_media(format.size);
  make_old(old_media, format);
  Recording recording;
  OverlayMedia overlay(recording, old_media);
  REQUIRE(format_btt(overlay, format.new_plan));
  SparseMedia new_media(format.size);
  copy(old_media, new_media);
  const std::vector<Step> steps = steps_of(recording);
  for (const Step& step : steps) REQUIRE(new_media.write(step.offset, step.after));

  const auto old_arenas = lay_out(format.size, format.old_plan);
  const auto new_arenas = lay_out(format.size, format.new_plan);
  std::mt19937_64 random(7);
  int broken = 0;
  for (std::uint64_t cut = 0; cut < recording.group_count(); ++cut)
    for (int sample = 0; sample < samples; ++sample) {
      SparseMedia media(format.size);
      copy(old_media, media);
      for (const Step& step : steps) {
        const bool pending = step.group == cut || (dropped == step.group && cut == step.group + 1);
        if (pending) store_part(media, step, random);
        if (!pending && step.group < cut) REQUIRE(media.write(step.offset, step.after));
      }
      const bool kept = keeps_promises(media, {*new_arenas, new_media}) &&
                        is_old_or_gone(media, {*old_arenas, old_media});
      broken += kept ? 0 : 1;
    }
  return broken;
}

std::vector<Format> formats() {
  const auto old_1 = plan(btt_version_1_1, 4096, old_uuid);
  const auto old_2 = plan(btt_version_2_0, 4096, old_uuid);
  const auto new_1 = plan(btt_version_1_1, 4224, btt_uuid);
  const auto new_2 = plan(btt_version_2_0, 4096, btt_uuid);
  const std::uint64_t two_arenas = (std::uint64_t{1} << 39) + 17 * mib;
  return {{17 * mib, old_2, new_2}, {17 * mib, old_1, new_2},   {17 * mib, old_2, new_1},
          {17 * mib, old_1, new_1}, {two_arenas, old_2, new_2}, {two_arenas, old_2, new_1}};
}

TEST_CASE("whenever the power fails, no info block promises what is not there") {
  for (const Format& format : formats()) {
    CAPTURE(format.size);
    CHECK(broken_states(format, std::nullopt, 40) == 0);
  }
}

TEST_CASE("without any one of its fences a format can be taken for a BTT that it is not") {
  for (const Format& format : {formats().front(), formats().back()}) {
    CAPTURE(format.size);
    // The last fence has no group behind it: without it a format returns too early.
    const std::uint64_t groups = format.size == 17 * mib ? 4 : 6;
    for (std::uint64_t fence = 0; fence + 1 < groups; ++fence) {
      CAPTURE(fence);
      CHECK(broken_states(format, fence, 60) > 0);
    }
  }
}

TEST_CASE("fresh media are formatted without a fence for what was never there") {
  SparseMedia media(17 * mib);
  Recording recording;
  OverlayMedia overlay(recording, media);
  REQUIRE(format_btt(overlay, plan(btt_version_2_0, 4096, btt_uuid)));
  CHECK(recording.group_count() == 3);
}

TEST_CASE("a pool has no valid header before its BTT is whole") {
  SparseMedia media(17 * mib);
  PoolFormat format;
  format.uuid = btt_uuid;
  format.btt_uuid = old_uuid;
  REQUIRE(format_pool(media, format));
  Recording recording;
  OverlayMedia overlay(recording, media);
  format.uuid = old_uuid;
  REQUIRE(format_pool(overlay, format));
  const std::vector<Step> steps = steps_of(recording);
  CHECK(steps.back().offset == 0);
  CHECK(steps.back().after.size() == sizeof(PoolHeader));
  CHECK(steps.back().group == recording.group_count() - 1);
  for (const Step& step : steps)
    if (step.group + 1 < recording.group_count() && step.offset == 0)
      CHECK(step.after.front() == std::byte{0});
}

}  // namespace
}  // namespace ndmedic::test
