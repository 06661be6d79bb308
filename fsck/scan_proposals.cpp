// SPDX-License-Identifier: BSD-3-Clause
// Where images begin: each structure that knows its own place within its image says so.
#include <ndmedic/fsck/scan_proposals.h>

#include <algorithm>
#include <optional>
#include <utility>

#include <ndmedic/format/pfn_info.h>
#include <ndmedic/format/pool_header.h>
#include <ndmedic/fsck/arena_search.h>
#include <ndmedic/fsck/scan_evidence.h>

namespace ndmedic {
namespace {

constexpr std::size_t images_max = 64;

/// An image before it is cut to what the media hold.
struct Guess {
  DeviceKind kind = DeviceKind::bare;
  MediaPlace base = 0;
  std::optional<MediaPlace> end{};
  std::vector<std::uint64_t> evidence{};
};

/// A BTT as far as its arenas are known.
struct SeenBtt {
  MediaPlace start = 0;  ///< of arena 0
  std::optional<MediaPlace> end{};
  BttVersion version{};
  Guid parent_uuid{};
  std::vector<std::uint64_t> copies{};
};

constexpr auto arena_step = static_cast<MediaPlace>(arena_size_max);

/// Arenas of one BTT lie 512 GiB apart (GE-1). Those in front of the first that is known cannot be
/// told from an image that begins there, unless they would still lie in the media.
std::vector<SeenBtt> btts_of(const std::vector<SeenArena>& arenas) {
  std::vector<SeenBtt> all;
  for (const SeenArena& seen : arenas) {
    const MediaPlace end = seen.start + static_cast<MediaPlace>(seen.end());
    auto btt = std::ranges::find_if(all, [&](const SeenBtt& b) {
      return b.parent_uuid == seen.arena.parent_uuid && b.version == seen.arena.version &&
             (seen.start - b.start) % arena_step == 0 && seen.start != b.start;
    });
    if (btt == all.end()) {
      all.push_back({seen.start, {}, seen.arena.version, seen.arena.parent_uuid, {}});
      btt = all.end() - 1;
      const MediaPlace first = seen.start % arena_step;
      if (seen.start >= arena_step && first <= static_cast<MediaPlace>(pool_btt_offset))
        btt->start = first;
    }
    if (seen.arena.nextoff == 0) btt->end = end;
    btt->copies.insert(btt->copies.end(), seen.copies.begin(), seen.copies.end());
  }
  return all;
}

class Proposing {
 public:
  Proposing(const ScanEvidence& evidence, std::uint64_t size)
      : evidence_(evidence), size_(static_cast<MediaPlace>(size)) {}

  std::vector<ImageProposal> images() {
    for (const SeenBtt& btt : btts_of(evidence_.arenas)) add_btt(btt);
    for (const SeenPage& page : evidence_.pages) add_page(page);
    for (const SeenPool& pool : evidence_.pools)
      add({DeviceKind::pool, static_cast<MediaPlace>(pool.offset), {}, {pool.offset}});
    for (const SeenArea& area : evidence_.areas) add_area(area);
    std::vector<ImageProposal> all;
    std::ranges::sort(guesses_, {}, &Guess::base);
    for (const Guess& guess : guesses_) all.push_back(proposal_of(guess));
    return all;
  }

 private:
  void add_btt(const SeenBtt& btt) {
    const MediaPlace head = btt.version == btt_version_1_1 ? 4096 : 0;
    if (add_labelled(btt.parent_uuid, btt.start - head, btt.copies)) return;
    const MediaPlace pool = btt.start - static_cast<MediaPlace>(pool_btt_offset);
    const bool in_pool = std::ranges::any_of(evidence_.pools, [&](const SeenPool& p) {
      return static_cast<MediaPlace>(p.offset) == pool || p.poolset_uuid == btt.parent_uuid;
    });
    add(in_pool ? Guess{DeviceKind::pool, pool, btt.end, btt.copies}
                : Guess{DeviceKind::bare, btt.start - head, btt.end, btt.copies});
  }

  void add_page(const SeenPage& page) {
    const MediaPlace start =
        static_cast<MediaPlace>(page.offset) - static_cast<MediaPlace>(pfn_info_offset);
    if (!add_labelled(page.parent_uuid, start, {page.offset}))
      add({DeviceKind::bare, start, {}, {page.offset}});
  }

  /// The DIMM that a namespace is in, by the extent of its label. False: no label has that uuid.
  bool add_labelled(const Guid& uuid, MediaPlace start, std::vector<std::uint64_t> copies) {
    if (uuid.is_null()) return false;
    for (const SeenArea& area : evidence_.areas) {
      const auto extent = std::ranges::find(area.extents, uuid, &SeenExtent::uuid);
      if (extent == area.extents.end() || extent->dpa >> 62 != 0) continue;
      copies.push_back(extent->offset);
      add({DeviceKind::dimm, start - static_cast<MediaPlace>(extent->dpa), end_of(area), copies});
      return true;
    }
    return false;
  }

  static MediaPlace end_of(const SeenArea& area) {
    return static_cast<MediaPlace>(area.offset + area.size);
  }

  /// Labels are the last bytes of a DIMM's image. Where no namespace says where that begins, it is
  /// taken to begin with the media, or to be nothing else.
  void add_area(const SeenArea& area) {
    const auto same = std::ranges::find_if(guesses_, [&](const Guess& guess) {
      return guess.kind == DeviceKind::dimm && guess.end == end_of(area);
    });
    if (same != guesses_.end()) {
      same->evidence.insert(same->evidence.end(), area.index_blocks.begin(),
                            area.index_blocks.end());
      return;
    }
    const bool alone = area.offset == 0;
    add({alone ? DeviceKind::label_area : DeviceKind::dimm, 0, end_of(area), area.index_blocks});
  }

  void add(Guess guess) {
    const auto same = std::ranges::find_if(guesses_, [&](const Guess& known) {
      return known.kind == guess.kind && known.base == guess.base;
    });
    if (same == guesses_.end()) {
      if (guesses_.size() < images_max) guesses_.push_back(std::move(guess));
      return;
    }
    if (guess.end) same->end = std::max(same->end.value_or(*guess.end), *guess.end);
    same->evidence.insert(same->evidence.end(), guess.evidence.begin(), guess.evidence.end());
  }

  ImageProposal proposal_of(const Guess& guess) const {
    ImageProposal image{.kind = guess.kind};
    const MediaPlace end = std::min(guess.end.value_or(size_), size_);
    image.base = static_cast<std::uint64_t>(std::max<MediaPlace>(guess.base, 0));
    image.length = static_cast<std::uint64_t>(end) - image.base;
    image.missing_before = static_cast<std::uint64_t>(std::max<MediaPlace>(-guess.base, 0));
    image.missing_behind = static_cast<std::uint64_t>(guess.end.value_or(end) - end);
    image.length_known = guess.end.has_value();
    image.evidence = guess.evidence;
    std::ranges::sort(image.evidence);
    const auto again = std::ranges::unique(image.evidence);
    image.evidence.erase(again.begin(), again.end());
    return image;
  }

  const ScanEvidence& evidence_;
  MediaPlace size_;
  std::vector<Guess> guesses_{};
};

}  // namespace

Result<ScanProposals> propose(const Media& media, const ScanReport& report) {
  const auto evidence = gather_evidence(media, report);
  if (!evidence) return evidence.error();
  ScanProposals all;
  all.images = Proposing(*evidence, media.size()).images();
  auto arenas = search_arenas(media, *evidence, all.images);
  if (!arenas) return arenas.error();
  all.arenas = std::move(*arenas);
  return all;
}

}  // namespace ndmedic
