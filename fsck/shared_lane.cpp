// SPDX-License-Identifier: BSD-3-Clause
#include <ndmedic/fsck/shared_lane.h>

#include <algorithm>
#include <array>
#include <vector>

#include <ndmedic/format/btt_flog.h>
#include <ndmedic/format/btt_map.h>
#include <ndmedic/format/codec.h>

namespace ndmedic {
namespace {

/// What the driver remembers of a lane.
struct LaneMemory {
  std::uint32_t free_block = 0;
  FlogSlot next_slot = FlogSlot::a;
  std::uint32_t next_seq = 1;
};

/// One writer: its write goes on by one step at a time.
struct Writer {
  unsigned step = 0;
  std::uint32_t lba = 0;
  std::uint32_t fresh = 0;  ///< the block that it took
  std::uint32_t old = 0;    ///< the block that it replaces
};

class SharedLane {
 public:
  SharedLane(Media& ns, const ArenaPlaces& arena, std::uint32_t lane, SeededRandom& random)
      : ns_(ns), arena_(arena), lane_(lane), random_(random) {}

  Status run(unsigned writes) {
    NDMEDIC_CHECK(load());
    unsigned begun = 0;
    unsigned done = 0;
    while (done < writes) {
      Writer& writer = writers_[random_.below(writers_.size())];
      if (writer.step == 0) {
        if (begun == writes) continue;
        ++begun;
      }
      NDMEDIC_CHECK(go_on(writer));
      if (writer.step == 0) ++done;
    }
    return {};
  }

 private:
  std::uint64_t group_at() const {
    return arena_.offset + arena_.geometry.flogoff + std::uint64_t{lane_} * flog_group_size;
  }
  std::uint64_t word_at(std::uint32_t lba) const {
    return arena_.offset + arena_.geometry.mapoff + std::uint64_t{lba} * map_entry_size;
  }
  std::size_t place_of(FlogSlot slot) const { return slot_index(arena_.layout, slot); }

  Status load() {
    NDMEDIC_TRY(const FlogGroup group, read_structure<FlogGroup>(ns_, group_at()));
    const auto current = newer(group.slot[place_of(FlogSlot::a)].seq.value(),
                               group.slot[place_of(FlogSlot::b)].seq.value());
    if (!current) return Error{Errc::damaged, {}, "flog of the lane"};
    const FlogEntry& entry = group.slot[place_of(*current)];
    memory_.free_block = entry.old_block().value;
    memory_.next_slot = *current == FlogSlot::a ? FlogSlot::b : FlogSlot::a;
    memory_.next_seq = next_seq(entry.seq.value());
    return {};
  }

  /// Takes the block; stores the sector; looks up what it replaces and logs; stores the map word.
  Status go_on(Writer& writer) {
    switch (writer.step++) {
      case 0:
        writer.lba = static_cast<std::uint32_t>(random_.below(arena_.geometry.external_nlba));
        writer.fresh = memory_.free_block;
        return {};
      case 1:
        return store_sector(writer);
      case 2:
        return log(writer);
      default:
        break;
    }
    writer.step = 0;
    return store(word_at(writer.lba), bytes_of(Le32(writer.fresh | map_normal_bits)));
  }

  Status store_sector(const Writer& writer) {
    const std::uint32_t size = arena_.geometry.external_lbasize;
    const std::vector<std::byte> sector(size, static_cast<std::byte>(random_.next()));
    const std::uint64_t block = std::uint64_t{writer.fresh} * arena_.geometry.internal_lbasize;
    return store(arena_.offset + arena_.geometry.dataoff + block, sector);
  }

  Status log(Writer& writer) {
    NDMEDIC_TRY(const Le32 word, read_structure<Le32>(ns_, word_at(writer.lba)));
    writer.old = MapEntry{word.value()}.postmap({writer.lba}).value;
    FlogEntry entry{};
    entry.lba = writer.lba;
    entry.old_map = writer.old;
    entry.new_map = writer.fresh;
    entry.seq = memory_.next_seq;
    NDMEDIC_CHECK(
        store(group_at() + place_of(memory_.next_slot) * sizeof(FlogEntry), bytes_of(entry)));
    memory_.next_slot = memory_.next_slot == FlogSlot::a ? FlogSlot::b : FlogSlot::a;
    memory_.next_seq = next_seq(memory_.next_seq);
    memory_.free_block = writer.old;
    return {};
  }

  Status store(std::uint64_t at, std::span<const std::byte> bytes) {
    NDMEDIC_CHECK(ns_.write(at, bytes));
    return ns_.flush({at, bytes.size()});
  }

  Media& ns_;
  const ArenaPlaces& arena_;
  std::uint32_t lane_;
  SeededRandom& random_;
  LaneMemory memory_;
  std::array<Writer, 2> writers_;
};

}  // namespace

Status write_through_shared_lane(Media& ns, const ArenaPlaces& arena, std::uint32_t lane,
                                 unsigned writes, SeededRandom& random) {
  NDMEDIC_CHECK(SharedLane(ns, arena, lane, random).run(writes));
  return ns.fence();
}

}  // namespace ndmedic
