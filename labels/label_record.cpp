// SPDX-License-Identifier: BSD-3-Clause
#include <ndmedic/labels/label_record.h>

#include <algorithm>
#include <array>

#include <ndmedic/format/byte_runs.h>
#include <ndmedic/format/codec.h>
#include <ndmedic/format/cxl_label.h>
#include <ndmedic/format/label.h>

namespace ndmedic {
namespace {

void take_head(LabelRecord& record, const LabelHead& head) {
  record.uuid = head.uuid;
  record.name_field = head.name;
  record.flags = head.flags.value();
  record.nlabel = head.nlabel.value();
  record.position = head.position.value();
  record.isetcookie = head.isetcookie.value();
  record.lbasize = head.lbasize.value();
  record.dpa = head.dpa.value();
  record.rawsize = head.rawsize.value();
  record.slot_field = head.slot.value();
}

void take(LabelRecord& record, const Label128& label) {
  take_head(record, label);
  record.format = LabelFormat::v1_1;
}

void take(LabelRecord& record, const Label256& label) {
  take_head(record, label);
  record.format = LabelFormat::v1_2;
  record.alignment = label.alignment.value();
  record.type_guid = label.type_guid;
  record.abstraction = label.abstraction_guid;
  record.checksum = label.checksum.value();
}

void take(LabelRecord& record, const CxlNamespaceLabel& label) {
  record.format = LabelFormat::cxl_namespace;
  record.type = label.type;
  record.uuid = label.uuid;
  record.name_field = label.name;
  record.flags = label.flags.value();
  record.nlabel = label.nrange.value();
  record.position = label.position.value();
  record.lbasize = label.lbasize.value();
  record.dpa = label.dpa.value();
  record.rawsize = label.rawsize.value();
  record.slot_field = label.slot.value();
  record.alignment = label.alignment.value();
  record.abstraction = swapped(label.abstraction_uuid);
  record.region_uuid = label.region_uuid;
  record.checksum = label.checksum.value();
}

void take(LabelRecord& record, const CxlRegionLabel& label) {
  record.format = LabelFormat::cxl_region;
  record.type = label.type;
  record.uuid = label.uuid;
  record.flags = label.flags.value();
  record.nlabel = label.nlabel.value();
  record.position = label.position.value();
  record.dpa = label.dpa.value();
  record.rawsize = label.rawsize.value();
  record.hpa = label.hpa.value();
  record.slot_field = label.slot.value();
  record.granularity = label.granularity.value();
  record.alignment = label.alignment.value();
  record.checksum = label.checksum.value();
}

/// Decodes as `Label`, and sets the state that the tests of 4.2 give.
template <class Label>
void decode_as(LabelRecord& record, std::span<const std::byte> bytes) {
  const Label label = decode<Label>(bytes);
  take(record, label);
  const auto found = validate(label, SlotIndex{record.slot});
  record.violations.assign(found.begin(), found.end());
  const bool wrong_slot = found.template has<"4.2.2">();
  const bool wrong_sum = record.violates("4.2.3");
  record.state = found.trusted() ? SlotState::plausible : SlotState::damaged;
  record.reason = wrong_slot && wrong_sum ? SlotReason::slot_and_checksum_wrong
                  : wrong_slot            ? SlotReason::slot_number_wrong
                  : wrong_sum             ? SlotReason::checksum_wrong
                                          : SlotReason::none;
}

/// A label of unknown type in a 2.1 area is a vendor's, unless everything says that it is an EFI
/// label in the wrong place (CX09; pitfall 41: confirm by checksum).
bool is_efi_label(const LabelRecord& record) {
  const bool type_known = record.type_guid.is_null() || record.type_guid == guids::pm;
  return record.state == SlotState::plausible && type_known && record.rawsize != 0 &&
         record.nlabel != 0 && record.position < record.nlabel;
}

void decode_256(LabelRecord& record, std::span<const std::byte> bytes, std::uint16_t major) {
  const Guid type = decode<Guid>(bytes);
  if (type == guids::cxl_namespace) return decode_as<CxlNamespaceLabel>(record, bytes);
  if (type == guids::cxl_region) return decode_as<CxlRegionLabel>(record, bytes);
  decode_as<Label256>(record, bytes);
  if (major != 2 || is_efi_label(record)) return;
  LabelRecord vendor;
  vendor.slot = record.slot;
  vendor.format = LabelFormat::cxl_vendor;
  vendor.state = SlotState::foreign;
  vendor.reason = SlotReason::type_unknown;
  vendor.type = type;
  record = std::move(vendor);
}

}  // namespace

LabelRecord decode_slot(std::span<const std::byte> bytes, std::uint32_t slot, std::uint16_t major) {
  LabelRecord record;
  record.slot = slot;
  if (is_blank(bytes)) {
    record.format = bytes.size() == 128 ? LabelFormat::v1_1 : LabelFormat::v1_2;
    record.reason = bytes.front() == std::byte{0} ? SlotReason::all_zero : SlotReason::all_ones;
  } else if (bytes.size() == 128) {
    decode_as<Label128>(record, bytes);
  } else {
    decode_256(record, bytes, major);
  }
  std::ranges::copy(bytes, record.raw.begin());
  record.raw_size = static_cast<std::uint32_t>(bytes.size());
  return record;
}

std::string_view LabelRecord::name() const { return label_name(name_field); }

bool LabelRecord::updating() const { return (flags & label_flags::updating) != 0; }

bool LabelRecord::local() const {
  const bool efi = format == LabelFormat::v1_1 || format == LabelFormat::v1_2;
  return efi && (flags & label_flags::local) != 0;
}

bool LabelRecord::violates(std::string_view rule) const {
  return std::ranges::find(violations, rule, &Violation::rule) != violations.end();
}

ClaimClass claim_class(const Guid& abstraction) {
  if (abstraction.is_null()) return ClaimClass::none;
  if (abstraction == guids::btt) return ClaimClass::btt;
  if (abstraction == guids::btt2) return ClaimClass::btt2;
  if (abstraction == guids::pfn) return ClaimClass::pfn;
  if (abstraction == guids::dax) return ClaimClass::dax;
  return ClaimClass::unknown;
}

std::string_view to_string(LabelFormat format) {
  constexpr std::array<std::string_view, 5> names = {"v1.1", "v1.2", "cxl namespace", "cxl region",
                                                     "cxl vendor"};
  return names[static_cast<std::size_t>(format)];
}

std::string_view to_string(SlotState state) {
  constexpr std::array<std::string_view, slot_state_count> names = {
      "live", "updating", "damaged", "blank in use", "foreign",   "not checked",
      "twin", "freed",    "scrap",   "beyond",       "plausible", "blank"};
  return names[static_cast<std::size_t>(state)];
}

std::string_view to_string(SlotReason reason) {
  constexpr std::array<std::string_view, 9> names = {
      "",          "slot number wrong", "checksum wrong", "slot number and checksum wrong",
      "all zero",  "all ones",          "type unknown",   "absent",
      "unreadable"};
  return names[static_cast<std::size_t>(reason)];
}

std::string_view to_string(ClaimClass value) {
  constexpr std::array<std::string_view, 6> names = {"none", "btt", "btt2",
                                                     "pfn",  "dax", "unknown"};
  return names[static_cast<std::size_t>(value)];
}

}  // namespace ndmedic
