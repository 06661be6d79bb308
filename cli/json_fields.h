// SPDX-License-Identifier: BSD-3-Clause
// On-media structures as JSON, and their JSON Schema, both by field table: keys are ndctl's where
// ndctl has one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <iosfwd>
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <string_view>

#include <ndmedic/format/field_table.h>
#include <ndmedic/format/guid.h>

namespace ndmedic::cli {

using Json = nlohmann::ordered_json;

/// Raised when a program that reads the output would have to change.
inline constexpr int json_schema_version = 1;

/// What the JSON of every verb begins with.
Json json_head(std::string_view verb);

/// Writes a document and a newline; -1 as `indent`: in one line. Bytes that are not UTF-8 are
/// replaced.
void write_json(const Json& json, std::ostream& out, int indent = 2);

/// All fields of `structure` as an object. `bytes` holds at least structure.size of them.
///   number, hex, flags, checksum  an integer; those of 8 bytes have a twin `<key>_hex`
///   text        a string up to the first NUL; a twin `<key>_bytes` where that would lose something
///   uuid, guid  their text form
///   reserved    left out when zero, else hex digits
///   bytes       hex digits
Json structure_json(const Structure& structure, std::span<const std::byte> bytes);

/// Adds one field of `structure` (its bytes) to `object`, with its twin if it has one.
void add_field(Json& object, const Field& field, std::span<const std::byte> structure);

/// Adds a number that may pass 2^53 and its twin `<key>_hex`.
void add_number(Json& object, std::string_view key, std::uint64_t number);

/// Adds text from media: valid UTF-8 as it is, otherwise with U+FFFD for the bytes that are not and
/// with a twin `<key>_bytes`, all bytes in hex digits.
void add_text(Json& object, std::string_view key, std::string_view untrusted);

/// JSON Schema (draft 7) of what structure_json() gives.
Json structure_schema(const Structure& structure);

/// Two lower-case digits a byte, no blanks.
std::string hex_digits(std::span<const std::byte> bytes);

}  // namespace ndmedic::cli
