// SPDX-License-Identifier: BSD-3-Clause
#include <ndmedic/cli/show_json.h>

#include <ndmedic/cli/words.h>
#include <ndmedic/format/codec.h>

namespace ndmedic::cli {
namespace {

Json device_number(const std::optional<std::uint32_t>& device) {
  return device ? Json(*device) : Json(nullptr);
}

Json mapping_json(const RegionMapping& mapping) {
  Json json = {{"device", device_number(mapping.device)}};
  add_number(json, "dpa", mapping.dpa_start);
  add_number(json, "size", mapping.size);
  add_number(json, "region_offset", mapping.region_offset);
  add_number(json, "serial", mapping.serial);
  json["vendor"] = mapping.vendor;
  json["manufacturing_date"] = mapping.manufacturing_date;
  json["manufacturing_location"] = mapping.manufacturing_location;
  return json;
}

/// What a region description says by itself.
Json description_json(const RegionDescription& region) {
  Json json = Json::object();
  json["ways"] = region.ways;
  json["type_guid"] = to_string(region.type_guid, GuidOrder::efi);
  add_number(json, "spa", region.spa_base);
  add_number(json, "size", region.spa_length);
  json["mappings"] = Json::array();
  for (const RegionMapping& mapping : region.mappings)
    json["mappings"].push_back(mapping_json(mapping));
  return json;
}

Json pool_json(const PoolReading& pool) {
  Json json = Json::object();
  json["header_valid"] = pool.violations.trusted();
  json["header"] = structure_json(pool_header_structure, bytes_of(pool.header));
  json["violations"] = violations_json({pool.violations.begin(), pool.violations.size()});
  json["descriptor"] = structure_json(blk_descriptor_structure, bytes_of(pool.descriptor));
  json["parts"] = Json::array();
  for (const PoolPart& part : pool.parts) {
    Json entry = Json::object();
    add_text(entry, "path", part.path);
    add_number(entry, "size", part.size);
    entry["present"] = part.present;
    json["parts"].push_back(std::move(entry));
  }
  return json;
}

/// Mappings of an NFIT looked at alone name handles, not images.
Json nfit_json(const NfitReading& nfit) {
  Json json = {{"size", nfit.size}, {"structures", nfit.structures}, {"handles", nfit.handles}};
  json["regions"] = Json::array();
  for (std::size_t i = 0; i < nfit.regions.size(); ++i) {
    Json region = description_json(nfit.regions[i]);
    for (Json& mapping : region["mappings"]) {
      const Json device = mapping["device"];
      mapping["device"] = nullptr;
      mapping["handle"] =
          device.is_null() ? device : Json(nfit.handles.at(device.get<std::size_t>()));
    }
    region["line_size"] = nfit.interleaves[i].line_size;
    json["regions"].push_back(std::move(region));
  }
  return json;
}

}  // namespace

Json evidence_json(const EvidenceList& evidence) {
  Json list = Json::array();
  for (const Evidence& clue : evidence)
    list.push_back({{"clue", clue_name(clue.clue)},
                    {"offset", clue.where.offset},
                    {"size", clue.where.size},
                    {"value", clue.value}});
  return list;
}

Json device_json(const DeviceImage& device) {
  Json json = {{"index", device.index}};
  add_text(json, "path", device.path);
  json["kind"] = device_kind_name(device.kind);
  json["size"] = device.whole->size();
  json["data_size"] = device.data ? Json(device.data->size()) : Json(nullptr);
  json["evidence"] = evidence_json(device.evidence);
  if (device.area) json["label_area"] = label_area_json(*device.area);
  if (device.pool) json["pool"] = pool_json(*device.pool);
  if (device.nfit) json["nfit"] = nfit_json(*device.nfit);
  return json;
}

Json region_json(const RegionState& region) {
  Json json = description_json(region.description);
  json["inferred"] = region.inferred;
  json["cookies_known"] = region.cookies_known;
  add_number(json, "cookie1", region.cookies.cookie1);
  add_number(json, "cookie2", region.cookies.cookie2);
  add_number(json, "altcookie", region.cookies.altcookie);
  json["scan_fails"] = region.scan_fails;
  json["known"] = region.known;
  return json;
}

Json envelope(const ImageTree* tree, const JsonOptions& options) {
  Json json = json_head("show");
  for (const char* key : {"devices", "regions", "namespaces", "findings"})
    json[key] = Json::array();
  if (tree == nullptr) return json;
  if (options.only) {
    json["namespaces"].push_back(namespace_json(*tree, tree->namespaces[*options.only], options));
    return json;
  }
  for (const DeviceImage& device : tree->devices) json["devices"].push_back(device_json(device));
  for (const RegionState& region : tree->labels.regions)
    json["regions"].push_back(region_json(region));
  for (const NamespaceImage& ns : tree->namespaces)
    json["namespaces"].push_back(namespace_json(*tree, ns, options));
  return json;
}

}  // namespace ndmedic::cli
