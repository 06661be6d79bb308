// SPDX-License-Identifier: BSD-3-Clause
#include <ndmedic/image/place_value.h>

#include <algorithm>
#include <optional>
#include <span>

#include <ndmedic/format/codec.h>
#include <ndmedic/format/endian.h>
#include <ndmedic/format/guid.h>
#include <ndmedic/image/recipe_words.h>

namespace ndmedic {
namespace {

Error invalid(std::string_view what) { return {Errc::invalid, {}, what}; }

std::optional<std::uint64_t> named(const Field& field, std::string_view name) {
  for (const NamedValue& value : field.values)
    if (value.name == name) return value.value;
  return std::nullopt;
}

std::optional<std::uint64_t> number_of(const Field& field, std::string_view text) {
  const auto number = parse_quantity(text);
  return number ? number : named(field, text);
}

/// Bits, by their names or as numbers, or-ed.
std::optional<std::uint64_t> flags_of(const Field& field, std::string_view text) {
  std::uint64_t flags = 0;
  while (true) {
    const std::size_t end = std::min(text.find_first_of("|,"), text.size());
    const auto bits = number_of(field, text.substr(0, end));
    if (!bits) return std::nullopt;
    flags |= *bits;
    if (end == text.size()) return flags;
    text.remove_prefix(end + 1);
  }
}

std::optional<Guid> guid_of(std::string_view text, GuidOrder order) {
  if (const auto guid = parse_guid(text, order)) return guid;
  for (const KnownGuid& known : known_guids())
    if (known.name == text)
      return order == GuidOrder::efi ? known.bytes_efi : swapped(known.bytes_efi);
  return std::nullopt;
}

Result<PlaceBytes> whole_hex(std::string_view text, std::size_t size) {
  NDMEDIC_TRY(PlaceBytes bytes, hex_value(text));
  if (bytes.size() != size) return invalid("two hexadecimal digits for each byte");
  return bytes;
}

Result<PlaceBytes> field_value(std::string_view text, const Field& field) {
  switch (field.kind) {
    case FieldKind::text:
      return text_value(text, field.size);
    case FieldKind::uuid:
    case FieldKind::guid: {
      const auto guid =
          guid_of(text, field.kind == FieldKind::guid ? GuidOrder::efi : GuidOrder::text);
      if (!guid) return invalid("a uuid");
      const auto bytes = bytes_of(*guid);
      return PlaceBytes(bytes.begin(), bytes.end());
    }
    case FieldKind::flags:
      if (const auto flags = flags_of(field, text)) return number_value(*flags, field.size);
      return invalid("a number or names of flags");
    case FieldKind::number:
    case FieldKind::hex:
    case FieldKind::checksum:
      if (const auto number = number_of(field, text)) return number_value(*number, field.size);
      return invalid("a number");
    case FieldKind::reserved:
    case FieldKind::bytes:
      break;
  }
  if (text.starts_with("0x") && field.size <= sizeof(std::uint64_t))
    if (const auto number = parse_quantity(text)) return number_value(*number, field.size);
  return whole_hex(text, field.size);
}

}  // namespace

Result<PlaceBytes> text_value(std::string_view text, std::size_t size) {
  if (text.size() > size) return invalid("a text that fits the field");
  PlaceBytes bytes(size);
  std::copy_n(std::as_bytes(std::span(text)).begin(), text.size(), bytes.begin());
  return bytes;
}

Result<PlaceBytes> number_value(std::uint64_t number, std::size_t size) {
  if (size > sizeof(number)) return invalid("a text, a uuid or a place, as the field is long");
  if (size < sizeof(number) && number >> 8 * size != 0) return invalid("a number that fits");
  const Le64 word(number);
  const auto low = bytes_of(word).first(size);
  return PlaceBytes(low.begin(), low.end());
}

Result<PlaceBytes> map_value(std::uint64_t number, std::size_t size) {
  NDMEDIC_TRY(const PlaceBytes entry, number_value(number, 4));
  PlaceBytes bytes;
  while (bytes.size() < size) bytes.insert(bytes.end(), entry.begin(), entry.end());
  return bytes;
}

Result<PlaceBytes> hex_value(std::string_view digits) {
  constexpr std::string_view known = "0123456789abcdef";
  if (digits.size() % 2 != 0) return invalid("two hexadecimal digits a byte");
  PlaceBytes bytes;
  for (std::size_t i = 0; i < digits.size(); i += 2) {
    const std::size_t high = known.find(digits[i]);
    const std::size_t low = known.find(digits[i + 1]);
    if (high >= 16 || low >= 16) return invalid("hexadecimal digits, in lower case");
    bytes.push_back(static_cast<std::byte>(high << 4 | low));
  }
  return bytes;
}

Result<PlaceBytes> parse_value(std::string_view text, const Target& target, PlaceKind kind) {
  if (target.range.size > place_bytes_max) return Error{Errc::too_large, {}, "size of the place"};
  const auto size = static_cast<std::size_t>(target.range.size);
  if (target.field != nullptr) return field_value(text, *target.field);
  if (kind != PlaceKind::map) return whole_hex(text, size);
  if (const auto number = parse_quantity(text)) return map_value(*number, size);
  return invalid("a number");
}

}  // namespace ndmedic
