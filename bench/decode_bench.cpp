// SPDX-License-Identifier: BSD-3-Clause
// Structures decoded and validated a second:
// the labels of an area of 128 KiB, and info blocks. Bars: 5 M labels/s, 500 k info blocks/s.
#include <benchmark/benchmark.h>

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <ndmedic/format/btt_info.h>
#include <ndmedic/format/codec.h>
#include <ndmedic/format/label.h>

namespace {

using namespace ndmedic;

/// A label that verifies, as Linux writes it for slot `slot`.
Label256 good_label(std::uint32_t slot) {
  Label256 label{};
  label.uuid.bytes[0] = 1;
  label.nlabel = std::uint16_t{1};
  label.lbasize = std::uint64_t{4096};
  label.dpa = std::uint64_t{slot} << 24;
  label.rawsize = std::uint64_t{1} << 24;
  label.slot = slot;
  label.type_guid = guids::pm;
  label.checksum = checksum_of(label);
  return label;
}

/// The info block of a 16 MiB arena with sectors of 512 bytes (btt.md 2.7, E-1).
InfoBlock good_info() {
  InfoBlock info{};
  info.sig = info_signature;
  info.uuid.bytes[0] = 1;
  info.major = std::uint16_t{2};
  info.external_lbasize = std::uint32_t{512};
  info.external_nlba = std::uint32_t{32202};
  info.internal_lbasize = std::uint32_t{512};
  info.internal_nlba = std::uint32_t{32458};
  info.nfree = std::uint32_t{256};
  info.infosize = std::uint32_t{4096};
  info.dataoff = std::uint64_t{4096};
  info.mapoff = std::uint64_t{0xFDB000};
  info.flogoff = std::uint64_t{0xFFB000};
  info.infooff = std::uint64_t{0xFFF000};
  info.checksum = checksum_of(info);
  return info;
}

void labels(benchmark::State& state) {
  constexpr std::uint32_t count = 510;  // the slots of 128 KiB, version 1.2
  std::vector<std::byte> area(count * sizeof(Label256));
  for (std::uint32_t slot = 0; slot < count; ++slot)
    encode(good_label(slot), std::span(area).subspan(slot * sizeof(Label256)));
  for ([[maybe_unused]] auto _ : state) {
    std::size_t trusted = 0;
    for (std::uint32_t slot = 0; slot < count; ++slot) {
      const auto label = decode<Label256>(std::span(area).subspan(slot * sizeof(Label256)));
      trusted += validate(label, SlotIndex{slot}).trusted() ? 1U : 0U;
    }
    if (trusted != count) state.SkipWithError("a label does not verify");
  }
  state.SetItemsProcessed(state.iterations() * count);
}
BENCHMARK(labels)->Name("decode/labels");

void info_blocks(benchmark::State& state) {
  constexpr std::int64_t count = 64;
  std::vector<std::byte> media(std::size_t{count} * sizeof(InfoBlock));
  for (std::size_t i = 0; i < std::size_t{count}; ++i)
    encode(good_info(), std::span(media).subspan(i * sizeof(InfoBlock)));
  const InfoContext context{.available = std::uint64_t{1} << 24, .parent_uuid = {}};
  for ([[maybe_unused]] auto _ : state) {
    std::size_t trusted = 0;
    for (std::size_t i = 0; i < std::size_t{count}; ++i) {
      const auto info = decode<InfoBlock>(std::span(media).subspan(i * sizeof(InfoBlock)));
      trusted += validate(info, context).trusted() ? 1U : 0U;
    }
    if (trusted != count) state.SkipWithError("an info block does not verify");
  }
  state.SetItemsProcessed(state.iterations() * count);
}
BENCHMARK(info_blocks)->Name("decode/info_blocks");

}  // namespace
