// SPDX-License-Identifier: BSD-3-Clause
#include <ndmedic/fsck/scan_evidence.h>

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include <ndmedic/btt/info_copy.h>
#include <ndmedic/format/checked.h>
#include <ndmedic/format/label.h>
#include <ndmedic/format/label_geometry.h>
#include <ndmedic/format/label_index.h>
#include <ndmedic/format/pfn_info.h>
#include <ndmedic/format/pool_header.h>
#include <ndmedic/fsck/sighting.h>

namespace ndmedic {
namespace {

constexpr std::size_t areas_max = 64;
constexpr std::size_t extents_max = 1024;  // of one area

/// Bytes of a label area with these slots: up to the end of the media if that is a size which has
/// them, else the smallest power of two that has, else just enough.
std::uint64_t area_size_of(const SlotArray& slots, std::uint32_t nslot, std::uint64_t media_size) {
  const auto fits = [&](std::uint64_t size) {
    for (const auto generation : {LabelGeneration::g3, LabelGeneration::g2, LabelGeneration::g1}) {
      const auto geometry = label_geometry(size, slots.slot_size, generation);
      if (geometry && geometry->nslot == nslot && geometry->index_size == slots.index_size)
        return true;
    }
    return false;
  };
  if (fits(media_size - slots.area)) return media_size - slots.area;
  for (std::uint64_t size = 1024; size <= std::uint64_t{1} << 31; size *= 2)
    if (fits(size)) return size;
  const std::uint64_t least = slots.first - slots.area + std::uint64_t{nslot} * slots.slot_size;
  return Checked(least).round_up(4096).get().value_or(least);
}

class Gathering {
 public:
  Gathering(const Media& media, const ScanReport& report) : media_(media), report_(report) {
    for (const Sighting& s : report.sightings) {
      if (s.kind == SightingKind::btt_info && s.whole) infos_.emplace(s.offset, s.uuid);
      if (s.kind == SightingKind::flog) flogs_.insert(s.offset);
    }
  }

  Result<ScanEvidence> run() {
    for (const Sighting& sighting : report_.sightings)
      if (sighting.whole) {
        const Status taken = take(sighting);
        if (!taken && !is_gap(taken.error())) return taken.error();
      }
    for (const Sighting& sighting : report_.sightings)
      if (sighting.kind == SightingKind::flog && !is_named(sighting.offset))
        evidence_.lost_flogs.push_back(sighting);
    std::ranges::sort(evidence_.arenas, {}, &SeenArena::start);
    return std::move(evidence_);
  }

 private:
  Status take(const Sighting& sighting) {
    switch (sighting.kind) {
      case SightingKind::btt_info:
        return take_info(sighting.offset);
      case SightingKind::pfn_info:
      case SightingKind::dax_info:
        return take_page(sighting.offset);
      case SightingKind::pool_header:
        return take_pool(sighting);
      case SightingKind::index_block:
        return take_index(sighting.offset);
      case SightingKind::label_1_1:
      case SightingKind::label_1_2:
        return take_label(sighting);
      case SightingKind::cxl_namespace:
      case SightingKind::cxl_region:
      case SightingKind::flog:
        break;
    }
    return {};
  }

  Status take_info(std::uint64_t offset) {
    const auto copy = read_info_copy(media_, {.place = offset, .arena_start = offset});
    if (!copy) return copy.error();
    if (!copy->usable()) return {};
    const Arena arena = arena_of(copy->block, 0, {});
    const bool backup = is_backup(offset, arena);
    const auto start = static_cast<MediaPlace>(offset) -
                       (backup ? static_cast<MediaPlace>(arena.geometry.infooff) : MediaPlace{0});
    const auto same = std::ranges::find_if(evidence_.arenas, [&](const SeenArena& seen) {
      return seen.start == start && seen.arena.uuid == arena.uuid;
    });
    if (same != evidence_.arenas.end()) {
      same->copies.push_back(offset);
      return {};
    }
    evidence_.arenas.push_back({start, arena, {offset}});
    return {};
  }

  /// By the other copy, or else by the flog; without either, by what room there is.
  bool is_backup(std::uint64_t offset, const Arena& arena) const {
    const std::uint64_t infooff = arena.geometry.infooff;
    const std::uint64_t flogoff = arena.geometry.flogoff;
    if (has_info(offset + infooff, arena.uuid)) return false;
    if (offset >= infooff && has_info(offset - infooff, arena.uuid)) return true;
    if (flogs_.contains(offset + flogoff)) return false;
    const std::uint64_t behind_flog = infooff - flogoff;
    if (offset >= behind_flog && flogs_.contains(offset - behind_flog)) return true;
    return (Checked(offset) + infooff).at_most(media_.size()) ? false : offset >= infooff;
  }

  bool has_info(std::uint64_t offset, const Guid& uuid) const {
    const auto found = infos_.find(offset);
    return found != infos_.end() && found->second == uuid;
  }

  Status take_page(std::uint64_t offset) {
    const auto info = read_structure<PfnInfo>(media_, offset);
    if (!info) return info.error();
    evidence_.pages.push_back({offset, info->parent_uuid});
    return {};
  }

  Status take_pool(const Sighting& sighting) {
    const auto descriptor =
        read_structure<BlkDescriptor>(media_, sighting.offset + blk_descriptor_offset);
    if (!descriptor && !is_gap(descriptor.error())) return descriptor.error();
    evidence_.pools.push_back(
        {sighting.offset, sighting.uuid, descriptor ? descriptor->bsize.value() : 0});
    return {};
  }

  Status take_index(std::uint64_t offset) {
    const auto header = read_structure<IndexHeader>(media_, offset);
    if (!header) return header.error();
    const auto slots = slots_named_by(media_, offset);
    if (!slots) return slots.error();
    if (!*slots || slots_.size() >= areas_max) return {};
    const auto same = std::ranges::find(slots_, (*slots)->area, &SlotArray::area);
    if (same != slots_.end()) {
      const auto index = static_cast<std::size_t>(same - slots_.begin());
      evidence_.areas[index].index_blocks.push_back(offset);
      return {};
    }
    slots_.push_back(**slots);
    evidence_.areas.push_back({(*slots)->area,
                               area_size_of(**slots, header->nslot.value(), media_.size()),
                               {offset},
                               {}});
    return {};
  }

  Status take_label(const Sighting& sighting) {
    const auto head = read_structure<LabelHead>(media_, sighting.offset);
    if (!head) return head.error();
    for (std::size_t i = 0; i < slots_.size(); ++i) {
      std::vector<SeenExtent>& extents = evidence_.areas[i].extents;
      if (!slots_[i].has(sighting.offset) || head->nlabel.value() != 1 ||
          extents.size() >= extents_max)
        continue;
      extents.push_back({head->uuid, sighting.offset, head->dpa.value(), head->rawsize.value(),
                         head->lbasize.value()});
    }
    return {};
  }

  bool is_named(std::uint64_t flog) const {
    return std::ranges::any_of(evidence_.arenas, [&](const SeenArena& seen) {
      return seen.start + static_cast<MediaPlace>(seen.arena.geometry.flogoff) ==
             static_cast<MediaPlace>(flog);
    });
  }

  const Media& media_;
  const ScanReport& report_;
  std::map<std::uint64_t, Guid> infos_{};
  std::set<std::uint64_t> flogs_{};
  std::vector<SlotArray> slots_{};  // of evidence_.areas, in their order
  ScanEvidence evidence_{};
};

}  // namespace

Result<ScanEvidence> gather_evidence(const Media& media, const ScanReport& report) {
  return Gathering(media, report).run();
}

}  // namespace ndmedic
