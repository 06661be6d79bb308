// SPDX-License-Identifier: BSD-3-Clause
// Locates the places of arenas and chooses a copy in each. The walk goes by the container's size
// alone, so that no value on the media decides how long it takes.

#include <ndmedic/btt/arena_chain.h>

#include <algorithm>

#include <ndmedic/btt/chain_findings.h>
#include <ndmedic/btt/info_copy.h>
#include <ndmedic/format/checked.h>

namespace ndmedic {
namespace {

/// A copy that fits comes first, the primary before the backup; then one that can be computed with.
InfoChoice choose(const ArenaPlace& place) {
  const bool backup_usable = place.backup.usable() && !place.backup.misplaced;
  if (place.primary.state == CopyState::valid) return InfoChoice::primary;
  if (backup_usable && place.backup.state == CopyState::valid) return InfoChoice::backup;
  if (place.primary.usable()) return InfoChoice::primary;
  return backup_usable ? InfoChoice::backup : InfoChoice::none;
}

CopyDifference compare(const InfoCopy& primary, const InfoCopy& backup) {
  if (!primary.usable() || !backup.usable()) return CopyDifference::not_compared;
  if (std::memcmp(&primary.block, &backup.block, sizeof primary.block) == 0)
    return CopyDifference::equal;
  return equal_but_flags(primary.block, backup.block) ? CopyDifference::flags_only
                                                      : CopyDifference::generations;
}

/// True when the bytes carry the signature: something was an info block here.
bool has_trace(const InfoCopy& copy) {
  return copy.has_bytes() && copy.state != CopyState::blank && !copy.violations.has<"V-1">();
}

bool is_unread(const InfoCopy& copy) {
  return copy.state == CopyState::absent || copy.state == CopyState::bad;
}

class ChainReader {
 public:
  ChainReader(const Media& media, const ChainOptions& options)
      : media_(media), options_(options), size_(media.size()) {}

  Result<ArenaChain> run() {
    const std::uint64_t initial = options_.initial_offset.value;
    chain_.initial_offset = options_.initial_offset;
    chain_.rawsize = size_ > initial ? size_ - initial : 0;
    NDMEDIC_CHECK(walk());
    trim();
    number_blocks();
    NDMEDIC_CHECK(look_for_destruction());
    return std::move(chain_);
  }

 private:
  Status walk() {
    for (std::uint64_t index = 0;; ++index) {
      const std::uint64_t offset = index * arena_size_max;
      // A tail too small for an arena is looked at too: the container may have been cut (FO-03).
      if (chain_.rawsize < info_block_size || offset > chain_.rawsize - info_block_size) return {};
      if (index == arenas_listed_max) {
        chain_.arenas_not_checked = arena_count(chain_.rawsize) - arenas_listed_max;
        return {};
      }
      NDMEDIC_TRY(ArenaPlace place, read_place(index, offset));
      const bool last = place.arena && place.arena->nextoff == 0 &&
                        place.arena->geometry.arena_size < arena_size_max;
      chain_.places.push_back(std::move(place));
      if (last) return {};  // only an arena of 512 GiB can have a successor (CH-01)
    }
  }

  Result<ArenaPlace> read_place(std::uint64_t index, std::uint64_t offset) {
    const std::uint64_t remaining = chain_.rawsize - offset;
    ArenaPlace place;
    place.start = {options_.initial_offset.value + offset};
    place.size = std::min(arena_size_max, round_down(remaining, info_block_size));

    CopyQuery query{.place = place.start.value,
                    .arena_start = place.start.value,
                    .context = {.available = remaining, .parent_uuid = options_.parent_uuid},
                    .version = options_.version};
    NDMEDIC_TRY(place.primary, read_info_copy(media_, query));
    NDMEDIC_CHECK(read_backup(place, query));
    place.difference = compare(place.primary, place.backup);
    place.used = choose(place);
    if (const InfoCopy* used = place.used_copy()) {
      place.arena = arena_of(used->block, index, place.start);
      if (place.difference == CopyDifference::flags_only)
        place.arena->flags = place.primary.block.flags.value() | place.backup.block.flags.value();
      NDMEDIC_CHECK(look_behind_wrong_nextoff(place));
    }
    return place;
  }

  /// By the container's size first (GE-1). Where that place has no backup of this arena, by the
  /// primary's infooff, for the container may have grown (FO-05); without a primary, at the end of
  /// a size that was not rounded down (D-17).
  Status read_backup(ArenaPlace& place, CopyQuery query) {
    const std::uint64_t least = 2 * info_block_size;
    query.place.reset();
    if (place.size >= least) query.place = place.start.value + place.size - info_block_size;
    NDMEDIC_TRY(place.backup, read_info_copy(media_, query));
    const bool found = place.backup.usable() && !place.backup.misplaced;
    if (found) return {};
    if (!place.primary.usable()) return read_unrounded_backup(place, query);
    const std::uint64_t by_infooff = place.start.value + place.primary.block.infooff.value();
    if (query.place == by_infooff) return {};
    query.place = by_infooff;
    NDMEDIC_TRY(place.backup, read_info_copy(media_, query));
    place.backup_by_infooff = true;
    return {};
  }

