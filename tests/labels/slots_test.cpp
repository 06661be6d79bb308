// SPDX-License-Identifier: BSD-3-Clause
// Slot states and their reasons, unreadable slots, and the bounds on memory (labels.md 4.2, 7.2).
#include <doctest/doctest.h>

#include <algorithm>
#include <random>

#include <ndmedic/media/fault_media.h>
#include <ndmedic/media/memory_media.h>

#include "area_builder.h"

namespace ndmedic::tests {
namespace {

SlotState state_of(const AreaBuilder& area, std::uint32_t slot) {
  const LabelArea read = area.read();
  const LabelRecord* record = read.find(slot);
  return record ? record->state : SlotState::blank;
}

/// 4,084 slots, all in use, all with a label that claims the same capacity under one uuid.
AreaBuilder all_slots_alike() {
  AreaBuilder area(mib / 2, 128);
  for (std::uint32_t slot = 0; slot < area.geometry().nslot; ++slot)
    area.put(slot, make_label128({}));
  area.block(0, 3, {}).block(1, 2, {});
  std::fill_n(&area.block_byte(0, 72), (area.geometry().nslot + 7) / 8, std::byte{0});
  return area.seal(0);
}

}  // namespace

TEST_CASE("the other slot of an update is a twin that names its label") {
  const LabelArea area = one_namespace().read();
  CHECK(area.find(0)->state == SlotState::twin);
  CHECK(area.find(0)->related_slot == 1u);
  CHECK(area.find(1)->state == SlotState::live);
  CHECK(area.count(SlotState::twin) == 1);
  CHECK(area.count(SlotState::freed) == 0);
  CHECK(area.count(SlotState::blank) == 508);
  CHECK(area.trustworthy());
}

TEST_CASE("slots are what bitmap and bytes make them") {
  AreaBuilder area = one_namespace();
  area.fill(3, 0xff).fill(4, 0xff);
  area.put(5, make_label(LabelValues{.uuid = uuid_number(2)}));
  area.fill(6, 0x5a);
  area.block(0, 2, {1, 3});
  CHECK(state_of(area, 3) == SlotState::blank_in_use);
  CHECK(state_of(area, 4) == SlotState::blank);
  CHECK(state_of(area, 5) == SlotState::freed);
  CHECK(state_of(area, 6) == SlotState::scrap);
}

TEST_CASE("a label behind the index's last slot is beyond, not gone") {
  AreaBuilder area = one_namespace();
  area.put(505, make_label(LabelValues{.uuid = uuid_number(2)}));
  area.block(0, 2, {1}, [](IndexHeader& header) { header.nslot = 500; });
  CHECK(state_of(area, 505) == SlotState::beyond);
}

TEST_CASE("every single turned bit of an active label is noticed") {
  AreaBuilder area = one_namespace();
  for (std::uint32_t bit = 0; bit < 256 * 8; ++bit) {
    std::byte& byte = area.slot_byte(1, bit / 8);
    byte ^= static_cast<std::byte>(1u << bit % 8);
    const LabelRecord record = decode_slot(std::span(&area.slot_byte(1, 0), 256), 1, 1);
    byte ^= static_cast<std::byte>(1u << bit % 8);
    REQUIRE(record.state == SlotState::damaged);
  }
}

TEST_CASE("an unreadable byte costs its own slot only") {
  AreaBuilder built = one_namespace();
  built.put(2, make_label(LabelValues{.uuid = uuid_number(2), .dpa = 16 * mib}));
  built.block(0, 2, {1, 2});
  MemoryMedia media(built.bytes());
  FaultMedia faulty(media);
  faulty.mark_bad({512 + 256 + 100, 1});
  const LabelArea area = read_label_area(faulty);
  CHECK(area.find(1)->state == SlotState::not_checked);
  CHECK(area.find(1)->reason == SlotReason::bad);
  CHECK(area.find(1)->marked_in_use);
  CHECK(area.find(1)->raw_size == 0);
  CHECK(area.find(2)->state == SlotState::live);
  CHECK(area.count(SlotState::not_checked) == 1);
  CHECK_FALSE(area.trustworthy());
}

TEST_CASE("absent slots are counted, in use or free, and never read as zero") {
  MemoryMedia media(one_namespace().bytes());
  FaultMedia faulty(media);
  faulty.mark_absent({512 + 128, 131072 - 640});  // from the middle of slot 0 on
  const LabelArea area = read_label_area(faulty);
  CHECK(area.count(SlotState::not_checked) == 510);
  CHECK(area.count(SlotState::blank) == 0);
  CHECK(area.find(1)->reason == SlotReason::absent);
}

TEST_CASE("a hole costs no reading: 256 MiB of label area with one label") {
  SparseMedia media(256 * mib);
  AreaBuilder area(256 * mib, 256);
  area.put(1, make_label(LabelValues{})).block(0, 3, {1}).block(1, 2, {});
  const auto used = std::span<const std::byte>(area.bytes()).first(262144 + 4096);
  REQUIRE(media.write(0, used));
  const LabelArea read = read_label_area(media);
  CHECK(read.layout.nslot == 1047550);
  CHECK(read.layout.index_size == 131072);
  CHECK(read.slots.size() == 1);
  CHECK(read.count(SlotState::blank) == 1047550 + 2 - 1);  // two slots fit behind the last one
}

TEST_CASE("records in use are kept before free ones") {
  AreaBuilder area;
  for (std::uint32_t slot = 0; slot < 20; ++slot)
    area.put(slot, make_label(LabelValues{.uuid = uuid_number(static_cast<std::uint8_t>(slot + 1)),
                                          .dpa = slot * 16 * mib}));
  area.block(0, 2, {17, 18, 19}).block(1, 1, {});
  const LabelArea read = area.read({.max_records = 5});
  REQUIRE(read.slots.size() == 5);
  CHECK(read.find(17) != nullptr);
  CHECK(read.find(19) != nullptr);
  CHECK(read.find(0) != nullptr);
  CHECK(read.slots_free_omitted == 15);
  CHECK(read.slots_in_use_omitted == 0);
  CHECK(read.trustworthy());
  CHECK(area.read({.max_records = 2}).slots_in_use_omitted == 1);
  CHECK_FALSE(area.read({.max_records = 2}).trustworthy());
}

TEST_CASE("for_each_slot visits every slot in order and stops when told") {
  AreaBuilder built = one_namespace();
  MemoryMedia media(built.bytes());
  const LabelArea area = read_label_area(media);
  std::uint32_t next = 0;
  std::uint32_t labels = 0;
  for_each_slot(media, area, [&](const LabelRecord& record) {
    CHECK(record.slot == next++);
    labels += record.state == SlotState::blank ? 0u : 1u;
    return true;
  });
  CHECK(next == 510);
  CHECK(labels == 2);
  next = 0;
  for_each_slot(media, area, [&](const LabelRecord&) { return ++next < 3; });
  CHECK(next == 3);
}

TEST_CASE("thousands of labels with one uuid and one extent end in bounded findings") {
  const AreaBuilder area = all_slots_alike();
  const Findings findings = area.findings();
  CHECK(findings.list().size() < 100);
  std::uint64_t duplicates = 0;
  for (const Finding& finding : findings.list())
    if (finding.id == ProblemId::label_duplicate) duplicates += finding.count;
  CHECK(duplicates == 4083);  // neighbours with one answer are one finding
}

TEST_CASE("areas of noise are read without harm") {
  std::mt19937 random(12345);  // fixed: a failure repeats
  for (const std::size_t size : {1u, 71u, 512u, 768u, 1024u, 4096u, 131072u, 377088u}) {
    for (int round = 0; round < 8; ++round) {
      std::vector<std::byte> bytes(size);
      for (std::byte& byte : bytes) byte = static_cast<std::byte>(random());
      if (size >= 512) {
        AreaBuilder area = one_namespace();
        const std::size_t kept = std::min<std::size_t>(size, 512u + 512u);
        std::copy_n(area.bytes().begin(), kept, bytes.begin());
        for (int i = 0; i < 4 * round; ++i)
          bytes[random() % kept] = static_cast<std::byte>(random());
      }
      const LabelArea area = read_label_area(MemoryMedia(bytes));
      Findings findings;
      report_label_area(area, std::nullopt, findings);
      if (area.has_index()) CHECK(area.layout.slot_off(area.layout.nslot) <= size);
    }
  }
}

TEST_CASE("no byte of the index blocks can be turned into a crash") {
  const AreaBuilder clean = one_namespace();
  for (std::uint64_t offset = 0; offset < 512; ++offset)
    for (const unsigned value : {0u, 0xffu, 0x80u}) {
      AreaBuilder area = clean;
      area.bytes()[offset] = static_cast<std::byte>(value);
      area.seal(static_cast<unsigned>(offset / 256));
      const LabelArea read = area.read();
      CHECK(read.layout.nslot <= 1020);
    }
}

}  // namespace ndmedic::tests
