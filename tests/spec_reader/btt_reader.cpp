// SPDX-License-Identifier: BSD-3-Clause
//
// Walks all arenas of a namespace in the order of btt.md 3.2.
#include "spec_reader/btt_reader.h"

#include <algorithm>

namespace spec_reader {

namespace {

// Every known formatter writes 256.  More lanes than this are not read, and lanes_cut says so.
constexpr std::uint64_t most_lanes = 65536;

// The same for all arenas together, so that a huge sparse namespace stays readable.
constexpr std::uint64_t most_lanes_in_all = 1048576;

// A checked read: never outside the source.
bool read_range(const NamespaceSource& source, std::uint64_t offset,
                std::span<std::uint8_t> buffer) {
  if (!source.read || !range_fits(source.size, offset, buffer.size())) {
    return false;
  }
  return source.read(offset, buffer);
}

CopyReading read_copy(const NamespaceSource& source, std::optional<std::uint64_t> offset,
                      std::uint64_t available) {
  CopyReading copy;
  if (offset) {
    copy.offset = *offset;
    copy.bytes.resize(info_block_size);
    copy.readable = read_range(source, *offset, copy.bytes);
  }
  if (!copy.readable) {
    copy.bytes.clear();
  }
  // A copy that cannot be read is judged as an empty block: everything fails.
  copy.verdict = info_violations(copy.bytes, available);
  copy.valid = true;
  for (const std::string& rule : copy.verdict.violations) {
    // IB-09: reserved bytes are reported, they do not make the block invalid.
    if (rule != "IB-09") {
      copy.valid = false;
    }
  }
  // Enough to find map and flog without leaving the namespace.  The other rules say that the
  // block is wrong here, not that its offsets are.
  copy.usable = copy.readable;
  for (const char* rule :
       {"V-1", "V-2", "V-5", "V-6", "V-7", "V-8", "V-9", "V-10", "V-11", "V-12"}) {
    if (copy.verdict.violations.contains(rule)) {
      copy.usable = false;
    }
  }
  return copy;
}

void choose_copy(ArenaReading& arena) {
  // 3.2 step 3: the primary, else the backup.
  const CopyReading* chosen = nullptr;
  if (arena.primary.usable) {
    arena.used = UsedCopy::primary;
    chosen = &arena.primary;
  } else if (arena.backup.usable) {
    arena.used = UsedCopy::backup;
    chosen = &arena.backup;
  } else if (arena.backup_by_primary && arena.backup_by_primary->usable) {
    arena.used = UsedCopy::backup_by_primary;
    chosen = &*arena.backup_by_primary;
  }
  if (chosen != nullptr) {
    arena.info = info_numbers(chosen->bytes);
  }
}

void read_info_blocks(const NamespaceSource& source, ArenaReading& arena) {
  // The primary is the first 4096 bytes of the arena.
  arena.primary = read_copy(source, arena.start, arena.available);
  // 3.2 step 2: backup = start + min(512 GiB, rounddown(remaining, 4096)) - 4096.  An arena
  // has at least 16 MiB, so the difference is positive.
  const std::uint64_t size = std::min(largest_arena, round_down(arena.available, 4096));
  arena.backup = read_copy(source, add(arena.start, size - 4096), arena.available);
  // FO-05: also where a good primary says it is.
  if (arena.primary.usable) {
    const InfoBlock info = info_numbers(arena.primary.bytes);
    arena.backup_by_primary = read_copy(source, add(arena.start, info.infooff), arena.available);
  }
  arena.copies_equal = arena.primary.readable && arena.backup.readable &&
                       same_bytes(arena.primary.bytes, arena.backup.bytes);
  choose_copy(arena);
}

MapWord read_map_word(const NamespaceSource& source, const ArenaReading& arena, std::uint32_t lba) {
  // MP-5: arena start + mapoff + 4 * premap.
  const std::optional<std::uint64_t> map = add(arena.start, arena.info.mapoff);
  const std::optional<std::uint64_t> at = map ? add(*map, 4 * std::uint64_t{lba}) : std::nullopt;
  std::array<std::uint8_t, 4> bytes = {};
  if (!at || !read_range(source, *at, bytes)) {
    return std::nullopt;
  }
  return static_cast<std::uint32_t>(number_at(bytes, 0, 4));
}

void read_lanes(const NamespaceSource& source, std::uint64_t lanes_left, ArenaReading& arena) {
  const std::uint64_t most = std::min(most_lanes, lanes_left);
  arena.lanes_cut = arena.info.nfree > most;
  const std::uint64_t count = std::min(arena.info.nfree, most);
  const std::optional<std::uint64_t> flog = add(arena.start, arena.info.flogoff);
  std::vector<FlogGroup> groups;
  for (std::uint64_t lane = 0; lane < count; ++lane) {
    // 2.5.1: arena start + flogoff + 64 * lane.
    const std::optional<std::uint64_t> at =
        flog ? add(*flog, flog_group_size * lane) : std::nullopt;
    std::array<std::uint8_t, flog_group_size> bytes = {};
    if (!at || !read_range(source, *at, bytes)) {
      return;
    }
    groups.push_back(parse_flog_group(bytes));
  }
  // One unreadable group leaves the layout unknown, so all groups come first.
  arena.flog_readable = true;
  // FD-1: the layout is a property of the arena, not of the namespace.
  arena.layout = detect_flog_layout(groups);
  if (arena.layout == FlogLayout::failed) {
    return;
  }
  std::uint32_t number = 0;
  for (const FlogGroup& group : groups) {
    LaneReading lane = lane_slots(group, arena.layout, number);
    MapWord word;
    if (lane_needs_map(lane, arena.info)) {
      word = read_map_word(source, arena, lane.current.lba);
    }
    judge_lane(lane, arena.info, word);
    arena.lanes.push_back(lane);
    ++number;
  }
}

}  // namespace

BttReading read_btt(const NamespaceSource& source, std::uint64_t initial_offset) {
  BttReading result;
  if (initial_offset > source.size) {
    return result;
  }
  const std::uint64_t rawsize = source.size - initial_offset;
  // GE-1: arena k starts at initial offset + k * 512 GiB, whatever the info blocks say.
  const NamespaceCut cut = cut_namespace(rawsize);
  result.arenas_cut = cut.more;
  bool reached = true;
  std::uint64_t lanes_left = most_lanes_in_all;
  for (const ArenaPlace& place : cut.arenas) {
    ArenaReading arena;
    arena.place = place;
    arena.start = initial_offset + place.start;
    // The cut never places an arena outside rawsize.
    arena.available = rawsize - place.start;
    arena.reached = reached;
    read_info_blocks(source, arena);
    if (arena.used != UsedCopy::none) {
      read_lanes(source, lanes_left, arena);
      lanes_left -= arena.lanes.size();
    }
    // The chain goes on only where the used copy says so (3.2 step 3).
    reached = reached && arena.used != UsedCopy::none && arena.info.nextoff == largest_arena;
    result.arenas.push_back(std::move(arena));
  }
  return result;
}

NamespaceSource memory_source(Bytes bytes) {
  NamespaceSource source;
  source.size = bytes.size();
  source.read = [bytes](std::uint64_t offset, std::span<std::uint8_t> buffer) {
    const Bytes part = clip(bytes, offset, buffer.size());
    if (part.size() != buffer.size()) {
      return false;
    }
    std::copy(part.begin(), part.end(), buffer.begin());
    return true;
  };
  return source;
}

}  // namespace spec_reader
