// SPDX-License-Identifier: BSD-3-Clause
#include <ndmedic/cli/scan_json.h>

#include <fmt/format.h>

#include <array>

#include <ndmedic/cli/scan_advice.h>
#include <ndmedic/cli/words.h>

namespace ndmedic::cli {
namespace {

struct KindWords {
  std::string_view name;
  std::string_view text;
};

constexpr std::array<KindWords, sighting_kind_count> kind_words = {{
    {"btt_info", "BTT info block"},
    {"pfn_info", "fsdax (PFN) info block"},
    {"dax_info", "devdax (DAX) info block"},
    {"pool_header", "libpmemblk pool header"},
    {"index_block", "label index block"},
    {"label_1_1", "label 1.1"},
    {"label_1_2", "label 1.2"},
    {"cxl_namespace", "CXL namespace label"},
    {"cxl_region", "CXL region label"},
    {"flog", "flog"},
}};

std::string uuid_text(const Guid& uuid) { return to_string(uuid, GuidOrder::text); }

Json sighting_json(const Sighting& sighting) {
  Json json;
  json["kind"] = sighting_name(sighting.kind);
  add_number(json, "offset", sighting.offset);
  json["size"] = sighting.size;
  json["whole"] = sighting.whole;
  if (!sighting.uuid.is_null()) json["uuid"] = uuid_text(sighting.uuid);
  return json;
}

Json image_json(const std::string& path, const ImageProposal& image, const Media& media) {
  Json json;
  json["kind"] = device_kind_name(image.kind);
  add_number(json, "base", image.base);
  add_number(json, "length", image.length);
  json["length_known"] = image.length_known;
  add_number(json, "missing_before", image.missing_before);
  add_number(json, "missing_behind", image.missing_behind);
  json["as_it_is"] = opens_as_it_is(image, media);
  json["evidence"] = image.evidence;
  json["next"] = next_command(path, image, media);
  return json;
}

Json arena_json(const std::string& path, const ArenaProposal& proposal, const Media& media,
                const Guid& uuid) {
  const ArenaAdvice advice = advice_for(path, proposal, uuid, media);
  Json json;
  add_number(json, "flog", proposal.flog);
  add_number(json, "start", proposal.arena.start.value);
  add_number(json, "missing_before", proposal.missing_before);
  json["container"] = proposal.container == BttContainer::pool ? "pool" : "namespace";
  json["info"] = structure_json(info_block_structure, std::as_bytes(std::span(&advice.info, 1)));
  json["lanes_fitting"] = proposal.fitting;
  json["lanes_contradicting"] = proposal.contradicting;
  json["map_entries"] = proposal.map_entries;
  json["map_beyond"] = proposal.map_beyond;
  json["anchored"] = proposal.anchored;
  json["only"] = proposal.only;
  json["next"] = advice.command;
  return json;
}

}  // namespace

std::string_view sighting_name(SightingKind kind) {
  return kind_words[static_cast<std::size_t>(kind)].name;
}

std::string_view sighting_text(SightingKind kind) {
  return kind_words[static_cast<std::size_t>(kind)].text;
}

Json scan_json(const std::string& path, const Media& media, const ScanReport& report,
               const ScanProposals& proposals, const Guid& uuid) {
  Json json;
  add_text(json, "path", path);
  add_number(json, "size", media.size());
  add_number(json, "scanned", report.scanned);
  add_number(json, "skipped", report.skipped);
  add_number(json, "unreadable", report.unreadable);
  json["cancelled"] = report.cancelled;
  json["counts"] = Json::object();
  for (std::size_t kind = 0; kind < sighting_kind_count; ++kind)
    json["counts"][std::string(kind_words[kind].name)] = report.counts[kind];
  json["sightings"] = Json::array();
  for (const Sighting& sighting : report.sightings)
    json["sightings"].push_back(sighting_json(sighting));
  json["images"] = Json::array();
  for (const ImageProposal& image : proposals.images)
    json["images"].push_back(image_json(path, image, media));
  json["arenas"] = Json::array();
  for (const ArenaProposal& proposal : proposals.arenas)
    json["arenas"].push_back(arena_json(path, proposal, media, uuid));
  return json;
}

}  // namespace ndmedic::cli
