// SPDX-License-Identifier: BSD-3-Clause
// Updates of one label area: what Linux wrote is written again byte for byte; areas by older
// kernels keep their form; what cannot be done is refused before the first write.
#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <optional>

#include <ndmedic/format/codec.h>
#include <ndmedic/labels/area_writer.h>
#include <ndmedic/media/fault_media.h>
#include <ndmedic/media/memory_media.h>
#include <ndmedic/media/trace_media.h>

#include "area_builder.h"
#include "real_areas.h"

namespace ndmedic::tests {
namespace {

constexpr std::uint64_t kib = 1024;
using Slots = std::vector<std::uint32_t>;

LabelBytes label(const LabelValues& values = {}) {
  LabelBytes bytes{LabelFormat::v1_2};
  encode(make_label(values), bytes.raw);
  return bytes;
}

LabelBytes label128(const LabelValues& values = {}) {
  LabelBytes bytes{LabelFormat::v1_1};
  encode(make_label128(values), bytes.raw);
  return bytes;
}

LabelBytes numbered(std::uint8_t n) { return label({.uuid = uuid_number(n), .dpa = n * 16 * mib}); }

AreaWriter opened(Media& media) {
  auto writer = AreaWriter::open(media, read_label_area(media));
  REQUIRE(writer);
  return *writer;
}

Slots in_use(const LabelArea& area) {
  Slots slots;
  for (const LabelRecord& record : area.slots)
    if (record.marked_in_use) slots.push_back(record.slot);
  return slots;
}

std::array<std::uint32_t, 2> numbers(const LabelArea& area) {
  return {area.index[0].header.seq.value(), area.index[1].header.seq.value()};
}

/// What one index write of Linux changed: the slots that the newer block alone has in use, or free.
struct LastChange {
  Slots added;
  Slots freed;
};

LastChange last_change(const LabelArea& area) {
  LastChange change;
  const auto& now = area.index[*area.current].bytes;
  const auto& before = area.index[area.next_index()].bytes;
  for (std::uint32_t slot = 0; slot < area.layout.nslot; ++slot) {
    const bool is = is_free(now, SlotIndex{slot});
    const bool was = is_free(before, SlotIndex{slot});
    if (was && !is) change.added.push_back(slot);
    if (is && !was) change.freed.push_back(slot);
  }
  return change;
}

TEST_CASE("the last change of every area that Linux wrote is made again byte for byte") {
  unsigned repeated = 0;
  for (const auto& path : real_cases())
    for (const RealArea& real : load_real_case(path).areas) {
      CAPTURE(path.filename().string());
      CAPTURE(real.file);
      const LastChange change = last_change(real.area);
      if (change.added.empty() && change.freed.empty()) continue;  // as ndctl initialised it
      REQUIRE(change.added.size() <= 1);
      // As it was before: the newer block not there yet, nor the label.
      MemoryMedia media(real.bytes);
      const LabelLayout& layout = real.area.layout;
      std::ranges::fill(
          media.bytes().subspan(layout.index_off[*real.area.current], layout.index_size),
          std::byte{0});
      if (!change.added.empty())
        std::ranges::fill(media.bytes().subspan(layout.slot_off(change.added[0]), layout.slot_size),
                          std::byte{0x5a});
      AreaWriter writer = opened(media);
      if (change.added.empty()) {
        CHECK(writer.free(change.freed));
      } else {
        const LabelRecord* record = real.area.find(change.added[0]);
        REQUIRE(record != nullptr);
        const auto encoded = encode_label(*record);
        REQUIRE(encoded);
        const auto slot = writer.put(*encoded, record->updating(), change.freed);
        REQUIRE(slot);
        CHECK(*slot == change.added[0]);
      }
      CHECK(std::ranges::equal(media.bytes(), real.bytes));
      ++repeated;
    }
  CHECK(repeated >= 8);
}

TEST_CASE("an area that Linux initialised and filled is made again byte for byte") {
  const RealCase& real = load_real_case(real_images() / "cxl-lsa-kernelinit");
  const RealArea& area = real.areas.at(0);
  MemoryMedia media(area.bytes.size());
  REQUIRE(initialise_label_area(media));
  AreaWriter writer = opened(media);
  for (const std::uint32_t slot : {1u, 2u}) {
    const LabelBytes bytes = *encode_label(*area.area.find(slot));
    const auto updating = writer.put(bytes, true);
    REQUIRE(updating);
    CHECK(writer.put(bytes, false, std::array{*updating}).value() == slot);
  }
  CHECK(std::ranges::equal(media.bytes(), area.bytes));
}

TEST_CASE("the series of sequence numbers is that of a Linux that has read the area: 4.1") {
  MemoryMedia media(4 * kib);
  REQUIRE(initialise_label_area(media));
  using Pair = std::array<std::uint32_t, 2>;
  for (const Pair expected :
       {Pair{3, 1}, Pair{2, 1}, Pair{2, 3}, Pair{1, 3}, Pair{1, 2}, Pair{3, 2}, Pair{3, 1}}) {
    AreaWriter writer = opened(media);
    REQUIRE(writer.put(label(), false));
    CHECK(numbers(read_label_area(media)) == expected);
  }
  // The tie that Linux leaves: block 1 is current, block 0 comes next.
  AreaBuilder tie(4 * kib);
  tie.block(0, 3, {}).block(1, 3, {});
  MemoryMedia tied(tie.bytes());
  REQUIRE(opened(tied).put(label(), false));
  CHECK(numbers(read_label_area(tied)) == Pair{1, 3});
}

TEST_CASE("a label takes the lowest free slot and replaces others by the same index") {
  MemoryMedia media(128 * kib);
  REQUIRE(initialise_label_area(media));
  AreaWriter writer = opened(media);
  CHECK(writer.free_slots() == 510);
  CHECK(writer.version() == label_version_1_2);
  CHECK(writer.slot_size() == 256);
  for (std::uint8_t n = 0; n < 20; ++n) CHECK(writer.put(numbered(n), false).value() == n);
  CHECK(writer.free(Slots{3, 17}));
  CHECK(writer.lowest_free() == 3u);
  CHECK(writer.put(numbered(30), true, Slots{0, 5}).value() == 3);
  CHECK(writer.lowest_free() == 0u);
  CHECK(writer.free_slots() == 510 - 17);

  const LabelArea area = read_label_area(media);
  CHECK(in_use(area) == Slots{1, 2, 3, 4, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 18, 19});
  CHECK(area.find(3)->state == SlotState::updating);
  CHECK(area.find(3)->uuid == uuid_number(30));
  // What was freed keeps its bytes (4.4).
  CHECK(area.find(0)->state == SlotState::freed);
  CHECK(area.find(17)->uuid == uuid_number(17));
  Findings findings;
  report_label_area(area, std::nullopt, findings);
  CHECK_FALSE(findings.worst().has_value());
}

TEST_CASE("areas by older kernels are updated in their own form") {
  struct Old {
    AreaBuilder area;
    LabelLayoutKind kind;
  };
  std::vector<Old> olds;
  olds.push_back({AreaBuilder(128 * kib, 128, 256, 1016), LabelLayoutKind::g3});
  olds.push_back({AreaBuilder(256 * kib, 128, 768, 2032), LabelLayoutKind::g1});
  olds.push_back({AreaBuilder(16 * mib, 128, 16384, 130054), LabelLayoutKind::g2});
  for (Old& old : olds) {
    // Block 0 is of sequence number 0: never current, and normal before 4.15 (IX03).
    old.area.put(0, make_label128({.flags = label_flags::updating, .lbasize = 0}));
    old.area.block(0, 0, {}).block(1, 3, {0});
    MemoryMedia media(old.area.bytes());
    const LabelArea before = read_label_area(media);
    REQUIRE(before.layout.kind == old.kind);
    AreaWriter writer = opened(media);
    CHECK(writer.version() == label_version_1_1);
    CHECK(writer.put(label128({.uuid = uuid_number(2), .dpa = 16 * mib}), false).value() == 1);
    const LabelArea after = read_label_area(media);
    CHECK(after.layout.kind == old.kind);
    CHECK(after.layout.nslot == before.layout.nslot);
    CHECK(after.layout.index_off == before.layout.index_off);
    CHECK(after.current == 0u);
    CHECK(numbers(after) == std::array{1u, 3u});
    CHECK(in_use(after) == Slots{0, 1});
    CHECK(after.find(0)->updating());
  }
}

TEST_CASE("an update keeps what it does not concern: bitmap tail, padding, flags, version") {
  AreaBuilder odd(4 * kib);
  odd.block(0, 1, {}, [](IndexHeader& header) {
    header.flags = {1, 2, 3};
    header.minor = 3;
    header.seq = 0xfffffff1u;
  });
  odd.block_byte(0, 74) = std::byte{0xc0};  // bits behind slot 13
  odd.block_byte(0, 200) = std::byte{0x77};
  odd.seal(0).block(1, 3, {});
  MemoryMedia media(odd.bytes());
  AreaWriter writer = opened(media);
  CHECK(writer.free_slots() == 14);
  REQUIRE(writer.put(label(), false));
  const LabelArea area = read_label_area(media);
  REQUIRE(area.current == 1u);
  const IndexBlock& block = area.index[1];
  CHECK(block.header.flags == std::array<std::uint8_t, 3>{1, 2, 3});
  CHECK(block.header.minor.value() == 3);
  CHECK(block.header.seq.value() == 2);
  CHECK(block.bytes[74] == std::byte{0xc0});
  CHECK(block.bytes[200] == std::byte{0x77});
}

TEST_CASE("the sum alone does not tell two bitmaps apart, so blocks are written unsigned first") {
  AreaBuilder area;
  area.block(0, 1, {}).block(1, 1, {});
  const std::uint64_t none = area.read().index[0].header.checksum.value();
  area.block(0, 1, {31, 95});  // bit 31 of two words, an even number of words apart
  CHECK(area.read().index[0].header.checksum.value() == none);
}

TEST_CASE("CXL labels go into 2.1 areas and EFI labels into the others") {
  LabelBytes region{LabelFormat::cxl_region};
  encode(make_label(CxlRegionValues{}), region.raw);
  LabelBytes cxl{LabelFormat::cxl_namespace};
  encode(make_label(CxlNamespaceValues{}), cxl.raw);
  LabelBytes vendor{LabelFormat::cxl_vendor};
  for (const LabelVersion version : {label_version_1_1, label_version_1_2, label_version_cxl_2_1}) {
    MemoryMedia media(4 * kib);
    REQUIRE(initialise_label_area(media, version));
    AreaWriter writer = opened(media);
    CHECK(writer.put(label128(), false).has_value() == (version == label_version_1_1));
    CHECK(writer.put(label(), false).has_value() == (version == label_version_1_2));
    CHECK(writer.put(region, false).has_value() == (version == label_version_cxl_2_1));
    CHECK(writer.put(cxl, false).has_value() == (version == label_version_cxl_2_1));
    CHECK(writer.put(vendor, false).error().code == Errc::invalid);
    const LabelArea area = read_label_area(media);
    CHECK(area.count(SlotState::live) == (version == label_version_cxl_2_1 ? 2u : 1u));
  }
}

TEST_CASE("a full area takes no label, gives slots back, and says so before it writes") {
  for (const LabelVersion version : {label_version_1_1, label_version_1_2}) {
    const LabelBytes one = version == label_version_1_1 ? label128() : label();
    MemoryMedia base(1 * kib);
    REQUIRE(initialise_label_area(base, version));
    TraceMedia media(base);
    AreaWriter writer = opened(media);
    while (writer.free_slots() > 0) REQUIRE(writer.put(one, false));
    CHECK_FALSE(writer.lowest_free().has_value());
    media.forget();
    const auto refused = writer.put(one, false, Slots{0});
    CHECK(refused.error().code == Errc::too_large);
    CHECK(refused.error().what == "no free slot");
    CHECK(media.count(MediaCall::Kind::write) == 0);
    CHECK(writer.free(Slots{1}));
    CHECK(writer.put(one, false, Slots{0}).value() == 1);
    CHECK(in_use(read_label_area(base)).front() == 1);
  }
}

TEST_CASE("a label put into a nearly full area of 16 MiB costs its slot and one index block") {
  for (const LabelVersion version : {label_version_1_1, label_version_1_2}) {
    const LabelBytes one = version == label_version_1_1 ? label128() : label();
    MemoryMedia base(16 * mib);
    const auto geometry = initialise_label_area(base, version);
    REQUIRE(geometry);
    // In use, all but the last two slots: what stands in the slots does not matter to an update.
    for (unsigned number = 0; number < 2; ++number) {
      const auto block = base.bytes().subspan(number * geometry->index_size, geometry->index_size);
      const std::uint32_t used = geometry->nslot - 2;
      std::ranges::fill(block.subspan(72, used / 8), std::byte{0});
      for (std::uint32_t slot = used / 8 * 8; slot < used; ++slot)
        block[72 + slot / 8] &= ~static_cast<std::byte>(1u << slot % 8);
      auto header = decode<IndexHeader>(block);
      header.checksum = index_checksum(block);
      encode(header, block);
    }
    TraceMedia media(base);
    auto writer = AreaWriter::open(media, read_label_area(media));
    REQUIRE(writer);
    media.forget();
    CHECK(writer->put(one, false, Slots{7}).value() == geometry->nslot - 2);
    CHECK(media.count(MediaCall::Kind::write) == 4);
    CHECK(media.bytes(MediaCall::Kind::write) == one.size() + geometry->index_size + 8);
    CHECK(media.count(MediaCall::Kind::read) == 0);
    CHECK(media.count(MediaCall::Kind::fence) == 3);
  }
}

TEST_CASE("slots that are not in use, beyond the area, or given twice are refused") {
  MemoryMedia base(4 * kib);
  REQUIRE(initialise_label_area(base));
  TraceMedia media(base);
  AreaWriter writer = opened(media);
  REQUIRE(writer.put(label(), false));
  media.forget();
  for (const Slots& slots : {Slots{1}, Slots{14}, Slots{0xffffffff}, Slots{0, 0}, Slots{0, 3}}) {
    CHECK(writer.free(slots).error().code == Errc::invalid);
    CHECK(writer.put(label(), false, slots).error().code == Errc::invalid);
  }
  CHECK(writer.free(Slots{}));
  CHECK(media.count(MediaCall::Kind::write) == 0);
  CHECK(writer.free_slots() == 13);
}

Errc refusal(AreaBuilder& area, std::optional<Extent> bad = {}) {
  MemoryMedia base(area.bytes());
  FaultMedia media(base);
  if (bad) media.mark_bad(*bad);
  const auto writer = AreaWriter::open(media, read_label_area(media));
  REQUIRE_FALSE(writer);
  return writer.error().code;
}

TEST_CASE("an area whose current index is not known for certain is not opened") {
  AreaBuilder blank;
  CHECK(refusal(blank) == Errc::damaged);
  AreaBuilder other = one_namespace();
  CHECK(refusal(other, Extent{256, 256}) == Errc::damaged);
  AreaBuilder two_sizes;  // 4.1: the 128-byte block wins and hides the label
  two_sizes.put(0, make_label(LabelValues{})).block(0, 1, {0});
  AreaBuilder small(131072, 128);
  small.block(1, 1, {});
  std::ranges::copy(std::span(small.bytes()).subspan(256, 256), two_sizes.bytes().begin() + 256);
  CHECK(refusal(two_sizes) == Errc::damaged);
  AreaBuilder own(128 * kib, 256, 2560, 400);
  own.block(0, 1, {}).block(1, 2, {});
  CHECK(refusal(own) == Errc::not_supported);
  const LabelArea area = one_namespace().read();
  MemoryMedia larger(256 * kib);
  CHECK(AreaWriter::open(larger, area).error().code == Errc::invalid);
}

TEST_CASE("after a write that failed the writer refuses everything") {
  for (std::uint64_t call = 1; call <= 11; ++call) {
    CAPTURE(call);
    MemoryMedia base(4 * kib);
    REQUIRE(initialise_label_area(base));
    FaultMedia media(base);
    AreaWriter writer = opened(media);
    media.fail_call(call);
    CHECK(writer.put(label(), false).error().code == Errc::io);
    CHECK(writer.put(label(), false).error().code == Errc::changed);
    CHECK(writer.free(Slots{0}).error().code == Errc::changed);
    // What can be read goes on.
    AreaWriter again = opened(base);
    CHECK(again.put(label({.uuid = uuid_number(2), .dpa = 16 * mib}), false));
  }
}

}  // namespace
}  // namespace ndmedic::tests
