// SPDX-License-Identifier: BSD-3-Clause
// Checks that EFI and CXL labels share (labels.md 4.2, 7.2, 7.3). Every one is a compare or two on
// a label without violations: areas of 64 MiB hold half a million labels.
// `Fields` is the field table of the format; `bytes` are those of the label.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include <boost/endian/conversion.hpp>

#include <ndmedic/format/byte_runs.h>
#include <ndmedic/format/field_violation.h>
#include <ndmedic/format/guid.h>
#include <ndmedic/format/label.h>
#include <ndmedic/format/numbers.h>
#include <ndmedic/format/utf8.h>

namespace ndmedic::label_checks {

using Bytes = std::span<const std::byte>;

/// The first 8 bytes of a GUID as `Violation::read` gives them.
inline std::uint64_t first_word(const Guid& guid) {
  return boost::endian::load_little_u64(guid.bytes.data());
}

template <const auto& Fields, class List>
void check_slot(List& violations, Bytes bytes, std::uint32_t read, SlotIndex slot) {
  if (read != slot.value)
    add_field_violation<Fields, "4.2.2", "slot">(violations, bytes, slot.value);
}

template <const auto& Fields, class List>
void check_checksum(List& violations, Bytes bytes, std::uint64_t read, std::uint64_t expected) {
  if (read != expected)
    add_field_violation<Fields, "4.2.3", "checksum">(violations, bytes, expected);
}

/// SL02.
template <class List>
void check_blank(List& violations, Bytes bytes) {
  if (!is_blank(bytes)) return;
  const std::uint64_t read = bytes.front() == std::byte{0} ? 0 : ~std::uint64_t{0};
  violations.template add<"SL02">("", 0, static_cast<std::uint32_t>(bytes.size()), read, 0,
                                  Expect::one_of);
}

/// LB05 and LB06; 2^64 itself is a legal end.
template <const auto& Fields, class List>
void check_extent(List& violations, Bytes bytes, std::uint64_t dpa, std::uint64_t rawsize) {
  if (rawsize == 0) {
    add_field_violation<Fields, "LB05", "rawsize">(violations, bytes, 1, Expect::at_least);
    return;
  }
  const std::uint64_t last_start = std::uint64_t{0} - rawsize;  // 2^64 - rawsize
  if (dpa > last_start)
    add_field_violation<Fields, "LB06", "dpa">(violations, bytes, last_start, Expect::at_most);
}

template <const auto& Fields, class List>
void check_uuid(List& violations, Bytes bytes, const Guid& uuid) {
  if (uuid.is_null())
    add_field_violation<Fields, "LB08", "uuid">(violations, bytes, 1, Expect::at_least);
}

/// LB11 and LB12.
template <const auto& Fields, class List>
void check_name(List& violations, Bytes bytes, const std::array<std::uint8_t, 64>& name) {
  const Bytes name_bytes = std::as_bytes(std::span(name));
  if (all_zero(name_bytes)) return;
  constexpr Field field = field_named<Fields, "name">();
  constexpr std::uint32_t last = field.offset + field.size - 1;
  if (name.back() != 0) violations.template add<"LB11">("name", last, 1, name.back(), 0);
  const std::string_view text = label_name(name);
  if (!is_utf8(text) || !all_zero(name_bytes.subspan(text.size())))
    add_field_violation<Fields, "LB12", "name">(violations, bytes, 0, Expect::one_of);
}

/// LB13. Labels of block-mode sets have sectors with metadata too (2.10).
template <const auto& Fields, class List>
void check_lbasize(List& violations, Bytes bytes, std::uint64_t lbasize, bool local) {
  if (lbasize == 0 || lbasize == 512 || lbasize == 4096) return;
  constexpr std::array<std::uint64_t, 5> with_metadata = {520, 528, 4104, 4160, 4224};
  if (local && std::ranges::find(with_metadata, lbasize) != with_metadata.end()) return;
  add_field_violation<Fields, "LB13", "lbasize">(violations, bytes, 512, Expect::one_of);
}

/// LB16. Expected is the known abstraction that the same bytes give in the other order, or null.
template <const auto& Fields, RuleId Name, class List>
void check_abstraction(List& violations, Bytes bytes, const Guid& guid, GuidOrder order) {
  if (guid.is_null()) return;
  const Guid bytes_efi = order == GuidOrder::efi ? guid : swapped(guid);
  constexpr std::array abstractions = {guids::btt, guids::btt2, guids::pfn, guids::dax};
  std::uint64_t expected = 0;
  for (const Guid& known : abstractions) {
    if (known == bytes_efi) return;
    if (known == swapped(bytes_efi)) expected = first_word(swapped(guid));
  }
  add_field_violation<Fields, "LB16", Name>(violations, bytes, expected, Expect::one_of);
}

}  // namespace ndmedic::label_checks
