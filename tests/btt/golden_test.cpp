// SPDX-License-Identifier: BSD-3-Clause
// Real BTTs against what is known of them: the committed ones against facts.json, the large ones
// against the listing of an independent inspector.
#include <doctest/doctest.h>

#include <array>
#include <regex>

#include <nlohmann/json.hpp>

#include "btt_builder.h"
#include "real_image.h"

namespace ndmedic::test {
namespace {

using Json = nlohmann::json;

/// A namespace within an image, which starts at `offset` of it.
class Window final : public Media {
 public:
  Window(const Media& image, Extent range) : image_(image), range_(range) {}
  std::uint64_t size() const override { return range_.size; }
  Status read(std::uint64_t offset, std::span<std::byte> into) const override {
    return image_.read(range_.offset + offset, into);
  }
  Status write(std::uint64_t offset, std::span<const std::byte>) override {
    return Error{Errc::read_only, {offset, 0}, "window"};
  }
  Status flush(Extent) override { return {}; }
  Status fence() override { return {}; }
  MediaTraits traits() const override { return {}; }
  Result<ExtentRun> run_at(std::uint64_t offset, std::uint64_t limit) const override {
    auto run = image_.run_at(range_.offset + offset, range_.offset + limit);
    if (run) run->range.offset -= range_.offset;
    return run;
  }

