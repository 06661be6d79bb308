// SPDX-License-Identifier: BSD-3-Clause
// Dumps as JSON.
#include <ndmedic/cli/dump.h>
#include <ndmedic/format/btt_map.h>
#include <ndmedic/format/codec.h>
#include <ndmedic/format/label_index.h>

namespace ndmedic::cli {
namespace {

Json flog_entries(const DumpedPlace& dumped) {
  Json entries = Json::array();
  for (std::size_t slot = 0; slot < 4; ++slot) {
    const auto bytes = std::span(dumped.bytes).subspan(slot * sizeof(FlogEntry), sizeof(FlogEntry));
    entries.push_back(structure_json(flog_entry_structure, bytes));
  }
  return entries;
}

Json map_entries(const DumpedPlace& dumped) {
  static constexpr const char* states[] = {"initial", "error", "zero", "normal"};
  Json entries = Json::array();
  for (std::size_t i = 0; i * map_entry_size < dumped.bytes.size(); ++i) {
    const PremapLba premap{static_cast<std::uint32_t>(dumped.place.first + i)};
    const auto bytes = std::span(dumped.bytes).subspan(i * map_entry_size, map_entry_size);
    const MapEntry entry{decode<Le32>(bytes).value()};
    entries.push_back({{"lba", premap.value},
                       {"word", entry.word},
                       {"state", states[static_cast<std::size_t>(entry.state())]},
                       {"block", entry.postmap(premap).value}});
  }
  return entries;
}

Json fields_of(const DumpedPlace& dumped) {
  const Structure& structure = *dumped.target.structure;
  if (dumped.target.field != nullptr) {
    Json one = Json::object();
    add_field(one, *dumped.target.field, dumped.bytes);
    return one;
  }
  Json fields = structure_json(structure, dumped.bytes);
  if (dumped.bytes.size() > structure.size)
    fields["tail"] = hex_digits(std::span(dumped.bytes).subspan(structure.size));
  return fields;
}

}  // namespace

Json dump_json(const DumpedPlace& dumped) {
  const Target& target = dumped.target;
  Json json = json_head("dump");
  json["place"] = to_string(dumped.place);
  json["offset"] = target.range.offset;
  if (dumped.file_offset)
    json["file_offset"] = *dumped.file_offset + (target.range.offset - dumped.start());
  json["size"] = target.range.size;
  if (target.structure != nullptr && dumped.bytes.size() >= target.structure->size) {
    json["structure"] = target.structure->name;
    json["fields"] = fields_of(dumped);
  } else if (dumped.place.kind == PlaceKind::flog) {
    json["entries"] = flog_entries(dumped);
  } else if (dumped.place.kind == PlaceKind::map) {
    json["entries"] = map_entries(dumped);
  } else {
    json["bytes"] = hex_digits(dumped.bytes);
  }
  return json;
}

}  // namespace ndmedic::cli
