// SPDX-License-Identifier: BSD-3-Clause
//
// A whole BTT: the arenas of a namespace, both copies of each info block, and every lane.
// Nothing is searched: all places follow from the size of the namespace (btt.md GE-1).
#pragma once

#include <functional>

#include "spec_reader/arena.h"

namespace spec_reader {

// How a namespace is read.  `read` fills the whole buffer from `offset` or returns false; it
// is never called for a range that is not within [0, size).  It must not throw.
struct NamespaceSource {
  std::uint64_t size = 0;
  std::function<bool(std::uint64_t offset, std::span<std::uint8_t> buffer)> read;
};

// One copy of an info block.
struct CopyReading {
  std::uint64_t offset = 0;         // in the namespace
  bool readable = false;            // the 4096 bytes could be read
  std::vector<std::uint8_t> bytes;  // 4096 bytes, or none
  InfoVerdict verdict;              // of an empty block when not readable
  bool valid = false;               // no violation but IB-09
  // The structures can be followed safely: V-1 V-2 V-5 .. V-12 hold.  (Version, chain, flags
  // and the size of the container may still be wrong.)
  bool usable = false;
};

enum class UsedCopy { none, primary, backup, backup_by_primary };

struct ArenaReading {
  ArenaPlace place;             // by GE-1, start relative to the initial offset
  std::uint64_t start = 0;      // in the namespace
  std::uint64_t available = 0;  // bytes from start to the end of the namespace
  bool reached = false;         // arena 0, or every arena before names a next one
  CopyReading primary;
  CopyReading backup;  // at the computed place
  // At start + infooff of the primary, when the primary is readable and usable.
  std::optional<CopyReading> backup_by_primary;
  bool copies_equal = false;       // primary and computed backup readable and identical
  UsedCopy used = UsedCopy::none;  // first usable of primary, backup, backup_by_primary
  InfoBlock info;                  // of the used copy
  bool flog_readable = false;      // every group that was asked for could be read
  // nfree above 65536, or above what is left of 1048576 lanes in all arenas: only the first ones
  // were read, and the layout is that of the lanes read.
  bool lanes_cut = false;
  FlogLayout layout = FlogLayout::failed;
  std::vector<LaneReading> lanes;  // empty when the flog is unreadable or the layout failed
};

struct BttReading {
  std::vector<ArenaReading> arenas;
  bool arenas_cut = false;  // more than 4096 arenas; the rest was not read
};

// Reads a BTT whose arena 0 begins at `initial_offset` (btt.md 2.1).
BttReading read_btt(const NamespaceSource& source, std::uint64_t initial_offset);

// A source over bytes in memory.  The bytes must outlive it.
NamespaceSource memory_source(Bytes bytes);

}  // namespace spec_reader
