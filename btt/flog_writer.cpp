// SPDX-License-Identifier: BSD-3-Clause
#include <ndmedic/btt/flog_writer.h>

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

}  // namespace

Status give_free_block(Media& ns, const Arena& arena, const LaneTable& lanes,
                       const LaneReading& reading, PostmapLba block, BttContainer container) {
  const FlogLayout layout = *lanes.layout.layout;
  const std::uint64_t group = arena.flog_group(reading.lane).value;
  const auto place = [&](FlogSlot slot) {
    return group + slot_index(layout, slot) * sizeof(FlogEntry);
  };
  FlogEntry entry{};
  entry.lba = reading.lane.value;
  entry.old_map = entry.new_map = block.value;
  entry.seq = 1;
  if (reading.current && container != BttContainer::pool) {
    const FlogEntry& current = lanes.entry(reading, *reading.current);
    entry.seq = next_seq(current.seq.value());
    if (current.lba.value() < arena.geometry.external_nlba) entry.lba = current.lba;
    return store_entry(ns, place(other(*reading.current)), entry);
  }
  const std::uint64_t second = place(FlogSlot::b);
  NDMEDIC_CHECK(ns.write(second, bytes_of(FlogEntry{})));
  NDMEDIC_CHECK(ns.flush({second, sizeof(FlogEntry)}));
  return store_entry(ns, place(FlogSlot::a), entry);
}

}  // namespace ndmedic
