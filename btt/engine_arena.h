// SPDX-License-Identifier: BSD-3-Clause
// One arena while the engine works on it: constants, lanes, map locks.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <cstring>
#include <memory>
#include <utility>

#include <ndmedic/btt/access.h>
#include <ndmedic/btt/attach.h>
#include <ndmedic/btt/lane_pool.h>
#include <ndmedic/btt/map_lock.h>
#include <ndmedic/format/btt_flog.h>
#include <ndmedic/format/btt_map.h>

namespace ndmedic {

/// What a lane's owner knows of it; nobody else looks.
struct alignas(64) LaneRecord {
  FlogImage image{};
  std::uint32_t free_block = 0;
  std::uint32_t seq = 1;  ///< of the current entry
  FlogSlot current = FlogSlot::a;
};

/// Map entries in one lock's stripe: a cache line of them (WR-3).
inline constexpr std::uint32_t stripe_entries = 16;
inline constexpr std::uint32_t stripe_count = 256;

class EngineArena {
 public:
  EngineArena(std::uint32_t index, ArenaStart start, bool flagged)
      : index_(index),
        start_(std::move(start)),
        flagged_(flagged),
        pool_(start_.arena.geometry.nfree),
        lanes_(new LaneRecord[start_.lanes.size()]),
        stripes_(new MapLock[stripe_count]) {
    for (std::size_t i = 0; i < start_.lanes.size(); ++i) {
      const LaneStart& lane = start_.lanes[i];
      lanes_[i] = {{}, lane.free_block.value, lane.seq, lane.current};
      std::memcpy(lanes_[i].image.units.data(), &lane.group, sizeof lane.group);
    }
  }

  std::uint32_t index() const { return index_; }
  const Arena& arena() const { return start_.arena; }
  const ArenaGeometry& geometry() const { return start_.arena.geometry; }
  LanePool& pool() { return pool_; }
  LaneRecord& lane(std::uint32_t number) { return lanes_[number]; }
  MapLock& stripe(std::uint32_t number) { return stripes_[number]; }
  /// The stripe's lock will be taken soon.
  void will_lock(std::uint32_t stripe) const { __builtin_prefetch(&stripes_[stripe], 1); }

  static std::uint32_t stripe_of(std::uint32_t premap) {
    return premap / stripe_entries % stripe_count;
  }

  std::uint64_t flog_offset(std::uint32_t lane) const {
    return start_.arena.flog_group({lane}).value;
  }
  /// Unit of the lane's flog group where its next entry begins: that of the older one (SQ-2).
  unsigned next_entry(const LaneRecord& lane) const {
    constexpr std::size_t units = sizeof(FlogEntry) / sizeof(std::uint64_t);
    const FlogSlot older = lane.current == FlogSlot::a ? FlogSlot::b : FlogSlot::a;
    return static_cast<unsigned>(units * slot_index(start_.layout, older));
  }
  std::uint64_t block_offset(std::uint32_t block) const {
    return start_.arena.block({block}).value;
  }
  std::uint64_t map_offset(std::uint32_t premap) const {
    return start_.arena.map_entry({premap}).value;
  }

  /// old_map and new_map in the container's habit (FL-4, FL-6): block numbers in a namespace, never
  /// with E (RC-7); whole words in a pool, for libpmemblk completes no other (FL-5).
  std::uint32_t old_word(std::uint32_t premap, std::uint32_t map_word) const {
    const MapEntry entry{map_word};
    const std::uint32_t block = entry.postmap({premap}).value;
    if (!flagged_) return block;
    return entry.state() == MapState::initial ? block | map_normal_bits : map_word;
  }
  std::uint32_t new_word(std::uint32_t block) const {
    return flagged_ ? block | map_normal_bits : block;
  }

  /// Set when a commit failed half-way: what the media hold is for the next attach to decide, so
  /// nothing more is written (WR-6).
  std::atomic<bool> failed{false};

 private:
  std::uint32_t index_;
  ArenaStart start_;
  bool flagged_;
  LanePool pool_;
  std::unique_ptr<LaneRecord[]> lanes_;
  std::unique_ptr<MapLock[]> stripes_;
};

}  // namespace ndmedic
