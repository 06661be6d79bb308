// SPDX-License-Identifier: BSD-3-Clause
// New label areas against the bytes and numbers of labels.md 2.2, 2.3 and 3.2.
#include <doctest/doctest.h>

#include <algorithm>
#include <array>

#include <ndmedic/labels/area_writer.h>
#include <ndmedic/labels/label_area.h>
#include <ndmedic/media/fault_media.h>
#include <ndmedic/media/memory_media.h>
#include <ndmedic/media/trace_media.h>

#include "area_builder.h"

namespace ndmedic::tests {
namespace {

constexpr std::uint64_t kib = 1024;

/// The last column is what Linux leaves on an area that was zero.
struct Row {
  LabelVersion version;
  std::uint64_t area_size;
  std::uint64_t index_size;
  std::uint32_t nslot;
  std::uint64_t checksum0;
  std::uint64_t checksum1 = 0;  ///< 0: not in 2.3
};

constexpr std::array table_2_3 = {
    Row{label_version_1_1, 128 * kib, 256, 1020, 0xdb634621e7313e0a, 0xdb6349e6e7313e09},
    Row{label_version_1_2, 128 * kib, 256, 510, 0xe793e3ed18323c1c, 0xe793e7b218323c1b},
    Row{label_version_cxl_2_1, 128 * kib, 256, 510, 0xe762e41e18313c1d, 0xe762e7e318313c1c},
    Row{label_version_1_1, 1 * kib, 256, 4, 0xeb628633d7313a41},
    Row{label_version_1_2, 1 * kib, 256, 2, 0x279383a7d8323a33},
    Row{label_version_1_1, 4 * kib, 256, 28, 0xcb628803e7313a49},
    Row{label_version_1_2, 4 * kib, 256, 14, 0x279f0547d8327a3b},
    Row{label_version_1_1, mib, 1280, 8172, 0x1cd87251d731791a},
    Row{label_version_1_2, mib, 768, 4090, 0xfcc12a4ddc3251a8},
};

void check_fresh(const LabelArea& area, const LabelGeometry& geometry, LabelVersion version) {
  CHECK(area.linux_accepts);
  CHECK(area.layout.index_size == geometry.index_size);
  CHECK(area.layout.nslot == geometry.nslot);
  CHECK(area.layout.slot_size == geometry.slot_size);
  CHECK(LabelVersion{area.major, area.minor} == version);
  CHECK(area.current == 0u);
  CHECK(area.reason == IndexReason::successor);
  CHECK(area.index[0].seq() == 3);
  CHECK(area.index[1].seq() == 2);
  CHECK(area.free_slots() == geometry.nslot);
  for (const IndexBlock& block : area.index) CHECK(block.violations.empty());
  Findings findings;
  report_label_area(area, std::nullopt, findings);
  CHECK(findings.list().empty());
}

TEST_CASE("a new area has the blocks that Linux writes: table of 2.3") {
  for (const Row& row : table_2_3) {
    CAPTURE(row.area_size);
    MemoryMedia media(row.area_size);
    const auto geometry = initialise_label_area(media, row.version);
    REQUIRE(geometry);
    const LabelArea area = read_label_area(media);
    CHECK(geometry->index_size == row.index_size);
    CHECK(geometry->nslot == row.nslot);
    CHECK(area.index[0].header.checksum.value() == row.checksum0);
    if (row.checksum1 != 0) CHECK(area.index[1].header.checksum.value() == row.checksum1);
    check_fresh(area, *geometry, row.version);
  }
}

TEST_CASE("the first 96 bytes are those that 2.3 prints") {
  MemoryMedia media(128 * kib);
  REQUIRE(initialise_label_area(media));
  const std::string_view expected =
      "4e414d4553504143455f494e44455800"
      "0000000103000000"
      "000000000000000000010000000000000001000000000000"
      "0002000000000000"
      "fe01000001000200"
      "1c3c3218ede393e7"
      "ffffffffffffffffffffffffffffffffffffffffffffffff";
  std::string seen;
  for (const std::byte byte : media.bytes().first(96)) {
    constexpr std::string_view digits = "0123456789abcdef";
    seen += digits[std::to_integer<unsigned>(byte) >> 4];
    seen += digits[std::to_integer<unsigned>(byte) & 15];
  }
  CHECK(seen == expected);
}

TEST_CASE("areas of odd and of large sizes get the geometry of Linux, and no slot is written") {
  for (const std::uint64_t size :
       {std::uint64_t{768}, 1023 + 1 * kib, 128 * kib + 1, 132000 * 1ul, 135168ul, 188544ul,
        189567ul, 377088ul, 378111ul, 450688ul, 452223ul, 2 * mib, 16 * mib, 64 * mib})
    for (const LabelVersion version :
         {label_version_1_1, label_version_1_2, label_version_cxl_2_1}) {
      const auto expected = label_geometry(size, version == label_version_1_1 ? 128 : 256);
      if (!expected) continue;
      CAPTURE(size);
      SparseMedia media(size);
      const std::array<std::byte, 1> mark = {std::byte{0x5a}};
      REQUIRE(media.write(expected->label_off(), mark));
      REQUIRE(media.write(size - 1, mark));
      const auto geometry = initialise_label_area(media, version);
      REQUIRE(geometry);
      CHECK(*geometry == *expected);
      std::array<std::byte, 1> kept{};
      REQUIRE(media.read(expected->label_off(), kept));
      CHECK(kept == mark);
      REQUIRE(media.read(size - 1, kept));
      CHECK(kept == mark);
      const LabelArea area = read_label_area(media);
      CHECK(area.linux_accepts);
      CHECK(area.free_slots() == expected->nslot);
    }
}

TEST_CASE("whatever stood there, the index is new and the slots keep their bytes") {
  std::vector<AreaBuilder> olds;
  olds.push_back(one_namespace());
  olds.emplace_back(256 * kib, 128, 768, 2032);  // G1
  olds.back().put(3, make_label128({})).block(0, 1, {3}).block(1, 3, {});
  olds.emplace_back(16 * mib, 128, 16384, 130054);  // G2
  olds.back().put(0, make_label128({})).block(0, 3, {0}).block(1, 2, {});
  olds.emplace_back(1 * mib, 128);
  olds.back().put(8000, make_label128({})).block(0, 3, {8000}).block(1, 1, {});
  for (AreaBuilder& old : olds) {
    REQUIRE(old.read().has_index());
    for (const LabelVersion version : {label_version_1_1, label_version_1_2}) {
      MemoryMedia media(old.bytes());
      const auto geometry = initialise_label_area(media, version);
      REQUIRE(geometry);
      const LabelArea area = read_label_area(media);
      CHECK(area.linux_accepts);
      CHECK(area.count(SlotState::live) == 0);
      CHECK(area.free_slots() == geometry->nslot);
      CHECK(LabelVersion{area.major, area.minor} == version);
      // Only signatures of old blocks are lost behind the new index.
      const auto now = media.bytes().subspan(geometry->label_off());
      const auto before = std::span(old.bytes()).subspan(geometry->label_off());
      std::size_t differ = 0;
      for (std::size_t i = 0; i < now.size(); ++i) differ += now[i] != before[i] ? 1u : 0u;
      CHECK(differ <= 16);
    }
  }
}

TEST_CASE("what cannot be laid out is refused, and nothing is written") {
  MemoryMedia base(128 * kib);
  TraceMedia media(base);
  for (const LabelVersion version :
       {LabelVersion{1, 0}, LabelVersion{1, 3}, LabelVersion{2, 0}, LabelVersion{0, 9}}) {
    const auto refused = initialise_label_area(media, version);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == Errc::invalid);
    CHECK(refused.error().what == "label version");
  }
  CHECK(media.count(MediaCall::Kind::write) == 0);
  for (const auto& [size, version] :
       {std::pair{0u, label_version_1_1}, std::pair{767u, label_version_1_1},
        std::pair{1023u, label_version_1_2}, std::pair{512u, label_version_cxl_2_1}}) {
    MemoryMedia small(size);
    const auto refused = initialise_label_area(small, version);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == Errc::invalid);
    CHECK(refused.error().what == "size of the label area");
    CHECK(std::ranges::all_of(small.bytes(), [](std::byte b) { return b == std::byte{0}; }));
  }
  SparseMedia vast(std::uint64_t{4} << 30);
  CHECK(initialise_label_area(vast).error().code == Errc::invalid);
  CHECK(vast.page_count() == 0);
}

TEST_CASE("a place that may hold an old index and cannot be read stops it before the first write") {
  AreaBuilder old(256 * kib, 128, 768, 2032);
  old.block(0, 1, {}).block(1, 2, {});
  for (const std::uint64_t offset : {0u, 256u, 512u, 768u}) {
    CAPTURE(offset);
    MemoryMedia base(old.bytes());
    FaultMedia media(base);
    media.mark_bad({offset, 8});
    const auto refused = initialise_label_area(media);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == Errc::bad_media);
    CHECK(std::ranges::equal(base.bytes(), old.bytes()));
  }
}

TEST_CASE("errors of every call are passed on, and a second try makes the area") {
  AreaBuilder old = one_namespace();
  MemoryMedia expected(old.bytes());
  REQUIRE(initialise_label_area(expected));
  for (std::uint64_t call = 1;; ++call) {
    MemoryMedia base(old.bytes());
    FaultMedia media(base);
    media.stop_at_call(call);
    if (initialise_label_area(media)) {
      CHECK(call > 10);
      break;
    }
    CHECK(initialise_label_area(base));
    CHECK(std::ranges::equal(base.bytes(), expected.bytes()));
  }
}

}  // namespace
}  // namespace ndmedic::tests
