// SPDX-License-Identifier: BSD-3-Clause
// Label areas in memory: a full one read and validated, its records kept or not, and one label put
// into a nearly full one. Bars: 128 KiB in 200 us (2.55 M labels/s), 16 MiB in 20 ms (3.27).
#include <benchmark/benchmark.h>

#include <cstdint>

#include <ndmedic/format/codec.h>
#include <ndmedic/format/label.h>
#include <ndmedic/format/label_index.h>
#include <ndmedic/labels/area_writer.h>
#include <ndmedic/labels/label_area.h>
#include <ndmedic/media/memory_media.h>

namespace {

using namespace ndmedic;

LabelBytes label_for(std::uint32_t slot) {
  LabelRecord record;
  record.uuid.bytes[0] = 1;
  record.uuid.bytes[1] = static_cast<std::uint8_t>(slot);
  record.uuid.bytes[2] = static_cast<std::uint8_t>(slot >> 8);
  record.name_field = {'d', 'a', 't', 'a'};
  record.nlabel = 1;
  record.isetcookie = 1;
  record.lbasize = 512;
  record.dpa = std::uint64_t{slot} << 24;
  record.rawsize = std::uint64_t{1} << 24;
  record.type_guid = guids::pm;
  LabelBytes label = *encode_label(record);
  seal_label(label, slot, false);
  return label;
}

/// An area of version 1.2 with labels in all slots but the last `left_free`.
void fill(MemoryMedia& area, std::uint32_t left_free) {
  const LabelGeometry geometry = *initialise_label_area(area);
  const std::uint32_t used = geometry.nslot - left_free;
  for (std::uint32_t slot = 0; slot < used; ++slot)
    static_cast<void>(area.write(geometry.slot_off(slot), label_for(slot).bytes()));
  for (unsigned number = 0; number < 2; ++number) {
    const auto block = area.bytes().subspan(number * geometry.index_size, geometry.index_size);
    for (std::uint32_t slot = 0; slot < used; ++slot)
      block[sizeof(IndexHeader) + slot / 8] &= ~static_cast<std::byte>(1u << slot % 8);
    auto header = decode<IndexHeader>(block);
    header.checksum = index_checksum(block);
    encode(header, block);
  }
}

/// `records`: how many of the labels stay in memory behind the reading.
void read(benchmark::State& state, std::size_t records) {
  MemoryMedia area(static_cast<std::uint64_t>(state.range(0)));
  fill(area, 0);
  std::uint64_t labels = 0;
  for ([[maybe_unused]] auto _ : state)
    labels += read_label_area(area, {.max_records = records}).count(SlotState::live);
  state.SetItemsProcessed(static_cast<std::int64_t>(labels));
}
BENCHMARK_CAPTURE(read, validate, 0)->Name("label_area/validate")->Arg(128 << 10)->Arg(16 << 20);
BENCHMARK_CAPTURE(read, keep, 65536)->Name("label_area/keep")->Arg(128 << 10)->Arg(16 << 20);

/// Puts a label in the place of another; one slot is free.
void put(benchmark::State& state) {
  MemoryMedia area(static_cast<std::uint64_t>(state.range(0)));
  fill(area, 1);
  const LabelArea found = read_label_area(area);
  auto writer = AreaWriter::open(area, found);
  const LabelBytes label = label_for(0);
  std::uint32_t last = found.layout.nslot - 2;
  std::int64_t puts = 0;
  for ([[maybe_unused]] auto _ : state) {
    const auto slot = writer->put(label, false, {&last, 1});
    if (!slot) return state.SkipWithError("no slot");
    last = *slot;
    ++puts;
  }
  state.SetItemsProcessed(puts);
}
BENCHMARK(put)->Name("label_area/put")->Arg(128 << 10)->Arg(16 << 20);

}  // namespace
