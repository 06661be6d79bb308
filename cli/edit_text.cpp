// SPDX-License-Identifier: BSD-3-Clause
#include <ndmedic/cli/edit_text.h>

#include <fmt/format.h>

#include <algorithm>
#include <ostream>
#include <span>

#include <ndmedic/cli/field_text.h>
#include <ndmedic/cli/text.h>
#include <ndmedic/cli/words.h>
#include <ndmedic/format/btt_geometry.h>
#include <ndmedic/format/codec.h>
#include <ndmedic/format/endian.h>

namespace ndmedic::cli {
namespace {

constexpr std::size_t entries_shown_max = 16;
constexpr std::size_t bytes_shown_max = 32;

/// Bytes as the structure has them, where `bytes` may be one of its fields alone.
PlaceBytes in_structure(const Target& target, const PlaceBytes& bytes) {
  if (target.field == nullptr) return bytes;
  PlaceBytes whole(target.structure->size);
  std::ranges::copy(bytes, whole.begin() + target.field->offset);
  return whole;
}

/// Calls visit(field, before, after) with the bytes of the structure, for each field that differs.
/// False when the difference is in no field.
template <class Visit>
bool for_each_field(const EditedPlace& edited, Visit visit) {
  if (edited.target.structure == nullptr) return false;
  const PlaceBytes before = in_structure(edited.target, edited.before);
  const PlaceBytes after = in_structure(edited.target, edited.after);
  bool any = false;
  for (const Field& field : edited.target.structure->fields) {
    if (std::size_t{field.offset} + field.size > before.size()) break;
    if (std::ranges::equal(field_bytes(field, before), field_bytes(field, after))) continue;
    visit(field, before, after);
    any = true;
  }
  return any;
}

std::string field_place(const EditedPlace& edited, const Field& field) {
  Place place = edited.place;
  place.field = field.name;
  return to_string(place);
}

std::string bytes_text(std::span<const std::byte> bytes) {
  if (bytes.size() <= bytes_shown_max) return hex_digits(bytes);
  return fmt::format("{}... ({})", hex_digits(bytes.first(bytes_shown_max)),
                     count_text(bytes.size(), "byte"));
}

std::string entry_text(std::span<const std::byte> bytes) {
  return fmt::format("{:#010x}", decode<Le32>(bytes).value());
}

void add_entries(const EditedPlace& edited, std::vector<ChangedValue>& values) {
  const std::size_t entries = edited.before.size() / map_entry_size;
  std::uint64_t more = 0;
  std::size_t shown = 0;
  for (std::size_t i = 0; i < entries; ++i) {
    const auto before = std::span(edited.before).subspan(i * map_entry_size, map_entry_size);
    const auto after = std::span(edited.after).subspan(i * map_entry_size, map_entry_size);
    if (std::ranges::equal(before, after)) continue;
    if (shown++ >= entries_shown_max) {
      ++more;
      continue;
    }
    Place place = edited.place;
    place.first = place.last = edited.place.first + i;
    values.push_back({to_string(place), entry_text(before), entry_text(after)});
  }
  if (more > 0) values.push_back({to_string(edited.place), fmt::format("and {} more", more), {}});
}

std::string number_range(std::uint32_t size, bool hex) {
  const std::uint64_t most = size >= 8 ? ~std::uint64_t{0} : (std::uint64_t{1} << 8 * size) - 1;
  return hex ? fmt::format("a number from 0 to {:#x}", most)
             : fmt::format("a number from 0 to {}", most);
}

std::string names_text(const Field& field) {
  std::string names;
  for (const NamedValue& value : field.values) {
    if (!names.empty()) names += ", ";
    names += value.name;
  }
  return names;
}

}  // namespace

std::vector<ChangedValue> changed_values(const std::vector<EditedPlace>& edited) {
  std::vector<ChangedValue> values;
  for (const EditedPlace& one : edited) {
    if (one.before == one.after) continue;
    if (one.place.kind == PlaceKind::map) {
      add_entries(one, values);
      continue;
    }
    const bool fields = for_each_field(
        one, [&](const Field& field, const PlaceBytes& before, const PlaceBytes& after) {
          values.push_back(
              {field_place(one, field), field_text(field, before), field_text(field, after)});
        });
    if (!fields)
      values.push_back({to_string(one.place), bytes_text(one.before), bytes_text(one.after)});
  }
  return values;
}

void print_values(const std::vector<ChangedValue>& values, std::ostream& out) {
  std::size_t width = 0;
  for (const ChangedValue& value : values) width = std::max(width, value.place.size());
  for (const ChangedValue& value : values)
    out << fmt::format("  {:<{}}  {}{}{}\n", value.place, width, value.before,
                       value.after.empty() ? "" : " -> ", value.after);
}

Json values_json(const std::vector<EditedPlace>& edited) {
  Json values = Json::array();
  for (const EditedPlace& one : edited) {
    if (one.before == one.after) continue;
    const bool fields = for_each_field(
        one, [&](const Field& field, const PlaceBytes& before, const PlaceBytes& after) {
          Json value = {{"place", field_place(one, field)}};
          add_field(value["before"], field, before);
          add_field(value["after"], field, after);
          values.push_back(std::move(value));
        });
    if (!fields)
      values.push_back({{"place", to_string(one.place)},
                        {"before", {{"bytes", hex_digits(one.before)}}},
                        {"after", {{"bytes", hex_digits(one.after)}}}});
  }
  return values;
}

std::string wanted_value_text(const Target& target, PlaceKind kind) {
  if (kind == PlaceKind::map) return number_range(map_entry_size, true);
  const std::string digits =
      fmt::format("{} in lower-case hex digits", count_text(target.range.size, "byte"));
  if (target.field == nullptr)
    return target.structure == nullptr ? digits : digits + ", or name a .FIELD";
  const Field& field = *target.field;
  switch (field.kind) {
    case FieldKind::text:
      return fmt::format("at most {} of text", count_text(field.size, "byte"));
    case FieldKind::uuid:
    case FieldKind::guid:
      return "a uuid";
    case FieldKind::flags:
      return fmt::format("{}, or names with | between them: {}", number_range(field.size, true),
                         names_text(field));
    case FieldKind::number:
    case FieldKind::hex:
    case FieldKind::checksum: {
      const std::string range = number_range(field.size, field.kind != FieldKind::number);
      return field.values.empty() ? range : fmt::format("{}, or: {}", range, names_text(field));
    }
    case FieldKind::reserved:
    case FieldKind::bytes:
      break;
  }
  return digits;
}

}  // namespace ndmedic::cli
