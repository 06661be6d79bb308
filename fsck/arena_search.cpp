// SPDX-License-Identifier: BSD-3-Clause
// The flog fixes where an arena ends. Where it begins comes from what is around it, or from its
// lanes: one that was never written names the first spare block, and so the number of sectors.
#include <ndmedic/fsck/arena_search.h>

#include <algorithm>
#include <cstring>
#include <map>
#include <set>
#include <tuple>
#include <utility>

#include <ndmedic/btt/lane_state.h>
#include <ndmedic/btt/map_census.h>
#include <ndmedic/format/checked.h>
#include <ndmedic/format/pool_header.h>
#include <ndmedic/media/view.h>

namespace ndmedic {
namespace {

constexpr std::size_t flogs_max = 16;
constexpr std::uint64_t lanes_max = lanes_detailed_max;
constexpr std::size_t starts_max = 64;
constexpr std::size_t proposals_max = 8;  // of one flog
constexpr std::uint64_t map_bytes_max = std::uint64_t{64} << 20;
constexpr std::uint64_t fitting_min = 8;

/// Sector sizes that Linux formats (btt.md 2.2) and common ones of libpmemblk.
constexpr std::uint32_t sector_sizes[] = {512,  520,  528,  1024, 2048,  4096,
                                          4104, 4160, 4224, 8192, 16384, 65536};

/// Where an arena could begin, and what says so.
struct Start {
  MediaPlace place = 0;
  BttVersion version = btt_version_2_0;
  BttContainer container = BttContainer::ns;
  bool anchored = true;
  Guid parent_uuid{};
  Guid uuid{};                ///< of a neighbour
  std::uint32_t lbasize = 0;  ///< what a label, pool or neighbour says; 0: not known
  std::uint64_t nextoff = 0;
};

class Search {
 public:
  Search(const Media& media, const ScanEvidence& evidence, std::span<const ImageProposal> images,
         const Sighting& flog)
      : media_(media),
        evidence_(evidence),
        images_(images),
        flog_(flog),
        lanes_(flog.size / flog_group_size) {}

  Result<std::vector<ArenaProposal>> run() {
    for (const std::uint64_t nfree : lane_counts()) {
      nfree_ = static_cast<std::uint32_t>(nfree);
      const auto room = Checked(nfree * flog_group_size).round_up(info_block_size).get();
      if (!room) continue;
      end_ = static_cast<MediaPlace>(flog_.offset + *room + info_block_size);
      starts_.clear();
      add_anchors();
      NDMEDIC_CHECK(add_by_spare_blocks());
      for (const Start& start : starts_) NDMEDIC_CHECK(try_start(start));
    }
    rank();
    return std::move(found_);
  }

 private:
  /// The last groups may be lost: Linux' number is tried as well (2.8).
  std::vector<std::uint64_t> lane_counts() const {
    std::vector<std::uint64_t> counts = {lanes_};
    if (lanes_ < 256 && lanes_ > 128) counts.push_back(256);
    return counts;
  }

  void add_start(const Start& start) {
    const MediaPlace size = end_ - start.place;
    if (starts_.size() < starts_max && size >= static_cast<MediaPlace>(arena_size_min) &&
        size <= static_cast<MediaPlace>(arena_size_max))
      starts_.push_back(start);
  }

  void add_container(MediaPlace base, bool is_pool) {
    if (is_pool)
      add_start({.place = base + MediaPlace{pool_btt_offset},
                 .version = btt_version_1_1,
                 .container = BttContainer::pool});
    add_start({.place = base});
    add_start({.place = base + 4096, .version = btt_version_1_1});
  }

  void add_anchors() {
    constexpr auto step = static_cast<MediaPlace>(arena_size_max);
    for (const SeenArena& seen : evidence_.arenas)
      for (const MediaPlace place : {seen.start - step, seen.start + step}) {
        const bool before = place < seen.start;
        add_start({place, seen.arena.version, BttContainer::ns, true, seen.arena.parent_uuid,
                   seen.arena.uuid, seen.arena.geometry.external_lbasize,
                   before ? arena_size_max : 0});
      }
    for (const SeenPool& pool : evidence_.pools)
      add_start({.place = static_cast<MediaPlace>(pool.offset + pool_btt_offset),
                 .version = btt_version_1_1,
                 .container = BttContainer::pool,
                 .parent_uuid = pool.poolset_uuid,
                 .lbasize = pool.block_size});
    for (const SeenArea& area : evidence_.areas)
      for (const SeenExtent& extent : area.extents) add_extent(extent);
    add_container(0, true);
    for (const ImageProposal& image : images_)
      if (image.base != 0 && image.missing_before == 0)
        add_container(static_cast<MediaPlace>(image.base), false);
    add_start({.place = end_ - step, .nextoff = arena_size_max});
  }

