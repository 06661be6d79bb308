// SPDX-License-Identifier: BSD-3-Clause
#include <ndmedic/format/cxl_label.h>

#include <bit>

#include <ndmedic/format/codec.h>
#include <ndmedic/format/fletcher64.h>
#include <ndmedic/format/label.h>
#include <ndmedic/format/label_checks.h>

namespace ndmedic {
namespace {

constexpr std::uint64_t hpa_unit = std::uint64_t{256} << 20;

/// The rules that both labels share.
template <const auto& Fields, class List, class Label>
void check_common(List& violations, const Label& label, const Guid& type, SlotIndex slot) {
  const std::span<const std::byte> bytes = bytes_of(label);
  if (label.type != type)
    add_field_violation<Fields, "CX08", "type">(violations, bytes, label_checks::first_word(type));
  label_checks::check_slot<Fields>(violations, bytes, label.slot.value(), slot);
  label_checks::check_checksum<Fields>(violations, bytes, label.checksum.value(),
                                       checksum_of(label));
  label_checks::check_blank(violations, bytes);
  label_checks::check_extent<Fields>(violations, bytes, label.dpa.value(), label.rawsize.value());
  label_checks::check_uuid<Fields>(violations, bytes, label.uuid);
  if ((label.flags.value() & ~cxl_label_flags_known) != 0)
    add_field_violation<Fields, "LB14", "flags">(violations, bytes, ~cxl_label_flags_known,
                                                 Expect::no_bits_of);
  if (!all_zero(std::as_bytes(std::span(label.reserved))))
    add_field_violation<Fields, "LB14", "reserved">(violations, bytes, 0);
}

template <RuleId Id, RuleId Name>
void report(CxlRegionLabelViolations& violations, const CxlRegionLabel& label,
            std::uint64_t expected, Expect expect) {
  add_field_violation<cxl_region_label_fields, Id, Name>(violations, bytes_of(label), expected,
                                                         expect);
}

/// CX04, CX06 and CX07.
void check_interleave(CxlRegionLabelViolations& violations, const CxlRegionLabel& label) {
  const std::uint16_t ways = label.nlabel.value();
  if (ways == 0)
    report<"CX04", "nlabel">(violations, label, 1, Expect::at_least);
  else if (label.position.value() >= ways)
    report<"CX04", "position">(violations, label, ways - 1u, Expect::at_most);
  if (ways != 0 && label.hpa.value() % (hpa_unit * ways) != 0)
    report<"CX06", "hpa">(violations, label, hpa_unit * ways, Expect::multiple_of);
  if (decode_granularity(label.granularity.value()).encoding == GranularityEncoding::illegal)
    report<"CX07", "granularity">(violations, label, 0, Expect::one_of);
}

template <const auto& Fields, class Label>
std::uint64_t checksum_in(const Label& label) {
  constexpr Field field = field_named<Fields, "checksum">();
  return fletcher64(bytes_of(label), {field.offset, field.size});
}

}  // namespace

CxlNamespaceLabelViolations validate(const CxlNamespaceLabel& label, SlotIndex slot) {
  const std::span<const std::byte> bytes = bytes_of(label);
  constexpr const auto& fields = cxl_namespace_label_fields;
  CxlNamespaceLabelViolations violations;
  check_common<fields>(violations, label, guids::cxl_namespace, slot);
  label_checks::check_name<fields>(violations, bytes, label.name);
  label_checks::check_lbasize<fields>(violations, bytes, label.lbasize.value(), false);
  label_checks::check_abstraction<fields, "abstraction_uuid">(
      violations, bytes, label.abstraction_uuid, GuidOrder::text);
  if (label.region_uuid.is_null())
    add_field_violation<fields, "CX01", "region_uuid">(violations, bytes, 1, Expect::at_least);
  if (label.nrange.value() == 0)
    add_field_violation<fields, "CX10", "nrange">(violations, bytes, 1, Expect::at_least);
  return violations;
}

CxlRegionLabelViolations validate(const CxlRegionLabel& label, SlotIndex slot) {
  CxlRegionLabelViolations violations;
  check_common<cxl_region_label_fields>(violations, label, guids::cxl_region, slot);
  check_interleave(violations, label);
  return violations;
}

std::uint64_t checksum_of(const CxlNamespaceLabel& label) {
  return checksum_in<cxl_namespace_label_fields>(label);
}

std::uint64_t checksum_of(const CxlRegionLabel& label) {
  return checksum_in<cxl_region_label_fields>(label);
}

Granularity decode_granularity(std::uint32_t field) {
  if (field <= 6) return {GranularityEncoding::specification, 256u << field};
  if (field >= 256 && field <= 16384 && std::has_single_bit(field))
    return {GranularityEncoding::linux_series, field};
  return {};
}

}  // namespace ndmedic
