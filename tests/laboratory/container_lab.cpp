// SPDX-License-Identifier: BSD-3-Clause
#include "container_lab.h"

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <ndmedic/btt/attach.h>
#include <ndmedic/btt/layout.h>
#include <ndmedic/format/codec.h>
#include <ndmedic/media/crash_images.h>
#include <ndmedic/media/crash_media.h>
#include <ndmedic/media/overlay_media.h>

#include "picture.h"

namespace ndmedic::laboratory {
namespace {

constexpr std::uint64_t container_size = std::uint64_t{17} << 20;
constexpr std::uint64_t samples = 200;
constexpr Guid old_uuid = guid_literal("0dd00000-0000-4000-8000-000000000001", GuidOrder::text);
constexpr Guid new_uuid = guid_literal("2e300000-0000-4000-8000-000000000002", GuidOrder::text);

using Bytes = std::vector<std::byte>;

FormatPlan plan_of(BttVersion version, std::uint32_t sector, const Guid& uuid) {
  FormatPlan plan;
  plan.uuid = uuid;
  plan.version = version;
  plan.external_lbasize = sector;
  plan.nfree = 16;
  return plan;
}

Result<Attachment> attach(const Media& media, const FormatPlan& plan) {
  ChainOptions options;
  options.initial_offset = initial_offset(plan.container, plan.version);
  options.version = plan.version;
  NoFindings none;
  return read_attachment(media, options, none);
}

/// A BTT and the media on which it is whole.
struct Known {
  FormatPlan plan{};
  Arena arena{};
  InfoBlock info{};
  Bytes whole{};
};

/// Map and flog with their padding are those of the BTT.
bool has_metadata(const Known& btt, std::span<const std::byte> image) {
  const ArenaGeometry& geometry = btt.arena.geometry;
  const std::uint64_t begin = btt.arena.start.value + geometry.mapoff;
  const std::uint64_t size = geometry.infooff - geometry.mapoff;
  return std::memcmp(image.data() + begin, btt.whole.data() + begin, size) == 0;
}

bool has_info(const Known& btt, NamespaceOffset at, std::span<const std::byte> image) {
  return std::memcmp(image.data() + at.value, &btt.info, sizeof btt.info) == 0;
}

/// No info block is believed before what it vouches for is there, nor after it is gone (3.1): map
/// and flog, and for the primary of a new BTT its backup.
bool keeps_promises(std::span<const std::byte> image, const Known& btt, bool is_new) {
  const bool primary = has_info(btt, btt.arena.start, image);
  const bool backup = has_info(btt, btt.arena.backup(), image);
  if (is_new && primary && !backup) return false;
  return (!primary && !backup) || has_metadata(btt, image);
}

/// Whatever can be attached, and so could be written, is one of the BTTs, whole.
bool is_one_of(std::span<const std::byte> image, std::span<const Known> btts) {
  const Picture picture(image);
  for (const Known& place : btts) {
    const auto found = attach(picture, place.plan);
    if (!found || found->refusal != AttachRefusal::none) continue;
    const Arena& arena = found->arenas.front().arena;
    const bool known = std::ranges::any_of(btts, [&](const Known& btt) {
      return btt.arena.uuid == arena.uuid && btt.arena.start == arena.start &&
             btt.arena.geometry == arena.geometry && has_metadata(btt, image);
    });
    if (!known) return false;
  }
  return true;
}

Known make(const FormatPlan& plan, std::span<const std::byte> over) {
  Known btt{plan, {}, {}, {}};
  CrashMedia media(over);
  const auto arenas = lay_out(over.size(), plan);
  if (!arenas || !format_btt(media, plan)) return btt;
  btt.arena = arenas->front();
  btt.info = info_block_of(btt.arena);
  btt.whole.assign(media.visible().begin(), media.visible().end());
  return btt;
}

/// The old BTT has been written to: neither its map nor its first block is blank.
Known make_used(const FormatPlan& plan) {
  Known btt = make(plan, Bytes(container_size));
  for (std::uint32_t lba = 0; lba < 64; ++lba) {
    const Le32 word((63 - lba) | map_normal_bits);
    std::memcpy(btt.whole.data() + btt.arena.map_entry({lba}).value, &word, sizeof word);
  }
  std::fill_n(btt.whole.begin() + static_cast<std::ptrdiff_t>(btt.arena.block({0}).value), 4096,
              std::byte{0xA5});
  return btt;
}

/// A call of a Media to leave out, by its ordinal.
struct Dropped {
  bool fence = false;
  std::uint64_t ordinal = 0;  // 0: none
};

/// One operation on a medium, and what must hold of every image on its way.
struct Operation {
  std::string name{};
  Bytes before{};
  std::function<Status(Media&)> run{};
  std::function<bool(const CrashImage&)> holds{};
};

struct Outcome {
  bool kept = true;
  std::uint64_t images = 0;
  std::uint64_t flushes = 0;
  std::uint64_t fences = 0;
};

Outcome run_once(const Operation& operation, Dropped dropped) {
  Outcome outcome;
  CrashMedia media(operation.before);
  (dropped.fence ? media.drop_fence(dropped.ordinal) : media.drop_flush(dropped.ordinal));
  CrashImages images;
  const auto visit = [&] {
    if (!outcome.kept) return;
    images.take(media, media.fences());
    images.for_each(samples + 4 * images.units(), [&](const CrashImage& image) {
      ++outcome.images;
      outcome.kept = operation.holds(image);
      return outcome.kept;
    });
  };
  media.before_fence(visit);
  const bool done = operation.run(media).has_value();
  visit();
  // What has returned is durable.
  outcome.kept = outcome.kept && done && media.in_flight().empty();
  outcome.flushes = media.flushes();
  outcome.fences = media.fences();
  return outcome;
}

/// The operation keeps its promise, and does not without any one of its flushes and fences.
bool prove(const Operation& operation) {
  const Outcome whole = run_once(operation, {});
  std::printf("%-38s %s: %llu images, %llu flushes, %llu fences\n", operation.name.c_str(),
              whole.kept ? "kept" : "BROKEN", static_cast<unsigned long long>(whole.images),
              static_cast<unsigned long long>(whole.flushes),
              static_cast<unsigned long long>(whole.fences));
  bool all_needed = true;
  for (const bool fence : {false, true})
    for (std::uint64_t i = 1; i <= (fence ? whole.fences : whole.flushes); ++i) {
      if (!run_once(operation, {fence, i}).kept) continue;
      std::printf("  %s %llu can be left out\n", fence ? "fence" : "flush",
                  static_cast<unsigned long long>(i));
      all_needed = false;
    }
  return whole.kept && all_needed;
}

bool prove_formats() {
  bool good = true;
  for (const BttVersion before : {btt_version_2_0, btt_version_1_1})
    for (const BttVersion after : {btt_version_2_0, btt_version_1_1}) {
      const Known old_btt = make_used(plan_of(before, 4096, old_uuid));
      const FormatPlan plan = plan_of(after, 4224, new_uuid);
      const std::vector<Known> btts{old_btt, make(plan, old_btt.whole)};
      good = prove({"format " + std::to_string(after.major) + ".x over " +
                        std::to_string(before.major) + ".x",
                    old_btt.whole, [&plan](Media& media) { return format_btt(media, plan); },
                    [&btts](const CrashImage& image) {
                      return keeps_promises(image.bytes, btts[0], false) &&
                             keeps_promises(image.bytes, btts[1], true) &&
                             is_one_of(image.bytes, btts);
                    }}) &&
             good;
    }
  return good;
}

Status attach_and_recover(Media& media, const FormatPlan& plan) {
  NDMEDIC_TRY(const Attachment found, attach(media, plan));
  if (found.refusal != AttachRefusal::none) return Error{Errc::invalid, {}, "attach refused"};
  return recover(media, found);
}

/// An attach of a container with a lost primary info block, interrupted lanes, or both.
Operation attaching(bool lost_primary, std::uint32_t interrupted) {
  Operation operation;
  const FormatPlan plan = plan_of(btt_version_2_0, 4096, old_uuid);
  const Known btt = make_used(plan);
  operation.before = btt.whole;
  for (std::uint32_t lane = 0; lane < interrupted; ++lane) {
    // T-3: LBA 100 + lane moves from the block of its number to the lane's spare one.
    FlogEntry entry{};
    entry.lba = 100 + lane * 3;
    entry.old_map = 100 + lane * 3;
    entry.new_map = btt.arena.geometry.external_nlba + lane;
    entry.seq = 2;
    std::memcpy(operation.before.data() + btt.arena.flog_group({lane}).value + sizeof entry, &entry,
                sizeof entry);
  }
  if (lost_primary) std::fill_n(operation.before.begin() + 2048, 512, std::byte{0xEE});
  CrashMedia calm(operation.before);
  const bool done = attach_and_recover(calm, plan).has_value();
  const Bytes end(calm.visible().begin(), calm.visible().end());
  operation.name = std::string("attach, ") + (lost_primary ? "primary lost, " : "") +
                   std::to_string(interrupted) + " interrupted";
  operation.run = [plan](Media& media) { return attach_and_recover(media, plan); };
  // Everything but the blocks, which attach does not touch.
  const std::vector<Extent> parts{
      {0, info_block_size}, {btt.arena.map().offset, container_size - btt.arena.map().offset}};
  operation.holds = [plan, end, parts, done](const CrashImage& image) {
    Picture picture(image.bytes);
    Recording recording;
    OverlayMedia again(recording, picture);
    return done && attach_and_recover(again, plan).has_value() &&
           std::ranges::all_of(parts, [&](Extent part) {
             Bytes bytes(part.size);
             return again.read(part.offset, bytes).has_value() &&
                    std::memcmp(bytes.data(), end.data() + part.offset, part.size) == 0;
           });
  };
  return operation;
}

}  // namespace

bool run_containers() {
  bool good = prove_formats();
  for (const auto& [lost_primary, interrupted] : {std::pair{true, 0U}, {false, 1U}, {false, 3U}})
    good = prove(attaching(lost_primary, interrupted)) && good;
  // Here one fence would do for both: not counted against it.
  const Outcome both = run_once(attaching(true, 3), {});
  std::printf("attach, primary lost, 3 interrupted: %s\n", both.kept ? "kept" : "BROKEN");
  return good && both.kept;
}

}  // namespace ndmedic::laboratory