  /// With the media's own start as the DIMM's, and with the start that others gave.
  void add_extent(const SeenExtent& extent) {
    if (extent.dpa >> 62 != 0) return;
    std::vector<std::uint64_t> bases = {0};
    for (const ImageProposal& image : images_)
      if (image.kind == DeviceKind::dimm && image.base != 0) bases.push_back(image.base);
    for (const std::uint64_t base : bases)
      for (const bool old : {false, true})
        add_start({.place = static_cast<MediaPlace>(base + extent.dpa + (old ? 4096 : 0)),
                   .version = old ? btt_version_1_1 : btt_version_2_0,
                   .parent_uuid = extent.uuid,
                   .lbasize = static_cast<std::uint32_t>(extent.lbasize)});
  }

  /// A pristine lane owns spare block external_nlba + lane (2.5.4): what most of them say.
  Result<std::uint64_t> sectors_by_lanes() const {
    std::map<std::uint64_t, std::uint64_t> votes;
    std::vector<std::byte> bytes(static_cast<std::size_t>(flog_.size));
    const Status read = media_.read(flog_.offset, bytes);
    if (!read) return std::uint64_t{0};
    for (std::uint64_t lane = 0; lane < lanes_; ++lane) {
      FlogEntry entry;
      std::memcpy(&entry, bytes.data() + lane * flog_group_size, sizeof entry);
      const std::uint64_t block = entry.old_block().value;
      if (entry.seq.value() == 1 && block == entry.new_block().value && block > lane)
        ++votes[block - lane];
    }
    const auto most =
        std::ranges::max_element(votes, {}, [](const auto& vote) { return vote.second; });
    return most == votes.end() || most->second < fitting_min ? 0 : most->first;
  }

  /// The sizes of an arena that give this many sectors lie within one block and its map word.
  Status add_by_spare_blocks() {
    const auto sectors = sectors_by_lanes();
    if (!sectors) return sectors.error();
    if (*sectors == 0) return {};
    for (const std::uint32_t lbasize : sector_sizes) {
      const auto stride =
          geometry_by_formula(arena_size_min, lbasize, nfree_, GeometryRule::kernel);
      if (!stride) continue;
      const std::uint64_t unit = stride->internal_lbasize + map_entry_size;
      const std::uint64_t fixed =
          static_cast<std::uint64_t>(end_) - flog_.offset + 2 * info_block_size;
      const std::uint64_t least = fixed + (*sectors + nfree_) * unit;
      for (std::uint64_t size = least - least % 4096; size < least + unit; size += 4096)
        add_start(
            {.place = end_ - static_cast<MediaPlace>(size), .anchored = false, .lbasize = lbasize});
    }
    return {};
  }

  Status try_start(const Start& start) {
    const auto size = static_cast<std::uint64_t>(end_ - start.place);
    for (const std::uint32_t lbasize : sector_sizes)
      NDMEDIC_CHECK(try_geometry(start, size, lbasize));
    const bool listed = std::ranges::find(sector_sizes, start.lbasize) != std::end(sector_sizes);
    return listed ? Status() : try_geometry(start, size, start.lbasize);
  }

  Status try_geometry(const Start& start, std::uint64_t size, std::uint32_t lbasize) {
    if (!start.anchored && start.lbasize != lbasize) return {};
    const GeometryRule rule =
        start.container == BttContainer::pool ? GeometryRule::pmemblk : GeometryRule::kernel;
    const auto geometry = geometry_by_formula(size, lbasize, nfree_, rule);
    if (!geometry || start.place + static_cast<MediaPlace>(geometry->flogoff) !=
                         static_cast<MediaPlace>(flog_.offset))
      return {};
    if (!tried_.insert({start.place, lbasize, nfree_}).second) return {};
    ArenaProposal proposal{
        .flog = flog_.offset, .container = start.container, .anchored = start.anchored};
    if (start.lbasize == lbasize) hinted_.insert({start.place, lbasize});
    proposal.missing_before = static_cast<std::uint64_t>(std::max<MediaPlace>(-start.place, 0));
    proposal.arena.start = {static_cast<std::uint64_t>(std::max<MediaPlace>(start.place, 0))};
    proposal.arena.uuid = start.uuid;
    proposal.arena.parent_uuid = start.parent_uuid;
    proposal.arena.version = start.version;
    proposal.arena.nextoff = start.nextoff;
    proposal.arena.geometry = *geometry;
    return weigh(std::move(proposal));
  }