 private:
  const Media& image_;
  Extent range_;
};

std::vector<std::uint32_t> lanes_where(const LaneTable& table, auto condition) {
  std::vector<std::uint32_t> lanes;
  for (const LaneReading& lane : table.lanes)
    if (condition(lane)) lanes.push_back(lane.lane.value);
  return lanes;
}

void check_arena(const Json& fact, const ArenaPlace& place, const LaneTable& lanes,
                 const MapCensus& map) {
  REQUIRE(place.arena);
  const Arena& arena = *place.arena;
  const ArenaGeometry& g = arena.geometry;
  CHECK(arena.start.value == fact.at("offset"));
  CHECK(to_string(arena.uuid, GuidOrder::text) == fact.at("uuid"));
  CHECK(to_string(arena.parent_uuid, GuidOrder::text) == fact.at("parent_uuid"));
  CHECK(arena.version.major == fact.at("major"));
  CHECK(arena.nextoff == fact.at("nextoff"));
  CHECK(g.external_lbasize == fact.at("external_lbasize"));
  CHECK(g.external_nlba == fact.at("external_nlba"));
  CHECK(g.internal_lbasize == fact.at("internal_lbasize"));
  CHECK(g.internal_nlba == fact.at("internal_nlba"));
  CHECK(g.nfree == fact.at("nfree"));
  CHECK(g.mapoff == fact.at("mapoff"));
  CHECK(g.flogoff == fact.at("flogoff"));
  CHECK(g.infooff == fact.at("infooff"));
  CHECK(place.difference == CopyDifference::equal);
  const bool first_slots = lanes.layout.layout == FlogLayout::slots_0_1;
  CHECK((first_slots ? "0,1" : "0,2") == fact.at("flog_layout"));
  CHECK(Json(lanes_where(lanes, [](const LaneReading& lane) {
          return lane.state != LaneState::pristine;
        })) == fact.at("lanes_written"));
  CHECK(Json(lanes_where(lanes, [](const LaneReading& lane) {
          return lane.state == LaneState::interrupted;
        })) == fact.at("lanes_interrupted"));
  CHECK(Json(lanes_where(lanes, [](const LaneReading& lane) { return lane.torn; })) ==
        fact.at("lanes_half_overwritten"));
  if (!fact.contains("map")) return;
  CHECK(map.initial == fact.at("map").at("initial"));
  CHECK(map.error == fact.at("map").at("error"));
  CHECK(map.zero == fact.at("map").at("zero"));
  CHECK(map.normal == fact.at("map").at("normal"));
}

ChainOptions options_of(const Json& ns, bool pool) {
  ChainOptions options;
  options.context.container = pool ? BttContainer::pool : BttContainer::ns;
  options.initial_offset = {ns.at("info_offset").get<std::uint64_t>()};
  options.version = options.initial_offset.value == 0 ? btt_version_2_0 : btt_version_1_1;
  const Json& uuid = ns.at("uuid");  // null: label-less
  options.parent_uuid =
      uuid.is_null() ? Guid{} : parse_guid(uuid.get<std::string>(), GuidOrder::text);
  options.expected = true;
  return options;
}

/// True when the namespace holds a BTT in one piece of one file of this image.
bool is_plain_btt(const Json& ns) {
  return ns.contains("arenas") && ns.contains("info_offset") && ns.at("extents").size() == 1;
}

int check_image(const std::filesystem::path& folder) {
  const Json facts = Json::parse(text_of(folder / "facts.json"));
  int seen = 0;
  for (const Json& ns : facts.value("namespaces", Json::array())) {
    if (!is_plain_btt(ns)) continue;
    INFO(folder.string());
    const Json& extent = ns.at("extents").at(0);
    for (const Json& file : facts.at("files")) {
      if (file.at("unpacked") != extent.at("file")) continue;
      const auto image = unpack(folder / file.at("packed").get<std::string>(), file.at("size"));
      const Window window(*image, {extent.at("offset"), extent.at("size")});
      const Reading reading = read_all(window, options_of(ns, file.at("kind") == "pool"));
      REQUIRE(reading.lanes.size() == ns.at("arenas").size());
      for (std::size_t i = 0; i < reading.lanes.size(); ++i)
        check_arena(ns.at("arenas").at(i), reading.chain.places[i], reading.lanes[i],
                    reading.maps[i]);
      CHECK(reading.findings.worst().value_or(Severity::note) <= Severity::needs_recovery);
      ++seen;
    }
  }
  return seen;
}

TEST_CASE("committed real images read as the systems that wrote them say") {
  int seen = 0;
  for (const auto& entry : std::filesystem::directory_iterator(NDMEDIC_SOURCE_DIR "/corpora/real"))
    if (std::filesystem::exists(entry.path() / "facts.json")) seen += check_image(entry.path());
  CHECK(seen >= 10);
}

struct Listed {
  const char* name;
  std::uint64_t size;     ///< of the image
  std::uint64_t ns_size;  ///< the namespace starts at byte 0
  std::uint64_t initial_offset;
};

constexpr std::array listed = {
    Listed{"v12-sector-512", 67239936, 0x4000000, 0},
    Listed{"v12-sector-520", 33685504, 0x2000000, 0},
    Listed{"v11-labels", 67239936, 0x4000000, 4096},
    Listed{"labelless-4096", 67108864, 0x4000000, 4096},
    Listed{"crash-1", 67239936, 0x4000000, 0},
    Listed{"crash-3", 67239936, 0x4000000, 0},
    Listed{"crash-5", 67239936, 0x4000000, 0},
};

std::string entry_text(const FlogEntry& entry) {
  std::array<char, 96> text{};
  std::snprintf(text.data(), text.size(), "lba=%u old=0x%08x new=0x%08x seq=%u", entry.lba.value(),
                entry.old_map.value(), entry.new_map.value(), entry.seq.value());
  return text.data();
}

std::string list_text(const std::vector<std::uint32_t>& lanes) {
  std::string text = "[";
  for (const std::uint32_t lane : lanes)
    text += (text.size() > 1 ? ", " : "") + std::to_string(lane);
  return text + "]";
}

void check_listing(const std::string& facts, const Reading& reading) {
  const Arena& arena = *reading.chain.places.at(0).arena;
  const ArenaGeometry& g = arena.geometry;
  const LaneTable& lanes = reading.lanes.at(0);
  const MapCensus& map = reading.maps.at(0);
  const auto has = [&](const std::string& text) {
    INFO(text);
    CHECK(facts.find(text) != std::string::npos);
  };
  has("ext=" + std::to_string(g.external_nlba) + "x" + std::to_string(g.external_lbasize) +
      " int=" + std::to_string(g.internal_nlba) + "x" + std::to_string(g.internal_lbasize) +
      " nfree=256 ");
  has(" uuid=" + to_string(arena.uuid, GuidOrder::text) +
      " parent=" + to_string(arena.parent_uuid, GuidOrder::text));
  has("initial(00)=" + std::to_string(map.initial) +
      " error(01)=0 trim(10)=0 normal(11)=" + std::to_string(map.normal) + " ");
  has("MAP-PENDING lanes=" + list_text(lanes_where(lanes, [](const LaneReading& lane) {
        return lane.state == LaneState::interrupted;
      })));
  has("TORN-FLOG lanes=" +
      list_text(lanes_where(lanes, [](const LaneReading& lane) { return lane.torn; })));
  std::size_t used = 0;
  for (const LaneReading& lane : lanes.lanes) {
    if (lane.state == LaneState::pristine) continue;
    ++used;
    has("lane   " + std::to_string(lane.lane.value) + ": [0] " +
        entry_text(lanes.entry(lane, FlogSlot::a)) + "  [1] " +
        entry_text(lanes.entry(lane, FlogSlot::b)));
  }
  CHECK(used > 0);
  CHECK(lanes.encoding == FlogEncoding::unflagged);
}

TEST_CASE("large real images read as an independent inspector lists them") {
  const auto folder = shared_images();
  if (folder.empty()) {
    MESSAGE("no folder of large real images: nothing compared");
    return;
  }
  for (const Listed& image : listed) {
    INFO(std::string(image.name));
    const auto media = unpack(folder / (std::string(image.name) + ".img.zst"), image.size);
    const Window window(*media, {0, image.ns_size});
    ChainOptions options;
    options.initial_offset = {image.initial_offset};
    options.version = image.initial_offset == 0 ? btt_version_2_0 : btt_version_1_1;
    const Reading reading = read_all(window, options);
    check_listing(text_of(folder / "facts" / image.name / "inspect.txt"), reading);
    const bool pending = std::string_view(image.name) == "crash-3";
    CHECK(reading.findings.list().size() == (pending ? 1 : 0));
    if (pending) CHECK(reading.findings.list().at(0).id == ProblemId::flog_write_interrupted);
  }
}

}  // namespace
}  // namespace ndmedic::test
