// SPDX-License-Identifier: BSD-3-Clause
#include <ndmedic/btt/flog_writer.h>

#include <optional>

#include <ndmedic/format/codec.h>

namespace ndmedic {
namespace {

constexpr std::size_t half_size = sizeof(FlogEntry) / 2;

/// Stores one aligned 8-byte unit: half 0 is lba and old, half 1 is new and seq.
Status store_half(Media& ns, std::uint64_t entry, const FlogEntry& value, std::size_t half) {
  const std::span<const std::byte> bytes = bytes_of(value);
  const std::uint64_t at = entry + half * half_size;
  NDMEDIC_CHECK(ns.write(at, bytes.subspan(half * half_size, half_size)));
  return ns.flush({at, half_size});
}

/// The first half is durable before the second one makes it count.
Status store_entry(Media& ns, std::uint64_t at, const FlogEntry& value) {
  NDMEDIC_CHECK(store_half(ns, at, value, 0));
  NDMEDIC_CHECK(ns.fence());
  NDMEDIC_CHECK(store_half(ns, at, value, 1));
  return ns.fence();
}

FlogSlot other(FlogSlot slot) { return slot == FlogSlot::a ? FlogSlot::b : FlogSlot::a; }

/// No sequence number (SQ-1): whatever the other slot holds, the pair has no current entry.
constexpr std::uint32_t broken_seq = 4;

/// The pair of one lane, which is given a free block.
class LanePair {
 public:
  LanePair(Media& ns, const Arena& arena, const LaneTable& lanes, const LaneReading& reading)
      : ns_(ns),
        lanes_(lanes),
        reading_(reading),
        layout_(*lanes.layout.layout),
        group_(arena.flog_group(reading.lane).value) {}

  const FlogEntry& entry(FlogSlot slot) const { return lanes_.entry(reading_, slot); }

  /// The slot whose entry the new one can follow: the current one, or the one of a pair without
  /// that has a sequence number.
  std::optional<FlogSlot> predecessor() const {
    if (reading_.current) return reading_.current;
    for (const FlogSlot slot : {FlogSlot::b, FlogSlot::a})
      if (next_seq(entry(slot).seq.value()) != 0) return slot;
    return std::nullopt;
  }

  /// What the pair is counts until the last store.
  Status follow(FlogSlot last, FlogEntry entry) {
    entry.seq = next_seq(this->entry(last).seq.value());
    return store_entry(ns_, place(other(last)), entry);
  }

  /// Slot A, whatever the pair is.
  Status begin(FlogEntry entry) {
    entry.seq = 1;
    return store_entry(ns_, place(FlogSlot::a), entry);
  }

  /// No entry is current from here on, until begin().
  Status break_up() {
    FlogEntry broken = entry(FlogSlot::a);
    broken.seq = broken_seq;
    NDMEDIC_CHECK(store_half(ns_, place(FlogSlot::a), broken, 1));
    return ns_.fence();
  }

  Status clear_second() {
    if (entry(FlogSlot::b).is_zero()) return {};
    const std::uint64_t second = place(FlogSlot::b);
    NDMEDIC_CHECK(ns_.write(second, bytes_of(FlogEntry{})));
    NDMEDIC_CHECK(ns_.flush({second, sizeof(FlogEntry)}));
    return ns_.fence();
  }

 private:
  std::uint64_t place(FlogSlot slot) const {
    return group_ + slot_index(layout_, slot) * sizeof(FlogEntry);
  }

  Media& ns_;
  const LaneTable& lanes_;
  const LaneReading& reading_;
  FlogLayout layout_;
  std::uint64_t group_;
};

}  // namespace

Status give_free_block(Media& ns, const Arena& arena, const LaneTable& lanes,
                       const LaneReading& reading, PostmapLba block, BttContainer container) {
  LanePair pair(ns, arena, lanes, reading);
  FlogEntry entry{};
  entry.lba = reading.lane.value;
  entry.old_map = entry.new_map = block.value;
  if (container == BttContainer::pool) {
    NDMEDIC_CHECK(pair.break_up());
    NDMEDIC_CHECK(pair.clear_second());
    return pair.begin(entry);
  }
  const auto last = pair.predecessor();
  if (!last) {
    NDMEDIC_CHECK(pair.begin(entry));
    return pair.clear_second();
  }
  const std::uint32_t lba = pair.entry(*last).lba.value();
  if (reading.current && lba < arena.geometry.external_nlba) entry.lba = lba;
  return pair.follow(*last, entry);
}

}  // namespace ndmedic
