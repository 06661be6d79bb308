// SPDX-License-Identifier: BSD-3-Clause
#include <ndmedic/format/label.h>

#include <cstring>

#include <ndmedic/format/codec.h>
#include <ndmedic/format/fletcher64.h>
#include <ndmedic/format/label_checks.h>

namespace ndmedic {
namespace {

/// The rules that both EFI formats share, each in at most one field of LabelHead.
template <const auto& Fields>
void check_head(LabelViolations& violations, const LabelHead& head,
                std::span<const std::byte> bytes) {
  label_checks::check_extent<Fields>(violations, bytes, head.dpa.value(), head.rawsize.value());
  label_checks::check_uuid<Fields>(violations, bytes, head.uuid);
  label_checks::check_name<Fields>(violations, bytes, head.name);
  const std::uint32_t flags = head.flags.value();
  label_checks::check_lbasize<Fields>(violations, bytes, head.lbasize.value(),
                                      (flags & label_flags::local) != 0);
  if ((flags & ~label_flags::known) != 0)
    add_field_violation<Fields, "LB14", "flags">(violations, bytes, ~label_flags::known,
                                                 Expect::no_bits_of);
  if ((flags & label_flags::rolabel) != 0)
    add_field_violation<Fields, "LB19", "flags">(violations, bytes, label_flags::rolabel,
                                                 Expect::no_bits_of);
}

/// LB14 behind the head. A cookie without the flag that makes it valid is in reserved bytes.
void check_reserved(LabelViolations& violations, const Label256& label,
                    std::span<const std::byte> bytes) {
  if (!all_zero(std::as_bytes(std::span(label.reserved))))
    add_field_violation<label256_fields, "LB14", "reserved">(violations, bytes, 0);
  if ((label.flags.value() & label_flags::spacookie_bound) == 0 &&
      label.spa_location_cookie.value() != 0)
    add_field_violation<label256_fields, "LB14", "spa_location_cookie">(violations, bytes, 0);
  if (!all_zero(std::as_bytes(std::span(label.reserved2))))
    add_field_violation<label256_fields, "LB14", "reserved2">(violations, bytes, 0);
}

}  // namespace

LabelViolations validate(const Label128& label, SlotIndex slot) {
  const std::span<const std::byte> bytes = bytes_of(label);
  LabelViolations violations;
  label_checks::check_slot<label128_fields>(violations, bytes, label.slot.value(), slot);
  label_checks::check_blank(violations, bytes);
  check_head<label128_fields>(violations, label, bytes);
  if (label.unused.value() != 0)
    add_field_violation<label128_fields, "LB14", "unused">(violations, bytes, 0);
  return violations;
}

LabelViolations validate(const Label256& label, SlotIndex slot) {
  const std::span<const std::byte> bytes = bytes_of(label);
  LabelViolations violations;
  label_checks::check_slot<label256_fields>(violations, bytes, label.slot.value(), slot);
  label_checks::check_checksum<label256_fields>(violations, bytes, label.checksum.value(),
                                                checksum_of(label));
  label_checks::check_blank(violations, bytes);
  check_head<label256_fields>(violations, label, bytes);
  check_reserved(violations, label, bytes);
  if (label.type_guid != guids::pm && !label.type_guid.is_null())
    add_field_violation<label256_fields, "LB15", "type_guid">(
        violations, bytes, label_checks::first_word(guids::pm), Expect::one_of);
  label_checks::check_abstraction<label256_fields, "abstraction_guid">(
      violations, bytes, label.abstraction_guid, GuidOrder::efi);
  return violations;
}

std::uint64_t checksum_of(const Label256& label) {
  constexpr Field checksum_field = field_named<label256_fields, "checksum">();
  return fletcher64(bytes_of(label), {checksum_field.offset, checksum_field.size});
}

std::string_view label_name(const std::array<std::uint8_t, 64>& name) {
  const void* nul = std::memchr(name.data(), 0, name.size());
  const char* text = reinterpret_cast<const char*>(name.data());
  return {text, nul ? static_cast<std::size_t>(static_cast<const char*>(nul) - text) : name.size()};
}

}  // namespace ndmedic
