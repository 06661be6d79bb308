// SPDX-License-Identifier: BSD-3-Clause
#include <ndmedic/cli/json_fields.h>

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <ostream>

#include <ndmedic/format/codec.h>
#include <ndmedic/format/utf8.h>

namespace ndmedic::cli {
namespace {

bool is_zero(std::span<const std::byte> bytes) {
  return std::ranges::all_of(bytes, [](std::byte byte) { return byte == std::byte{0}; });
}

std::string twin(std::string_view key, std::string_view suffix) {
  return std::string(key) + std::string(suffix);
}

std::span<const std::byte> as_bytes(std::string_view text) {
  return std::as_bytes(std::span(text.data(), text.size()));
}

/// Length of the longest well-formed character at the start of `text`, 0 when there is none.
std::size_t character_length(std::string_view text) {
  for (std::size_t length = 1; length <= std::min<std::size_t>(4, text.size()); ++length)
    if (is_utf8(text.substr(0, length))) return length;
  return 0;
}

std::string replaced(std::string_view text) {
  std::string result;
  while (!text.empty()) {
    const std::size_t length = character_length(text);
    result += length == 0 ? "\xEF\xBF\xBD" : text.substr(0, length);
    text.remove_prefix(std::max<std::size_t>(length, 1));
  }
  return result;
}

void add_text_field(Json& object, const Field& field, std::span<const std::byte> bytes) {
  const auto nul = std::ranges::find(bytes, std::byte{0});
  const auto length = static_cast<std::size_t>(std::distance(bytes.begin(), nul));
  std::string text(length, '\0');
  std::ranges::transform(bytes.first(length), text.begin(),
                         [](std::byte byte) { return static_cast<char>(byte); });
  const bool whole = is_utf8(text) && is_zero(bytes.subspan(length));
  object[std::string(field.key)] = replaced(text);
  if (!whole) object[twin(field.key, "_bytes")] = hex_digits(bytes);
}

Json hex_pattern(std::size_t bytes) {
  return {{"type", "string"}, {"pattern", fmt::format("^[0-9a-f]{{{}}}$", bytes * 2)}};
}

constexpr const char* uuid_pattern =
    "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$";

/// 64-bit fields have no bounds: validators compare integers as signed ones, or as doubles.
Json number_schema(const Field& field) {
  if (field.size >= 8) return {{"type", "integer"}};
  const std::uint64_t maximum = (std::uint64_t{1} << (8 * field.size)) - 1;
  return {{"type", "integer"}, {"minimum", 0}, {"maximum", maximum}};
}

/// The schema of the field's own value; `required` tells whether it is always there.
Json value_schema(const Field& field, bool& required) {
  required = true;
  switch (field.kind) {
    case FieldKind::text:
      return {{"type", "string"}};
    case FieldKind::uuid:
    case FieldKind::guid:
      return {{"type", "string"}, {"pattern", uuid_pattern}};
    case FieldKind::number:
    case FieldKind::hex:
    case FieldKind::flags:
    case FieldKind::checksum:
      return number_schema(field);
    case FieldKind::reserved:
      required = false;
      return hex_pattern(field.size);
    case FieldKind::bytes:
      break;
  }
  return hex_pattern(field.size);
}

bool is_number(const Field& field) {
  return field.kind == FieldKind::number || field.kind == FieldKind::hex ||
         field.kind == FieldKind::flags || field.kind == FieldKind::checksum;
}

}  // namespace

Json json_head(std::string_view verb) {
  return {{"schema_version", json_schema_version}, {"tool", "ndmedic"}, {"verb", verb}};
}

void write_json(const Json& json, std::ostream& out, int indent) {
  out << json.dump(indent, ' ', false, Json::error_handler_t::replace) << '\n';
}

std::string hex_digits(std::span<const std::byte> bytes) {
  std::string digits;
  digits.reserve(bytes.size() * 2);
  for (const std::byte byte : bytes)
    fmt::format_to(std::back_inserter(digits), "{:02x}", std::to_integer<unsigned>(byte));
  return digits;
}

void add_number(Json& object, std::string_view key, std::uint64_t number) {
  object[std::string(key)] = number;
  object[twin(key, "_hex")] = fmt::format("{:#x}", number);
}

void add_text(Json& object, std::string_view key, std::string_view untrusted) {
  object[std::string(key)] = replaced(untrusted);
  if (!is_utf8(untrusted)) object[twin(key, "_bytes")] = hex_digits(as_bytes(untrusted));
}

void add_field(Json& object, const Field& field, std::span<const std::byte> structure) {
  const auto bytes = field_bytes(field, structure);
  const std::string key(field.key);
  if (is_number(field)) {
    const std::uint64_t number = field_number(field, structure);
    if (field.size == 8) return add_number(object, field.key, number);
    object[key] = number;
  } else if (field.kind == FieldKind::text) {
    add_text_field(object, field, bytes);
  } else if (field.kind == FieldKind::uuid || field.kind == FieldKind::guid) {
    const auto order = field.kind == FieldKind::uuid ? GuidOrder::text : GuidOrder::efi;
    object[key] = to_string(decode<Guid>(bytes), order);
  } else if (field.kind == FieldKind::bytes || !is_zero(bytes)) {
    object[key] = hex_digits(bytes);
  }
}

Json structure_json(const Structure& structure, std::span<const std::byte> bytes) {
  Json object = Json::object();
  for (const Field& field : structure.fields) add_field(object, field, bytes);
  return object;
}

Json structure_schema(const Structure& structure) {
  Json properties = Json::object();
  Json required = Json::array();
  for (const Field& field : structure.fields) {
    bool always = false;
    Json value = value_schema(field, always);
    value["description"] = std::string(field.meaning);
    properties[std::string(field.key)] = std::move(value);
    if (always) required.push_back(std::string(field.key));
    if (is_number(field) && field.size == 8) {
      properties[twin(field.key, "_hex")] = {{"type", "string"}, {"pattern", "^0x[0-9a-f]{1,16}$"}};
      required.push_back(twin(field.key, "_hex"));
    }
    if (field.kind == FieldKind::text)
      properties[twin(field.key, "_bytes")] = hex_pattern(field.size);
  }
  Json schema = Json::object();
  schema["title"] = std::string(structure.title);
  schema["type"] = "object";
  schema["properties"] = std::move(properties);
  schema["required"] = std::move(required);
  schema["additionalProperties"] = false;
  return schema;
}

}  // namespace ndmedic::cli
