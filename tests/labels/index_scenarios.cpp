// SPDX-License-Identifier: BSD-3-Clause
// Cases of labels.md 7.1.
#include <ndmedic/media/fault_media.h>
#include <ndmedic/media/memory_media.h>

#include "area_builder.h"
#include "scenarios.h"

namespace ndmedic::tests {
namespace {

/// One namespace, with block `number` (0 current, 1 next) written anew with a bent header.
Findings bent(unsigned number, const AreaBuilder::Bend& bend) {
  AreaBuilder area = one_namespace();
  if (number == 0)
    area.block(0, 2, {1}, bend);
  else
    area.block(1, 1, {0}, bend);
  return area.findings();
}

Findings damaged(unsigned block, std::uint64_t offset) {
  AreaBuilder area = one_namespace();
  area.block_byte(block, offset) ^= std::byte{0x10};
  return area.findings();
}

Findings with_fault(const std::function<void(FaultMedia&)>& mark) {
  MemoryMedia media(one_namespace().bytes());
  FaultMedia faulty(media);
  mark(faulty);
  Findings findings;
  report_label_area(read_label_area(faulty), std::nullopt, findings);
  return findings;
}

Findings lost_index() {
  AreaBuilder area = one_namespace();
  area.block_byte(0, 0) = area.block_byte(1, 0) = std::byte{'X'};
  return area.findings();
}

Findings other_content() {
  AreaBuilder area;
  for (std::byte& byte : area.bytes()) byte = std::byte{0xa5};
  return area.findings();
}

Findings blank(std::uint64_t size) {
  Findings findings;
  report_label_area(read_label_area(MemoryMedia(size)), std::nullopt, findings);
  return findings;
}

Findings tie() {
  AreaBuilder area;
  area.block(0, 3, {}).block(1, 3, {1, 2, 3});
  for (const std::uint32_t slot : {1u, 2u, 3u})
    area.put(slot, make_label(LabelValues{.uuid = uuid_number(static_cast<std::uint8_t>(slot)),
                                          .dpa = slot * 16 * mib}));
  return area.findings();
}

/// 256 KiB as kernels before 4.13 laid it out: I = 768 (labels.md 3.3).
Findings first_generation() {
  AreaBuilder area(262144, 128, 768, 2032);
  area.put(1, make_label128({.isetcookie = qemu_cookie1_slot0}));
  area.block(0, 3, {1}).block(1, 2, {});
  return area.findings();
}

Findings hidden_slots() {
  AreaBuilder area = one_namespace();
  area.block(0, 2, {}, [](IndexHeader& header) { header.nslot = 1; });
  return area.findings();
}

Findings unfinished_init() {
  AreaBuilder area;
  area.put(1, make_label(LabelValues{.uuid = uuid_number(1)}));
  area.put(2, make_label(LabelValues{.uuid = uuid_number(2), .dpa = 16 * mib}));
  area.block(0, 3, {}).block(1, 2, {1, 2});
  return area.findings();
}

/// Block 1 lists slot 1 of 256 bytes; block 0, for slots of 128 bytes, lists nothing or slot 8.
Findings two_versions(bool empty) {
  AreaBuilder area;
  area.put(1, make_label(LabelValues{}));
  area.block(1, 1, {1});
  AreaBuilder old(131072, 128);
  old.put(8, make_label128({.uuid = uuid_number(2), .isetcookie = qemu_cookie1_slot0}));
  if (empty)
    old.block(0, 3, {});
  else
    old.block(0, 3, {8});
  std::copy_n(old.bytes().begin(), 256, area.bytes().begin());
  std::copy_n(&old.slot_byte(8, 0), 128, &area.bytes()[old.geometry().slot_off(8)]);
  return area.findings();
}

/// 1 MiB: the blocks of the two sizes have different lengths, so that a block of the other size is
/// not valid as such either.
Findings other_slot_size() {
  AreaBuilder area(mib, 256);
  area.put(1, make_label(LabelValues{})).block(0, 2, {1});
  area.block(1, 1, {}, [](IndexHeader& header) { header.minor = 1, header.labelsize = 0; });
  return area.findings();
}

Findings no_free_slot() {
  AreaBuilder area(1024, 256);
  area.put(0, make_label(LabelValues{}));
  area.put(1, make_label(LabelValues{.uuid = uuid_number(2), .dpa = 16 * mib}));
  area.block(0, 2, {0, 1}).block(1, 1, {0});
  return area.findings();
}

Findings tail_bits() {
  AreaBuilder area = one_namespace();
  area.block_byte(0, 72 + 63) = std::byte{0xff};  // slots 504..509 and two stray bits, as ndctl
  return area.seal(0).findings();
}

Findings padding() {
  AreaBuilder area = one_namespace();
  area.block_byte(0, 200) = std::byte{1};
  return area.seal(0).findings();
}

Findings overlapping_parts() {
  return bent(1, [](IndexHeader& header) { header.otheroff = header.myoff.value(); });
}

}  // namespace

std::vector<Scenario> index_scenarios() {
  return {
      {ProblemId::label_area_blank, [] { return blank(131072); }},
      {ProblemId::label_index_lost, lost_index},
      {ProblemId::index_next_bad, [] { return damaged(1, 100); }},
      {ProblemId::index_current_bad, [] { return damaged(0, 3); }},
      {ProblemId::index_seq_zero, [] { return bent(1, [](auto& h) { h.seq = 0; }); }},
      {ProblemId::index_seq_high_bits, [] { return bent(0, [](auto& h) { h.seq = 0x102; }); }},
      {ProblemId::index_tie_far_apart, tie},
      {ProblemId::index_offsets_wrong, [] { return bent(1, [](auto& h) { h.labeloff = 1024; }); }},
      {ProblemId::index_mysize_illegal, [] { return bent(0, [](auto& h) { h.mysize = 200; }); }},
      {ProblemId::index_nslot_illegal,
       [] { return bent(1, [](auto& h) { h.nslot = 0x01000000; }); }},
      {ProblemId::index_nslot_hides_labels, hidden_slots},
      {ProblemId::index_foreign_geometry, first_generation},
      {ProblemId::index_overlap, overlapping_parts},
      {ProblemId::index_blocks_disagree, [] { return bent(1, [](auto& h) { h.nslot = 500; }); }},
      {ProblemId::index_init_unfinished, unfinished_init},
      {ProblemId::index_versions_mixed, [] { return two_versions(true); }},
      {ProblemId::index_version_hides_labels, [] { return two_versions(false); }},
      {ProblemId::index_version_illegal, [] { return bent(0, [](auto& h) { h.minor = 3; }); }},
      {ProblemId::index_version_illegal, other_slot_size},
      {ProblemId::index_flags_set, [] { return bent(0, [](auto& h) { h.flags[1] = 1; }); }},
      {ProblemId::index_tail_bits, tail_bits},
      {ProblemId::index_padding, padding},
      {ProblemId::label_slots_full, no_free_slot},
      {ProblemId::index_unreadable,
       [] { return with_fault([](FaultMedia& m) {
              m.mark_bad({256, 8});
            }); }},
      {ProblemId::label_area_absent,
       [] { return with_fault([](FaultMedia& m) {
              m.mark_absent({0, 256});
            }); }},
      {ProblemId::label_area_size_illegal, [] { return blank(512); }},
      {ProblemId::label_index_unknown,
       [] { return with_fault([](FaultMedia& m) {
              m.mark_absent({0, 512});
            }); }},
      {ProblemId::label_records_omitted,
       [] { return one_namespace().findings({.max_records = 1}); }},
      {ProblemId::label_area_other_content, other_content},
  };
}

}  // namespace ndmedic::tests
