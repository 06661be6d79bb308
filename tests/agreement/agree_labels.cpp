// SPDX-License-Identifier: BSD-3-Clause
// Index blocks, labels and label areas.
#include <algorithm>

#include <ndmedic/format/label_format.h>
#include <ndmedic/format/label_index.h>
#include <ndmedic/labels/label_area.h>

#include "agreement/compare.h"

namespace agreement {

using namespace ndmedic;

namespace {

spec_reader::LabelFormat second_format(LabelFormat format) {
  switch (format) {
    case LabelFormat::v1_1:
      return spec_reader::LabelFormat::v1_1;
    case LabelFormat::v1_2:
      return spec_reader::LabelFormat::v1_2;
    case LabelFormat::cxl_namespace:
      return spec_reader::LabelFormat::cxl_namespace;
    case LabelFormat::cxl_region:
      return spec_reader::LabelFormat::cxl_region;
    case LabelFormat::cxl_vendor:
      break;
  }
  return spec_reader::LabelFormat::vendor;
}

/// What the second reader has no word for: CX rules of one label.
const Rules& library_only() {
  static const Rules rules = {"CX01", "CX04", "CX06", "CX07", "CX08", "CX10"};
  return rules;
}

bool is_uniform(Bytes bytes) {
  const std::byte first = bytes.empty() ? std::byte{1} : bytes.front();
  return (first == std::byte{0} || first == std::byte{0xFF}) &&
         std::ranges::all_of(bytes, [first](std::byte byte) { return byte == first; });
}

/// A slot that is all 0x00 or all 0xFF is its own state for the library, without violations.
bool is_blank(const LabelRecord& record, const spec_reader::Verdict& notes, Differences& out) {
  const bool blank = record.reason == SlotReason::all_zero || record.reason == SlotReason::all_ones;
  const bool vendor = record.format == LabelFormat::cxl_vendor;
  if (blank != is_uniform(record.bytes())) out.push_back("blank slot");
  if (blank && !vendor && !notes.empty() && !notes.contains("SL02")) out.push_back("SL02");
  return blank;
}

/// True when the record's format is the second reader's; one that is not must be known.
bool same_format(const LabelRecord& record, spec_reader::LabelFormat format, Differences& out) {
  if (second_format(record.format) == format) return true;
  if (!is_known("slot", "format", Side::library, record.bytes())) out.push_back("format of a slot");
  return false;
}

void compare_record(const LabelRecord& record, const spec_reader::Verdict& failing,
                    const spec_reader::Verdict& notes, Differences& out) {
  Rules second = failing;
  second.insert(notes.begin(), notes.end());
  const bool vendor = record.format == LabelFormat::cxl_vendor;
  compare_rules(vendor ? "vendor_label" : "label", rules_of(record.violations, library_only()),
                second, record.bytes(), out);
}

void compare_slots(const LabelArea& area, const spec_reader::AreaReading& second,
                   Differences& out) {
  std::uint64_t in_use = 0;
  for (const spec_reader::SlotReading& slot : second.slots) {
    const auto number = static_cast<std::uint32_t>(slot.number);
    compare_value("slot in use", area.in_use(number).value_or(false), slot.used, out);
    if (!slot.used) continue;
    ++in_use;
    const LabelRecord* record = area.find(number);
    if (record == nullptr) {
      if (area.slots_in_use_omitted == 0) out.push_back("a slot in use has no record");
      continue;
    }
    if (is_blank(*record, slot.notes, out) || !same_format(*record, slot.format, out)) continue;
    compare_record(*record, slot.failing, slot.notes, out);
    const bool passes = slot.failing.empty() && !slot.notes.contains("SL02");
    if (slot.format != spec_reader::LabelFormat::vendor)
      compare_value("slot is a label", record->active(), passes, out);
  }
  if (area.slots_in_use_omitted != 0) return;
  const auto marked = std::ranges::count_if(area.slots, &LabelRecord::marked_in_use);
  compare_value("slots in use", static_cast<std::uint64_t>(marked), in_use, out);
}

/// A block that only one reader takes, for a reason of the table, leads to different areas.
bool differ_by_bitmap(const std::vector<std::byte>& bytes, const spec_reader::AreaReading& second) {
  for (unsigned number = 0; number < 2; ++number) {
    const std::uint64_t offset = number * second.index_size;
    if (!second.valid[number] || offset + second.index_size > bytes.size()) continue;
    const Bytes block = Bytes(bytes).subspan(offset, second.index_size);
    if (is_known("index_block", "4.1.9", Side::library, block)) return true;
  }
  return false;
}

}  // namespace

Differences compare_index(Bytes area, unsigned number, std::uint32_t slot_size) {
  Differences out;
  const auto geometry = label_geometry(area.size(), slot_size);
  const auto second = spec_reader::label_geometry(area.size(), slot_size);
  compare_value("geometry accepted", geometry.has_value(), second.accepted, out);
  if (!geometry || !second.accepted) return out;
  compare_value("index size", geometry->index_size, second.i, out);
  compare_value("slots", geometry->nslot, second.n, out);
  const Bytes block = area.subspan(number * geometry->index_size, geometry->index_size);
  const auto verdict = spec_reader::index_violations(theirs(area), number, slot_size);
  Rules rules = verdict.failing;
  rules.insert(verdict.notes.begin(), verdict.notes.end());
  compare_rules("index_block", rules_of(validate(block, {number, *geometry})), rules, block, out);
  compare_fields(index_block_structure, spec_reader::index_fields(theirs(block)), block, out);
  return out;
}

Differences compare_label(Bytes label, std::uint32_t slot, std::uint16_t major) {
  Differences out;
  const LabelRecord record = decode_slot(label, slot, major);
  const auto format = spec_reader::label_format(theirs(label), label.size(), major);
  const auto notes = spec_reader::label_notes(theirs(label), format);
  if (is_blank(record, notes, out) || !same_format(record, format, out)) return out;
  if (record.format != LabelFormat::cxl_vendor)
    compare_fields(structure_of(record.format), spec_reader::label_fields(theirs(label), format),
                   label, out);
  compare_record(record, spec_reader::label_failures(theirs(label), format, slot), notes, out);
  return out;
}

Differences compare_area(const Media& media) {
  Differences out;
  std::vector<std::byte> bytes(static_cast<std::size_t>(media.size()));
  if (!media.read(0, bytes)) return out;
  const LabelArea area = read_label_area(media);
  const auto second = spec_reader::read_area(theirs(Bytes(bytes)));
  if (differ_by_bitmap(bytes, second)) return out;
  compare_value("Linux finds an index", area.linux_accepts, second.current.has_value(), out);
  if (!area.linux_accepts || !second.current) return out;
  compare_value("current index", *area.current, *second.current, out);
  compare_value("slot size", area.layout.slot_size, second.slot_size, out);
  compare_value("index size", area.layout.index_size, second.index_size, out);
  compare_value("label_off", area.layout.label_off, second.label_off, out);
  compare_value("nslot", area.layout.nslot, second.slot_count, out);
  compare_value("major", area.major, second.major, out);
  compare_value("minor", area.minor, second.minor, out);
  for (unsigned number = 0; number < 2; ++number) {
    const bool valid = area.index[number].state == IndexState::valid;
    compare_value("index block is valid", valid, second.valid[number], out);
  }
  compare_slots(area, second, out);
  return out;
}

}  // namespace agreement
