// SPDX-License-Identifier: BSD-3-Clause
// A structure's field table: one row a field, in order, proven at compile time to tile the
// structure. Dump, JSON, docs/FORMAT.md, findings, recipes and fuzz mutation all walk it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace ndmedic {

enum class FieldKind : std::uint8_t {
  text,      // bytes up to the first NUL, untrusted
  uuid,      // 16 bytes whose text is in byte order (RFC 4122)
  guid,      // 16 bytes whose text has the first three groups swapped (EFI mixed-endian)
  number,    // little-endian unsigned, 1 to 8 bytes, shown in decimal
  hex,       // the same, shown in hexadecimal: offsets, sizes, cookies
  flags,     // the same, single bits named by `values`
  checksum,  // Fletcher64 with this field taken as zero
  reserved,  // zero unless a newer format uses it
  bytes,     // anything else
};

/// A value (or, for flags, a mask) that has a name.
struct NamedValue {
  std::uint64_t value;
  std::string_view name;
};

/// One row: `name` is the UEFI word in lower case and what text output shows; `key` is what JSON
/// shows, ndctl's spelling where that differs.
struct Field {
  std::string_view name;
  std::string_view key;
  FieldKind kind;
  std::uint32_t offset;  ///< bytes from the structure's start
  std::uint32_t size;    ///< bytes
  std::string_view meaning;
  std::span<const NamedValue> values{};
};

/// A structure as a whole. `fields` tile [0, size); a structure with a tail of variable length
/// (index bitmap, NFIT arrays) describes its fixed part.
struct Structure {
  std::string_view name;    ///< snake_case, unique: "info_block"
  std::string_view title;   ///< for people: "BTT info block"
  std::string_view source;  ///< where the specification defines it
  std::uint32_t size;
  std::span<const Field> fields;
};

/// True when the rows, in order, cover every byte of a structure exactly once.
consteval bool tiles(std::span<const Field> fields, std::size_t size) {
  std::size_t at = 0;
  for (const Field& field : fields) {
    if (field.offset != at || field.size == 0) return false;
    at += field.size;
  }
  return at == size;
}

/// The row called `name` (or with that JSON key), or nullptr.
constexpr const Field* find_field(std::span<const Field> fields, std::string_view name) {
  for (const Field& field : fields)
    if (field.name == name || field.key == name) return &field;
  return nullptr;
}

/// The bytes of one field within the structure's bytes (at least field.offset + field.size long).
constexpr std::span<const std::byte> field_bytes(const Field& field,
                                                 std::span<const std::byte> structure) {
  return structure.subspan(field.offset, field.size);
}

/// The field as a little-endian number; fields longer than 8 bytes give their first 8.
constexpr std::uint64_t field_number(const Field& field, std::span<const std::byte> structure) {
  std::uint64_t number = 0;
  const std::size_t size = field.size < 8 ? field.size : 8;
  for (std::size_t i = size; i-- > 0;)
    number = number << 8 | std::to_integer<std::uint64_t>(structure[field.offset + i]);
  return number;
}

}  // namespace ndmedic

/// A row for a member whose JSON key is its name; further arguments: a span of NamedValue.
#define NDMEDIC_FIELD(Struct, member, kind, meaning, ...) \
  NDMEDIC_FIELD_KEY(Struct, member, #member, kind, meaning __VA_OPT__(, ) __VA_ARGS__)

/// A row for a member that ndctl's JSON calls `key`.
#define NDMEDIC_FIELD_KEY(Struct, member, key, kind, meaning, ...)                              \
  ::ndmedic::Field {                                                                            \
#member, key, ::ndmedic::FieldKind::kind, offsetof(Struct, member), sizeof(Struct::member), \
        meaning __VA_OPT__(, ) __VA_ARGS__                                                      \
  }
