// SPDX-License-Identifier: BSD-3-Clause
// Texts as the bytes of a place: what `set` of a recipe and the verb edit put there.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include <ndmedic/format/field_table.h>
#include <ndmedic/format/result.h>
#include <ndmedic/image/place_map.h>

namespace ndmedic {

using PlaceBytes = std::vector<std::byte>;

inline constexpr std::uint64_t place_bytes_max = std::uint64_t{1} << 24;  ///< of one change

/// Each gives exactly `size` bytes. Errors: invalid, with what was expected.
Result<PlaceBytes> text_value(std::string_view text, std::size_t size);
Result<PlaceBytes> number_value(std::uint64_t number, std::size_t size);
/// One number of four bytes for each entry of a map range.
Result<PlaceBytes> map_value(std::uint64_t number, std::size_t size);
/// Any number of bytes: two lower-case hexadecimal digits each.
Result<PlaceBytes> hex_value(std::string_view digits);

/// `text` as a value of the place, by the kind of its field:
///   number, hex, checksum   a number as parse_quantity() reads it, or the name of a value
///   flags                   the same, or names of bits with | or , between them
///   uuid, guid              a uuid, or the short name of a published GUID (guid.h)
///   text                    the text
///   reserved, bytes         all bytes in hex digits; up to eight of them also as a number 0x...
/// Map entries are numbers, any other place bytes in hex digits. Errors: invalid (no such value,
/// or one that does not fit), too_large (place_bytes_max).
Result<PlaceBytes> parse_value(std::string_view text, const Target& target, PlaceKind kind);

}  // namespace ndmedic
