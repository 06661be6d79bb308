// SPDX-License-Identifier: BSD-3-Clause
// A violation whose place and value are those of one field: both come from the field table, so a
// codec names the field and cannot give another's offset.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include <ndmedic/format/field_table.h>
#include <ndmedic/format/violation.h>

namespace ndmedic {

/// The row called `Name` of a field table; does not compile for a name that is not there.
template <const auto& Fields, RuleId Name>
consteval Field field_named() {
  constexpr std::size_t index = [] {
    std::size_t i = 0;
    while (i < Fields.size() && Fields[i].name != Name.view()) ++i;
    return i;
  }();
  static_assert(index < Fields.size(), "no such field in this structure's table");
  return Fields[index];
}

/// Notes that rule `Id` fails in field `Name` of `structure`, the bytes that `Fields` describes.
/// `read` is the field's value as a little-endian number, its first 8 bytes where it is longer.
template <const auto& Fields, RuleId Id, RuleId Name, class List>
void add_field_violation(List& violations, std::span<const std::byte> structure,
                         std::uint64_t expected, Expect expect = Expect::equal) {
  constexpr Field field = field_named<Fields, Name>();
  violations.template add<Id>(field.name, field.offset, field.size, field_number(field, structure),
                              expected, expect);
}

}  // namespace ndmedic
