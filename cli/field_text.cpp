// SPDX-License-Identifier: BSD-3-Clause
#include <ndmedic/cli/field_text.h>

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <iterator>

#include <ndmedic/cli/json_fields.h>
#include <ndmedic/cli/text.h>
#include <ndmedic/format/codec.h>
#include <ndmedic/format/untrusted_text.h>

namespace ndmedic::cli {
namespace {

constexpr std::size_t bytes_shown_max = 32;

bool is_zero(std::span<const std::byte> bytes) {
  return std::ranges::all_of(bytes, [](std::byte byte) { return byte == std::byte{0}; });
}

std::string bytes_text(std::span<const std::byte> bytes) {
  if (bytes.size() <= bytes_shown_max) return hex_digits(bytes);
  return fmt::format("{}... ({} bytes)", hex_digits(bytes.first(bytes_shown_max)), bytes.size());
}

std::string string_text(std::span<const std::byte> bytes) {
  const auto nul = std::ranges::find(bytes, std::byte{0});
  std::string text;
  for (const std::byte byte : std::span(bytes.begin(), nul)) text += static_cast<char>(byte);
  const bool padded = is_zero(std::span(nul, bytes.end()));
  return fmt::format("\"{}\"{}", escape_untrusted(text), padded ? "" : " and bytes behind the NUL");
}

std::string number_text(const Field& field, std::uint64_t number) {
  const std::string text =
      field.kind == FieldKind::hex ? hex_text(number) : fmt::format("{}", number);
  for (const NamedValue& named : field.values)
    if (named.value == number) return fmt::format("{} ({})", text, named.name);
  return text;
}

std::string flags_text(const Field& field, std::uint64_t number) {
  std::string names;
  const auto append = [&names](std::string_view name) {
    if (!names.empty()) names += ", ";
    names += name;
  };
  std::uint64_t unknown = number;
  for (const NamedValue& named : field.values) {
    if ((number & named.value) != named.value) continue;
    append(named.name);
    unknown &= ~named.value;
  }
  if (unknown != 0 && !names.empty()) append(hex_text(unknown));
  return names.empty() ? hex_text(number) : fmt::format("{:#x} ({})", number, names);
}

}  // namespace

std::string guid_text(const Guid& guid, GuidOrder order) {
  const std::string text = to_string(guid, order);
  if (guid.is_null()) return text + " (null)";
  const KnownGuid* const known = find_known(guid, order);
  return known == nullptr ? text : fmt::format("{} ({})", text, known->name);
}

std::string field_text(const Field& field, std::span<const std::byte> structure) {
  const auto bytes = field_bytes(field, structure);
  switch (field.kind) {
    case FieldKind::text:
      return string_text(bytes);
    case FieldKind::uuid:
      return guid_text(decode<Guid>(bytes), GuidOrder::text);
    case FieldKind::guid:
      return guid_text(decode<Guid>(bytes), GuidOrder::efi);
    case FieldKind::number:
    case FieldKind::hex:
      return number_text(field, field_number(field, structure));
    case FieldKind::flags:
      return flags_text(field, field_number(field, structure));
    case FieldKind::checksum:
      return fmt::format("{:#018x}", field_number(field, structure));
    case FieldKind::reserved:
      return is_zero(bytes) ? "zero" : bytes_text(bytes);
    case FieldKind::bytes:
      break;
  }
  return bytes_text(bytes);
}

}  // namespace ndmedic::cli