  Status read_unrounded_backup(ArenaPlace& place, CopyQuery query) {
    const std::uint64_t size = std::min(arena_size_max, *query.context.available);
    if (size == place.size || size < arena_size_min) return {};
    query.place = place.start.value + size - info_block_size;
    NDMEDIC_TRY(const InfoCopy backup, read_info_copy(media_, query));
    if (backup.usable() && !backup.misplaced) place.backup = backup;
    return {};
  }

  Status look_behind_wrong_nextoff(ArenaPlace& place) {
    const std::uint64_t nextoff = place.arena->nextoff;
    if (nextoff == 0 || nextoff == arena_size_max) return {};
    const auto target = (Checked(place.start.value) + nextoff).get();
    if (!target || !lies_within(*target, info_block_size, size_)) return {};
    NDMEDIC_TRY(const InfoProbe probe, probe_info(media_, {*target}));
    if (probe.convincing()) place.nextoff_leads_to = NamespaceOffset{*target};
    return {};
  }

  /// Drops places at the end that hold nothing and that no arena announces.
  void trim() {
    auto& places = chain_.places;
    while (!places.empty()) {
      const ArenaPlace& last = places.back();
      if (last.arena) return;
      const bool trace = has_trace(last.primary) || has_trace(last.backup);
      if (places.size() == 1) {
        if (trace || options_.expected || is_unread(last.primary) || is_unread(last.backup)) return;
      } else {
        const auto& before = places[places.size() - 2].arena;
        if (before ? before->nextoff == arena_size_max : trace) return;
      }
      places.pop_back();
    }
  }

  void number_blocks() {
    std::uint64_t blocks = 0;
    for (ArenaPlace& place : chain_.places) {
      if (!place.arena) continue;
      place.arena->first_lba = {blocks};
      blocks += place.arena->geometry.external_nlba;
    }
  }

  /// Namespace destruction zeroes the first 8192 bytes and leaves the backups (FO-08, PL-2).
  Status look_for_destruction() {
    constexpr std::uint64_t destroyed = 8192;
    if (chain_.places.empty() || options_.context.container != BttContainer::ns) return {};
    if (chain_.places[0].primary.state != CopyState::blank || size_ < destroyed) return {};
    const Result<bool> wiped = is_zero(media_, {0, destroyed});
    if (wiped) {
      chain_.start_wiped = *wiped;
      return {};
    }
    return is_unreadable(wiped.error().code) ? Status{} : Status(wiped.error());
  }

  const Media& media_;
  const ChainOptions& options_;
  std::uint64_t size_;
  ArenaChain chain_;
};

}  // namespace

bool ArenaChain::found() const {
  return std::ranges::any_of(places,
                             [](const ArenaPlace& place) { return place.arena.has_value(); });
}

bool ArenaChain::whole() const {
  if (places.empty() || arenas_not_checked != 0) return false;
  const bool all =
      std::ranges::all_of(places, [](const ArenaPlace& place) { return place.arena.has_value(); });
  return all && places.back().arena->nextoff != arena_size_max;
}

std::uint64_t ArenaChain::external_nlba() const {
  std::uint64_t blocks = 0;
  for (const ArenaPlace& place : places)
    if (place.arena) blocks += place.arena->geometry.external_nlba;
  return blocks;
}

Result<ArenaChain> read_arena_chain(const Media& ns, const ChainOptions& options,
                                    FindingSink& findings) {
  NDMEDIC_TRY(ArenaChain chain, ChainReader(ns, options).run());
  report_chain(chain, options, findings);
  return chain;
}

Result<InfoProbe> probe_info(const Media& ns, NamespaceOffset offset) {
  CopyQuery query{.place = offset.value, .arena_start = offset.value};
  NDMEDIC_TRY(const InfoCopy copy, read_info_copy(ns, query));
  InfoProbe probe;
  probe.state = copy.state;
  if (!copy.has_bytes()) return probe;
  probe.signature = !copy.violations.has<"V-1">();
  probe.checksum = !copy.violations.has<"V-2">();
  probe.version = version_of(copy.block);
  probe.uuid = copy.block.uuid;
  probe.parent_uuid = copy.block.parent_uuid;
  if (!copy.usable()) return probe;
  query.place = offset.value + copy.block.infooff.value();
  NDMEDIC_TRY(const InfoCopy backup, read_info_copy(ns, query));
  probe.backup = backup.usable() && equal_but_flags(copy.block, backup.block);
  return probe;
}

}  // namespace ndmedic