  Status weigh(ArenaProposal proposal) {
    // An arena whose start was cut off is read through a view that has it as absent.
    const Piece pieces[] = {Piece::missing(proposal.missing_before), Piece::whole(media_)};
    const auto whole = View::concatenation(pieces);
    if (!whole) return whole.error();
    const BttContext context{.container = proposal.container};
    NoFindings ignored;
    const auto lanes = read_lanes(**whole, proposal.arena, context, ignored);
    if (!lanes) return lanes.error();
    for (const LaneState state : {LaneState::pristine, LaneState::complete, LaneState::interrupted})
      proposal.fitting += lanes->count(state);
    for (const LaneState state : {LaneState::bad_lba, LaneState::bad_block, LaneState::superseded,
                                  LaneState::damaged_pristine})
      proposal.contradicting += lanes->count(state);
    if (proposal.fitting < fitting_min || proposal.contradicting * 8 > proposal.fitting) return {};
    if (proposal.arena.map().size <= map_bytes_max) {
      const auto census = count_map(**whole, proposal.arena, {.context = context}, ignored);
      if (!census) return census.error();
      proposal.map_entries = proposal.arena.geometry.external_nlba - census->not_checked;
      proposal.map_beyond = census->out_of_range;
    }
    if (proposal.map_beyond * 8 <= proposal.map_entries) found_.push_back(std::move(proposal));
    return {};
  }

  bool is_hinted(const ArenaProposal& p) const {
    const auto place =
        static_cast<MediaPlace>(p.arena.start.value) - static_cast<MediaPlace>(p.missing_before);
    return hinted_.contains({place, p.arena.geometry.external_lbasize});
  }

  /// Those that as many lanes confirm as the best; of them those that something else anchors, and
  /// with the sector size that it says. A label may say 0 or a wrong one (labels.md 2.10), so it
  /// decides between equals only.
  void rank() {
    if (found_.empty()) return;
    const auto best = std::ranges::max(found_, {}, &ArenaProposal::fitting).fitting;
    std::erase_if(found_, [&](const ArenaProposal& p) { return p.fitting < best; });
    if (std::ranges::any_of(found_, &ArenaProposal::anchored))
      std::erase_if(found_, [](const ArenaProposal& p) { return !p.anchored; });
    if (std::ranges::any_of(found_, [&](const ArenaProposal& p) { return is_hinted(p); }))
      std::erase_if(found_, [&](const ArenaProposal& p) { return !is_hinted(p); });
    if (found_.size() > proposals_max) found_.resize(proposals_max);
    found_.front().only = found_.size() == 1;
  }

  const Media& media_;
  const ScanEvidence& evidence_;
  std::span<const ImageProposal> images_;
  const Sighting flog_;
  std::uint64_t lanes_;
  std::uint32_t nfree_ = 0;
  MediaPlace end_ = 0;
  std::vector<Start> starts_{};
  std::set<std::tuple<MediaPlace, std::uint32_t, std::uint32_t>> tried_{};
  std::set<std::pair<MediaPlace, std::uint32_t>> hinted_{};
  std::vector<ArenaProposal> found_{};
};

}  // namespace

Result<std::vector<ArenaProposal>> search_arenas(const Media& media, const ScanEvidence& evidence,
                                                 std::span<const ImageProposal> images) {
  std::vector<ArenaProposal> all;
  std::size_t searched = 0;
  for (const Sighting& flog : evidence.lost_flogs) {
    if (flog.size / flog_group_size > lanes_max || searched++ >= flogs_max) continue;
    auto found = Search(media, evidence, images, flog).run();
    if (!found) return found.error();
    all.insert(all.end(), found->begin(), found->end());
  }
  return all;
}

}  // namespace ndmedic
