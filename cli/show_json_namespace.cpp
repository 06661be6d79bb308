// SPDX-License-Identifier: BSD-3-Clause
// Namespaces and BTTs as JSON.
#include <algorithm>

#include <ndmedic/btt/sector_media.h>
#include <ndmedic/cli/show_json.h>
#include <ndmedic/cli/words.h>
#include <ndmedic/format/codec.h>

namespace ndmedic::cli {
namespace {

Json copy_json(const InfoCopy& copy) {
  Json json = {{"state", copy_state_name(copy.state)}, {"misplaced", copy.misplaced}};
  add_number(json, "offset", copy.place.value);
  json["violations"] = violations_json({copy.violations.begin(), copy.violations.size()});
  if (copy.has_bytes() && copy.state != CopyState::blank)
    json["info"] = structure_json(info_block_structure, bytes_of(copy.block));
  return json;
}

std::string_view used_name(InfoChoice used) {
  switch (used) {
    case InfoChoice::primary:
      return "primary";
    case InfoChoice::backup:
      return "backup";
    case InfoChoice::none:
      break;
  }
  return "none";
}

std::string_view difference_name(CopyDifference difference) {
  switch (difference) {
    case CopyDifference::equal:
      return "equal";
    case CopyDifference::flags_only:
      return "flags_only";
    case CopyDifference::generations:
      return "generations";
    case CopyDifference::not_compared:
      break;
  }
  return "not_compared";
}

Json lane_json(const LaneTable& lanes, const LaneReading& lane) {
  Json json = {{"lane", lane.lane.value},
               {"state", to_string(lane.state)},
               {"torn", lane.torn},
               {"current", nullptr},
               {"free_block", lane.free_block ? Json(lane.free_block->value) : Json(nullptr)},
               {"map_word", lane.map_word ? Json(lane.map_word->word) : Json(nullptr)}};
  if (!lane.current || !lanes.layout.layout) return json;
  json["current"] = *lane.current == FlogSlot::a ? "A" : "B";
  const FlogEntry& entry = lanes.entry(lane, *lane.current);
  json["entry"] = structure_json(flog_entry_structure, bytes_of(entry));
  json["old_block"] = entry.old_block().value;
  json["new_block"] = entry.new_block().value;
  return json;
}

Json layout_json(const LaneTable& lanes) {
  if (!lanes.layout.layout) return nullptr;
  return *lanes.layout.layout == FlogLayout::slots_0_1 ? "0,1" : "0,2";
}

Json flog_json(const LaneTable& lanes, const JsonOptions& options) {
  Json json = {{"lanes", lanes.layout.lanes},
               {"unread", lanes.layout.unread},
               {"layout", layout_json(lanes)},
               {"encoding", to_string(lanes.encoding)},
               {"torn", lanes.torn}};
  Json counts = Json::object();
  for (std::size_t i = 0; i < lane_state_count; ++i)
    counts[std::string(to_string(static_cast<LaneState>(i)))] = lanes.counts[i];
  json["counts"] = std::move(counts);
  json["free_blocks"] =
      std::count_if(lanes.lanes.begin(), lanes.lanes.end(),
                    [](const LaneReading& lane) { return lane.free_block.has_value(); });
  json["list"] = Json::array();
  for (const LaneReading& lane : lanes.lanes)
    if (options.all_lanes || !is_ordinary(lane)) json["list"].push_back(lane_json(lanes, lane));
  json["ranges"] = Json::array();
  for (const LaneRange& range : lanes.rest)
    json["ranges"].push_back(
        {{"first", range.first.value}, {"count", range.count}, {"state", to_string(range.state)}});
  return json;
}

Json census_json(const MapCensus& map) {
  Json json = {{"initial", map.initial},
               {"error", map.error},
               {"zero", map.zero},
               {"normal", map.normal},
               {"not_checked", map.not_checked},
               {"out_of_range", map.out_of_range},
               {"initial_low_bits", map.initial_low_bits},
               {"cancelled", map.cancelled}};
  json["error_ranges"] = Json::array();
  for (const PremapRange& range : map.error_ranges)
    json["error_ranges"].push_back({{"first", range.first.value}, {"count", range.count}});
  json["error_ranges_dropped"] = map.error_ranges_dropped;
  return json;
}

Json place_json(const ArenaPlace& place) {
  Json json = {{"offset", place.start.value}, {"size", place.size}};
  json["used"] = used_name(place.used);
  json["difference"] = difference_name(place.difference);
  json["backup_by_infooff"] = place.backup_by_infooff;
  json["primary"] = copy_json(place.primary);
  json["backup"] = copy_json(place.backup);
  if (!place.arena) return json;
  const Arena& arena = *place.arena;
  json["version"] = std::to_string(arena.version.major) + "." + std::to_string(arena.version.minor);
  json["uuid"] = to_string(arena.uuid, GuidOrder::text);
  json["parent_uuid"] = to_string(arena.parent_uuid, GuidOrder::text);
  json["error_flag"] = arena.error_flag();
  return json;
}

Json pfn_json(const PfnReading& pfn) {
  Json json = {{"kind", pfn.kind == PfnKind::fsdax ? "fsdax" : "devdax"},
               {"usable", pfn.usable},
               {"offset", pfn.offset},
               {"data_offset", pfn.data_offset},
               {"data_size", pfn.data_size}};
  json["info"] = structure_json(pfn_info_structure, bytes_of(pfn.block));
  json["violations"] = violations_json({pfn.violations.begin(), pfn.violations.size()});
  return json;
}

Json content_json(const Content& content) {
  Json json = {{"state", to_string(content.state)}};
  if (content.state != ContentState::found) return json;
  add_text(json, "type", content.type);
  add_text(json, "partition_table", content.partition_table);
  add_text(json, "label", content.label);
  add_text(json, "uuid", content.uuid);
  add_text(json, "version", content.version);
  return json;
}

}  // namespace

Json btt_json(const BttImage& btt, const JsonOptions& options) {
  Json json = {
      {"container", btt.options.context.container == BttContainer::pool ? "pool" : "namespace"},
      {"offset", btt.chain.initial_offset.value},
      {"size", btt.chain.rawsize},
      {"whole", btt.chain.whole()},
      {"external_nlba", btt.chain.external_nlba()},
      {"arenas_not_checked", btt.chain.arenas_not_checked}};
  json["arenas"] = Json::array();
  for (const ArenaPlace& place : btt.chain.places) json["arenas"].push_back(place_json(place));
  for (const ArenaImage& image : btt.arenas) {
    const Arena& arena = btt.arena(image);
    Json& json_arena = json["arenas"][image.place];
    json_arena["sector_size"] =
        sector_data_size(arena.geometry.external_lbasize, btt.options.context.container);
    json_arena["flog"] = flog_json(image.lanes, options);
    if (image.census) json_arena["map"] = census_json(*image.census);
  }
  return json;
}

Json namespace_json(const ImageTree& tree, const NamespaceImage& ns, const JsonOptions& options) {
  Json json = {{"index", ns.index}, {"uuid", to_string(ns.uuid, GuidOrder::text)}};
  add_text(json, "name", ns.name);
  add_number(json, "size", ns.size);
  json["device"] = ns.device ? Json(*ns.device) : Json(nullptr);
  json["personality"] = to_string(ns.personality);
  json["data"] = to_string(ns.unreachable);
  json["evidence"] = evidence_json(ns.evidence);
  if (ns.label) json["label"] = label_namespace_json(tree.labels.namespaces[*ns.label]);
  if (ns.btt) json["btt"] = btt_json(*ns.btt, options);
  if (ns.pfn) json["pfn"] = pfn_json(*ns.pfn);
  if (ns.content) json["content"] = content_json(*ns.content);
  return json;
}

}  // namespace ndmedic::cli
