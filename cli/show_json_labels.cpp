// SPDX-License-Identifier: BSD-3-Clause
// Label areas and namespaces by their labels as JSON.
#include <ndmedic/cli/show_json.h>

#include <ndmedic/format/codec.h>
#include <ndmedic/format/label_format.h>
#include <ndmedic/format/label_index.h>

namespace ndmedic::cli {
namespace {

Json optional_json(const std::optional<std::uint32_t>& value) {
  return value ? Json(*value) : Json(nullptr);
}

Json index_json(const IndexBlock& block) {
  Json json = {{"number", block.number},
               {"state", to_string(block.state)},
               {"offset", block.offset},
               {"size", block.size}};
  json["violations"] = violations_json(block.violations);
  const bool shown = block.state == IndexState::valid || block.state == IndexState::invalid;
  if (shown) json["header"] = structure_json(index_block_structure, bytes_of(block.header));
  return json;
}

Json slot_json(const LabelRecord& record) {
  const Structure& structure = structure_of(record.format);
  Json json = {{"slot", record.slot},
               {"state", to_string(record.state)},
               {"reason", to_string(record.reason)},
               {"in_use", record.marked_in_use},
               {"related_slot", optional_json(record.related_slot)},
               {"format", to_string(record.format)}};
  json["violations"] = violations_json(record.violations);
  if (record.raw_size >= structure.size) {
    json["structure"] = structure.name;
    json["label"] = structure_json(structure, record.bytes());
  }
  return json;
}

Json counts_json(const LabelArea& area) {
  Json json = Json::object();
  for (std::size_t i = 0; i < slot_state_count; ++i)
    json[std::string(to_string(static_cast<SlotState>(i)))] = area.counts[i];
  return json;
}

Json extent_json(const NamespaceExtent& extent) {
  Json json = {{"position", extent.position}, {"device", extent.device}, {"slot", extent.slot}};
  add_number(json, "dpa", extent.dpa);
  add_number(json, "rawsize", extent.rawsize);
  add_number(json, "isetcookie", extent.isetcookie);
  json["updating"] = extent.updating;
  return json;
}

}  // namespace

Json label_area_json(const LabelArea& area) {
  Json json = {{"size", area.size},
               {"layout", to_string(area.layout.kind)},
               {"linux_accepts", area.linux_accepts},
               {"version", std::to_string(area.major) + "." + std::to_string(area.minor)},
               {"slot_size", area.layout.slot_size},
               {"index_size", area.layout.index_size},
               {"nslot", area.layout.nslot},
               {"current", area.current ? Json(*area.current) : Json(nullptr)},
               {"reason", to_string(area.reason)},
               {"free_slots", area.free_slots()}};
  json["index"] = Json::array({index_json(area.index[0]), index_json(area.index[1])});
  json["counts"] = counts_json(area);
  json["slots_omitted"] = area.slots_in_use_omitted + area.slots_free_omitted;
  json["slots"] = Json::array();
  for (const LabelRecord& record : area.slots) json["slots"].push_back(slot_json(record));
  return json;
}

Json label_namespace_json(const LabelNamespace& label) {
  Json json = {{"format", to_string(label.format)},
               {"nlabel", label.nlabel},
               {"completeness", to_string(label.completeness)},
               {"missing", label.missing},
               {"missing_count", label.missing_count}};
  add_number(json, "isetcookie", label.isetcookie);
  json["cookie_verdict"] = to_string(label.cookie_verdict);
  json["cookie_slot"] = optional_json(label.cookie_slot);
  add_number(json, "lbasize", label.lbasize);
  json["claim"] = to_string(label.claim);
  json["abstraction_guid"] = to_string(label.abstraction, GuidOrder::efi);
  json["type_guid"] = to_string(label.type_guid, GuidOrder::efi);
  json["region_uuid"] = to_string(label.region_uuid, GuidOrder::text);
  json["flags"] = label.flags;
  json["updating"] = label.any_updating;
  json["local"] = label.local;
  json["region"] = label.region ? Json(*label.region) : Json(nullptr);
  add_number(json, "spa", label.spa);
  json["linux"] = to_string(label.linux_view);
  json["extents"] = Json::array();
  for (const NamespaceExtent& extent : label.extents)
    json["extents"].push_back(extent_json(extent));
  return json;
}

}  // namespace ndmedic::cli
