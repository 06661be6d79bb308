// SPDX-License-Identifier: BSD-3-Clause
#include <ndmedic/cli/labels_json.h>

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <exception>
#include <optional>
#include <span>

#include <ndmedic/cli/json_input.h>
#include <ndmedic/format/label_format.h>
#include <ndmedic/format/label_index.h>
#include <ndmedic/media/memory_media.h>

namespace ndmedic::cli {
namespace {

constexpr std::uint64_t chunk = 128;  // granularity of `rest`

Json index_json(const IndexBlock& index) {
  Json json = {{"number", index.number}, {"state", to_string(index.state)}};
  if (index.bytes.size() < index_block_structure.size) return json;
  json["fields"] = structure_json(index_block_structure, index.bytes);
  json["offset"] = index.offset;
  json["bytes"] = hex_digits(index.bytes);
  return json;
}

Json slot_json(const LabelRecord& label, const LabelLayout& layout) {
  Json json = {{"slot", label.slot}, {"state", to_string(label.state)}};
  if (label.reason != SlotReason::none) json["reason"] = to_string(label.reason);
  if (label.related_slot) json["related_slot"] = *label.related_slot;
  json["format"] = to_string(label.format);
  if (label.raw_size == 0) return json;
  json["fields"] = structure_json(structure_of(label.format), label.bytes());
  json["offset"] = layout.slot_off(label.slot);
  json["bytes"] = hex_digits(label.bytes());
  return json;
}

/// What the blocks and slots of `area` do not hold already. None where it cannot be read.
std::optional<Json> rest_json(const LabelArea& area, const Media& media) {
  std::vector<std::byte> bytes(area.size);
  if (!media.read(0, bytes)) return std::nullopt;
  std::vector<std::byte> told(area.size);
  const auto tell = [&told](std::uint64_t offset, std::span<const std::byte> part) {
    if (!part.empty()) std::memcpy(&told[offset], part.data(), part.size());
  };
  for (const IndexBlock& index : area.index)
    if (index.bytes.size() >= index_block_structure.size) tell(index.offset, index.bytes);
  for (const LabelRecord& label : area.slots) tell(area.layout.slot_off(label.slot), label.bytes());
  Json rest = Json::array();
  for (std::uint64_t at = 0; at < area.size; at += chunk) {
    const std::uint64_t size = std::min(chunk, area.size - at);
    const auto part = std::span(bytes).subspan(at, size);
    if (std::ranges::equal(part, std::span(told).subspan(at, size))) continue;
    rest.push_back({{"offset", at}, {"bytes", hex_digits(part)}});
  }
  return rest;
}

int digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/// Puts the bytes of one part where it says they belong.
void place(const Json& part, const std::string& pointer, std::span<std::byte> area) {
  const Json& text = json_member(part, pointer, "bytes");
  if (!text.is_string()) throw JsonComplaint(pointer + "/bytes", "a string is wanted");
  const auto& digits = text.get_ref<const std::string&>();
  const std::uint64_t offset = json_number(part, pointer, "offset");
  if (offset > area.size() || digits.size() / 2 > area.size() - offset)
    throw JsonComplaint(pointer + "/offset",
                        fmt::format("beyond the area of {} bytes", area.size()));
  if (digits.size() % 2 != 0) throw JsonComplaint(pointer + "/bytes", "half a byte at the end");
  for (std::size_t i = 0; i < digits.size(); i += 2) {
    const int high = digit(digits[i]);
    const int low = digit(digits[i + 1]);
    if (high < 0 || low < 0)
      throw JsonComplaint(pointer + "/bytes", fmt::format("no hex digit at character {}", i));
    area[offset + i / 2] = static_cast<std::byte>(high << 4 | low);
  }
}

/// All that is said beside the bytes must be what the bytes say.
void compare(Json given, const std::string& pointer, const std::vector<std::byte>& bytes) {
  const MemoryMedia media(bytes);
  const Json meant = label_area_json(read_label_area(media), media);
  given.erase("device");
  given.erase("path");
  given.erase("path_bytes");
  const Json difference = Json::diff(meant, given);
  if (difference.empty()) return;
  throw JsonComplaint(pointer + difference.front().at("path").get<std::string>(),
                      "contradicts the bytes, which are what is restored");
}

std::vector<std::byte> read_area(const Json& json, const std::string& pointer,
                                 std::uint64_t wanted) {
  const std::uint64_t size = json_number(json, pointer, "size");
  if (size != wanted)
    throw JsonComplaint(
        pointer + "/size",
        fmt::format("{} bytes, but the label area of the image has {}", size, wanted));
  std::vector<std::byte> bytes(size);
  for (const char* const key : {"index", "slots", "rest"}) {
    const Json& parts = json_array(json, pointer, key);
    for (std::size_t i = 0; i < parts.size(); ++i) {
      const bool blank = !parts[i].contains("fields") && std::strcmp(key, "index") == 0;
      if (!blank) place(parts[i], fmt::format("{}/{}/{}", pointer, key, i), bytes);
    }
  }
  compare(json, pointer, bytes);
  return bytes;
}

}  // namespace

Json label_area_json(const LabelArea& area, const Media& media) {
  Json json = {{"size", area.size}};
  json["version"] = fmt::format("{}.{}", area.major, area.minor);
  json["slot_size"] = area.layout.slot_size;
  json["nslot"] = area.layout.nslot;
  json["current"] = area.current ? Json(*area.current) : Json();
  json["reason"] = to_string(area.reason);
  json["index"] = Json::array();
  for (const IndexBlock& index : area.index) json["index"].push_back(index_json(index));
  json["slots"] = Json::array();
  for (const LabelRecord& label : area.slots)
    json["slots"].push_back(slot_json(label, area.layout));
  if (auto rest = rest_json(area, media)) json["rest"] = std::move(*rest);
  return json;
}

LabelDocument read_label_document(std::string_view text, const std::vector<std::uint64_t>& sizes) {
  LabelDocument document;
  try {
    const Json json = parse_json(text);
    if (json_number(json, "", "schema_version") != json_schema_version)
      throw JsonComplaint("/schema_version", fmt::format("only {} is known", json_schema_version));
    if (json_member(json, "", "verb") != "labels dump")
      throw JsonComplaint("/verb", "\"labels dump\" is wanted");
    const Json& areas = json_array(json, "", "areas");
    if (areas.size() != sizes.size())
      throw JsonComplaint("/areas",
                          fmt::format("{} areas for {} images", areas.size(), sizes.size()));
    for (std::size_t i = 0; i < areas.size(); ++i)
      document.areas.push_back(read_area(areas[i], fmt::format("/areas/{}", i), sizes[i]));
  } catch (const std::exception& error) {
    document.areas.clear();
    document.complaint = error.what();
  }
  return document;
}

}  // namespace ndmedic::cli
