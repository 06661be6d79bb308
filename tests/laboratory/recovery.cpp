// SPDX-License-Identifier: BSD-3-Clause
#include "recovery.h"

#include <algorithm>
#include <string_view>

#include <ndmedic/btt/lane_state.h>
#include <ndmedic/btt/sector_media.h>

namespace ndmedic::laboratory {
namespace {

/// The medium without its blocks: reading one fails, so that recovery cannot depend on data.
class MetadataOnly final : public Media {
 public:
  MetadataOnly(CrashMedia& media, const World& world) : media_(media), begin_(world.metadata) {}

  std::uint64_t size() const override { return media_.size(); }
  Status read(std::uint64_t offset, std::span<std::byte> into) const override {
    if (offset < begin_) return Error{Errc::io, {offset, into.size()}, "data read by recovery"};
    return media_.read(offset, into);
  }
  Status write(std::uint64_t offset, std::span<const std::byte> from) override {
    if (offset < begin_) return Error{Errc::io, {offset, from.size()}, "data stored by recovery"};
    return media_.write(offset, from);
  }
  Status flush(Extent range) override { return media_.flush(range); }
  Status fence() override { return media_.fence(); }
  MediaTraits traits() const override { return media_.traits(); }

 private:
  CrashMedia& media_;
  std::uint64_t begin_;
};

bool same(std::span<const std::byte> a, std::span<const std::byte> b) {
  return std::ranges::equal(a, b);
}

}  // namespace

const char* recover_arenas(CrashMedia& media, const World& world, std::vector<ArenaStart>& starts) {
  MetadataOnly metadata(media, world);
  NoFindings none;
  const BttContext context{world.shape.container, {}};
  starts.clear();
  for (const Arena& arena : world.arenas) {
    const auto lanes = read_lanes(metadata, arena, context, none);
    if (!lanes) return "recovery: lanes could not be read";
    ArenaJudgement judgement = judge_arena(arena, *lanes);
    if (judgement.refusal != AttachRefusal::none) return "recovery: the arena was refused";
    if (!roll_forward(metadata, arena, pending_words(*lanes)))
      return "recovery: roll forward failed";
    starts.push_back(std::move(judgement.start));
  }
  return nullptr;
}

const char* Recovery::run(std::span<const std::byte> image, unsigned depth) {
  ++count_;
  if (!levels_[depth]) levels_[depth] = std::make_unique<Level>();
  Level& level = *levels_[depth];
  level.media.restart(image);
  level.cut_count = 0;
  level.media.before_fence([&level] {
    if (level.cut_count == level.cuts.size()) level.cuts.emplace_back();
    level.cuts[level.cut_count++].take(level.media);
  });
  if (const char* problem = recover_arenas(level.media, world_, level.starts)) return problem;
  if (level.cut_count == 0) return nullptr;  // nothing was stored: it would be again
  if (!level.media.in_flight().empty()) return "WP-R7: recovery returned before it was durable";
  const std::uint64_t stores = level.media.stores();
  const std::size_t cut_count = level.cut_count;
  if (const char* problem = recover_arenas(level.media, world_, level.starts)) return problem;
  if (level.media.stores() != stores) return "CC-13: a second recovery stored something";
  level.cut_count = cut_count;
  return depth < cuts ? run_cuts(level, depth) : nullptr;
}

const char* Recovery::run_cuts(Level& level, unsigned depth) {
  const char* problem = nullptr;
  for (std::size_t i = 0; i < level.cut_count; ++i) {
    std::uint64_t left = level.cuts[i].count();
    level.cuts[i].for_each(64, [&](const CrashImage& cut) {
      // The first is the image that recovery began with, the last what it ends with.
      --left;
      const bool first = i == 0 && cut.number == 0;
      const bool last = i + 1 == level.cut_count && left == 0;
      if (first || last) return true;
      problem = run(cut.bytes, depth + 1);
      if (problem == nullptr && !same(levels_[depth + 1]->media.visible(), level.media.visible()))
        problem = "CC-13: a recovery that was cut came to something else";
      return problem == nullptr;
    });
    if (problem != nullptr) return problem;
  }
  return nullptr;
}

}  // namespace ndmedic::laboratory
