// SPDX-License-Identifier: BSD-3-Clause
// Which index block is current, and why (labels.md 4.1), and whose geometry an area follows (3.3).
#include <doctest/doctest.h>

#include <ndmedic/media/fault_media.h>
#include <ndmedic/media/memory_media.h>

#include "area_builder.h"

namespace ndmedic::tests {
namespace {

/// An area whose block 0 lists slot 1 and whose block 1 lists slot 2.
AreaBuilder two_blocks(std::uint32_t seq0, std::uint32_t seq1) {
  AreaBuilder area;
  area.put(1, make_label(LabelValues{.uuid = uuid_number(1)}));
  area.put(2, make_label(LabelValues{.uuid = uuid_number(2)}));
  return area.block(0, seq0, {1}).block(1, seq1, {2});
}

struct Row {
  std::uint32_t seq0;
  std::uint32_t seq1;
  unsigned current;
  IndexReason reason;
};

}  // namespace

TEST_CASE("the current index follows from the sequence numbers") {
  using enum IndexReason;
  for (const Row& row : {
           Row{1, 1, 1, tie},
           Row{1, 2, 1, successor},
           Row{1, 3, 0, successor},
           Row{2, 1, 0, successor},
           Row{2, 2, 1, tie},
           Row{2, 3, 1, successor},
           Row{3, 1, 1, successor},
           Row{3, 2, 0, successor},
           Row{3, 3, 1, tie},
           Row{0, 3, 1, only_valid},
           Row{3, 0, 0, only_valid},
           Row{4, 3, 1, only_valid},
           Row{5, 3, 0, successor},
           Row{6, 5, 0, successor},
           Row{0x102, 7, 1, successor},
       }) {
    CAPTURE(row.seq0);
    CAPTURE(row.seq1);
    const LabelArea area = two_blocks(row.seq0, row.seq1).read();
    REQUIRE(area.current.has_value());
    CHECK(*area.current == row.current);
    CHECK(area.reason == row.reason);
    CHECK(area.next_index() == 1 - row.current);
    CHECK(area.in_use(1) == (row.current == 0));
    CHECK(area.in_use(2) == (row.current == 1));
    CHECK(area.linux_accepts);
  }
}

TEST_CASE("a block that fails one test of Linux leaves the older block current") {
  const std::vector<AreaBuilder::Bend> bends = {
      [](IndexHeader& h) { h.sig[15] = 1; },       [](IndexHeader& h) { h.myoff = 512; },
      [](IndexHeader& h) { h.otheroff = 0; },      [](IndexHeader& h) { h.labeloff = 768; },
      [](IndexHeader& h) { h.mysize = 71; },       [](IndexHeader& h) { h.mysize = 257; },
      [](IndexHeader& h) { h.nslot = 0x1000000; }, [](IndexHeader& h) { h.nslot = 511; },
  };
  for (std::size_t i = 0; i < bends.size(); ++i) {
    CAPTURE(i);
    AreaBuilder area = two_blocks(2, 1);
    area.block(0, 2, {1}, bends[i]);
    const LabelArea read = area.read();
    CHECK(read.current == 1u);
    CHECK(read.reason == IndexReason::only_valid);
    CHECK(read.index[0].state == IndexState::invalid);
  }
}

TEST_CASE("a small mysize, a smaller nslot, flags and tail bits do not disqualify a block") {
  const std::vector<AreaBuilder::Bend> bends = {
      [](IndexHeader& h) { h.mysize = 72; },
      [](IndexHeader& h) { h.nslot = 2; },
      [](IndexHeader& h) { h.nslot = 0; },
      [](IndexHeader& h) { h.flags[0] = 0xff; },
  };
  for (const auto& bend : bends) {
    AreaBuilder area = two_blocks(2, 1);
    CHECK(area.block(0, 2, {1}, bend).read().current == 0u);
  }
}

TEST_CASE("a valid 128-byte block wins over a 256-byte one in either position") {
  for (const unsigned old_block : {0u, 1u}) {
    AreaBuilder area;
    area.put(1, make_label(LabelValues{}));
    area.block(1 - old_block, 1, {1});
    AreaBuilder old(131072, 128);
    old.block(old_block, 3, {});  // 3 is older than 1, and still wins
    std::copy_n(old.bytes().begin() + 256 * old_block, 256, area.bytes().begin() + 256 * old_block);
    const LabelArea read = area.read();
    CHECK(read.layout.slot_size == 128);
    CHECK(read.current == old_block);
    CHECK(read.reason == IndexReason::size_128_wins);
    REQUIRE(read.other_size.size() == 1);
    CHECK(read.other_size[0].number == 1 - old_block);
    CHECK(read.other_size_labels == 1);
  }
}

TEST_CASE("without a valid block the reason says what is there") {
  CHECK(read_label_area(MemoryMedia(131072)).reason == IndexReason::blank);
  CHECK(read_label_area(MemoryMedia(std::uint64_t{0})).reason == IndexReason::no_layout);
  CHECK(read_label_area(MemoryMedia(767)).reason == IndexReason::no_layout);
  AreaBuilder area = two_blocks(2, 1);
  area.block_byte(0, 70) ^= std::byte{1};
  area.block_byte(1, 70) ^= std::byte{1};
  const LabelArea read = area.read();
  CHECK_FALSE(read.has_index());
  CHECK(read.reason == IndexReason::remains);
  CHECK(read.count(SlotState::plausible) == 2);
  CHECK(read.available_slots() == 0);
}

TEST_CASE("labels of a wiped index are found by the layout that fits them") {
  AreaBuilder old(131072, 128);
  old.put(0, make_label128({})).put(7, make_label128({.uuid = uuid_number(2)}));
  const LabelArea read = old.read();
  CHECK(read.reason == IndexReason::remains);
  CHECK(read.layout.slot_size == 128);
  CHECK(read.count(SlotState::plausible) == 2);
}

TEST_CASE("a block that cannot be read is not taken for an invalid one") {
  MemoryMedia media(two_blocks(2, 1).bytes());
  FaultMedia faulty(media);
  faulty.mark_bad({0, 1});
  const LabelArea read = read_label_area(faulty);
  CHECK(read.index[0].state == IndexState::not_checked);
  CHECK(read.index[0].bad_media);
  CHECK(read.current == 1u);
  CHECK(read.reason == IndexReason::other_unknown);
}

TEST_CASE("areas of older kernels are read by their own fields, and Linux rejects them") {
  struct Old {
    std::uint64_t size;
    std::uint32_t slot_size;
    std::uint64_t index_size;
    std::uint32_t nslot;
    LabelLayoutKind kind;
  };
  for (const Old& old : {Old{262144, 128, 768, 2032, LabelLayoutKind::g1},
                         Old{524288, 128, 1792, 4064, LabelLayoutKind::g1},
                         Old{16777216, 128, 16384, 130055, LabelLayoutKind::g2},
                         Old{262144, 256, 512, 1020, LabelLayoutKind::self_described}}) {
    CAPTURE(old.size);
    CAPTURE(old.slot_size);
    AreaBuilder area(old.size, old.slot_size, old.index_size, old.nslot);
    if (old.slot_size == 128)
      area.put(5, make_label128({}));
    else
      area.put(5, make_label(LabelValues{}));
    area.block(0, 3, {}).block(1, 1, {5});
    LabelArea read = area.read();
    CHECK(read.layout.kind == old.kind);
    CHECK_FALSE(read.linux_accepts);
    CHECK(read.layout.nslot == old.nslot);
    CHECK(read.current == 1u);
    CHECK(read.find(5)->state == SlotState::live);
    area.block_byte(0, 0) = std::byte{0};  // block 1 alone leads to the same layout
    read = area.read();
    CHECK(read.layout.nslot == old.nslot);
    CHECK(read.current == 1u);
  }
}

TEST_CASE("areas of older kernels that Linux accepts keep their number of slots") {
  AreaBuilder area(131072, 128, 256, 1016);
  area.put(1, make_label128({.flags = 8, .isetcookie = qemu_cookie1_slot0, .lbasize = 0}));
  area.block(0, 0, {}).block(1, 3, {1});
  const LabelArea read = area.read();
  CHECK(read.linux_accepts);
  CHECK(read.layout.nslot == 1016);
  CHECK(read.layout.capacity == 1020);
  CHECK(read.available_slots() == 1014);
  CHECK(read.find(1)->state == SlotState::updating);
  CHECK(ids_of(area.findings()) == std::vector{ProblemId::index_seq_zero});
}

}  // namespace ndmedic::tests
