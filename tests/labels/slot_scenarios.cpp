// SPDX-License-Identifier: BSD-3-Clause
// Cases of labels.md 7.2 and of 7.3 as far as one area shows them.
#include <ndmedic/media/fault_media.h>
#include <ndmedic/media/memory_media.h>

#include "area_builder.h"
#include "scenarios.h"

namespace ndmedic::tests {
namespace {

Findings one(const LabelValues& values) { return one_namespace(values).findings(); }

Findings two(const LabelValues& first, const LabelValues& second) {
  return with_labels({first, second}).findings();
}

Findings blank_in_use(std::uint32_t slot) {
  AreaBuilder area;
  area.block(0, 2, {slot}).block(1, 1, {});
  return area.findings();
}

/// The label in slot 1 with a byte of its name turned; with or without its twin in slot 0.
Findings damaged(bool twin) {
  AreaBuilder area = one_namespace();
  area.slot_byte(1, 20) ^= std::byte{1};
  if (!twin) area.fill(0, 0);
  return area.findings();
}

/// The label in slot 1 damaged; the only copy is of an earlier name.
Findings older_copy() {
  AreaBuilder area = one_namespace();
  area.put(0, make_label(LabelValues{.name = "before", .flags = label_flags::updating}));
  area.slot_byte(1, 20) ^= std::byte{1};
  return area.findings();
}

/// A label in slot 5 that was written to slot 2; `home` says whether slot 2 is in use too.
Findings misplaced(bool home) {
  AreaBuilder area;
  area.put(2, make_label(LabelValues{}));
  std::copy_n(&area.slot_byte(2, 0), 256, &area.slot_byte(5, 0));
  area.block(1, 1, {});
  if (home)
    area.block(0, 2, {2, 5});
  else
    area.block(0, 2, {5});
  return area.findings();
}

Findings old_label(const LabelValues& values, std::uint32_t unused) {
  AreaBuilder area(131072, 128);
  Label128 label = make_label128(values);
  label.unused = unused;
  area.put(1, label).block(0, 2, {1}).block(1, 1, {});
  return area.findings();
}

/// What ndctl destroy-namespace leaves: the label and its UPDATING copy, both free.
Findings deleted() {
  AreaBuilder area = one_namespace();
  return area.block(1, 3, {}).findings();
}

Findings faulty_slot(bool bad) {
  AreaBuilder area = one_namespace();
  MemoryMedia media(area.bytes());
  FaultMedia faulty(media);
  const Extent slot{area.geometry().slot_off(1) + 128, 16};
  if (bad)
    faulty.mark_bad(slot);
  else
    faulty.mark_absent(slot);
  Findings findings;
  report_label_area(read_label_area(faulty), std::nullopt, findings);
  return findings;
}

Findings reserved_byte() {
  AreaBuilder area;
  Label256 label = make_label(LabelValues{});
  label.reserved2[7] = 1;
  area.put(1, label).block(0, 2, {1}).block(1, 1, {});
  return area.findings();
}

constexpr std::uint32_t local = label_flags::local;
const std::string_view full_name =
    "0123456789012345678901234567890123456789012345678901234567890123";

}  // namespace

std::vector<Scenario> slot_scenarios() {
  const LabelValues other{.uuid = uuid_number(2), .dpa = 8 * mib};
  const LabelValues behind{.dpa = 16 * mib};
  const Guid unknown = uuid_number(0x77);
  return {
      {ProblemId::slot_blank_in_use, [] { return blank_in_use(3); }},
      {ProblemId::slot_zero_blank_in_use, [] { return blank_in_use(0); }},
      {ProblemId::label_damaged_twin, [] { return damaged(true); }},
      {ProblemId::label_checksum_bad, [] { return damaged(false); }},
      {ProblemId::label_copy_doubtful, older_copy},
      {ProblemId::label_slot_wrong, [] { return misplaced(false); }},
      {ProblemId::label_misplaced_copy, [] { return misplaced(true); }},
      {ProblemId::label_implausible,
       [] { return old_label({.nlabel = 0, .isetcookie = qemu_cookie1_slot0}, 7); }},
      {ProblemId::label_deleted_intact, deleted},
      {ProblemId::slot_unreadable, [] { return faulty_slot(true); }},
      {ProblemId::slot_absent, [] { return faulty_slot(false); }},
      {ProblemId::label_duplicate, [] { return two({}, {}); }},
      {ProblemId::label_uuid_duplicate, [=] { return two({}, behind); }},
      {ProblemId::label_extents_overlap, [=] { return two({}, other); }},
      {ProblemId::label_rawsize_zero, [] { return one({.dpa = mib, .rawsize = 0}); }},
      {ProblemId::label_extent_wraps, [] { return one({.dpa = ~std::uint64_t{4095}}); }},
      {ProblemId::label_unaligned, [] { return one({.dpa = 512}); }},
      {ProblemId::label_uuid_null, [] { return one({.uuid = {}}); }},
      {ProblemId::label_name_unterminated, [] { return one({.name = full_name}); }},
      {ProblemId::label_name_not_text, [] { return one({.name = "\xff"}); }},
      {ProblemId::label_lbasize_illegal, [] { return one({.lbasize = 520}); }},
      {ProblemId::label_reserved_bits, reserved_byte},
      {ProblemId::label_type_wrong, [] { return one({.type_guid = swapped(guids::pm)}); }},
      {ProblemId::label_abstraction_swapped,
       [] { return one({.abstraction = swapped(guids::btt2)}); }},
      {ProblemId::label_abstraction_unknown, [=] { return one({.abstraction = unknown}); }},
      {ProblemId::label_abstraction_version, [] { return one({.abstraction = guids::btt}); }},
      {ProblemId::label_read_only, [] { return one({.flags = label_flags::rolabel}); }},
      {ProblemId::label_local_rules,
       [] {
         return two({.flags = local, .nlabel = 3},
                    {.flags = local, .nlabel = 0xffff, .position = 0xffff, .dpa = 32 * mib});
       }},
  };
}

}  // namespace ndmedic::tests
