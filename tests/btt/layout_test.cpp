// SPDX-License-Identifier: BSD-3-Clause
// Layouts against the vectors of btt.md 2.3 and 2.7, and against what Linux and libpmemblk wrote.
#include <ndmedic/btt/layout.h>

#include <doctest/doctest.h>

#include <array>

#include <nlohmann/json.hpp>

#include <ndmedic/btt/pool_layout.h>
#include <ndmedic/format/byte_runs.h>
#include <ndmedic/format/codec.h>
#include <ndmedic/media/trace_media.h>
#include <ndmedic/media/view.h>

#include "btt_builder.h"
#include "real_image.h"

namespace ndmedic::test {
namespace {

using Json = nlohmann::json;

constexpr std::uint64_t mib = std::uint64_t{1} << 20;
constexpr std::uint64_t gib = std::uint64_t{1} << 30;

FormatPlan vector_plan(std::uint32_t sector, BttVersion version) {
  FormatPlan plan;
  plan.uuid = btt_uuid;
  plan.parent_uuid = namespace_uuid;
  // The vectors of 2.3 spell the parent 0123456789abcdef twice.
  for (std::size_t i = 0; i < 8; ++i) plan.parent_uuid.bytes[8 + i] = plan.parent_uuid.bytes[i];
  plan.version = version;
  plan.external_lbasize = sector;
  return plan;
}

FormatPlan pool_plan(std::uint32_t sector) {
  FormatPlan plan = vector_plan(sector, btt_version_1_1);
  plan.container = BttContainer::pool;
  plan.rule = GeometryRule::pmemblk;
  return plan;
}

std::vector<std::byte> read(const Media& media, std::uint64_t offset, std::uint64_t size) {
  std::vector<std::byte> bytes(size);
  REQUIRE(media.read(offset, bytes));
  return bytes;
}

template <class T>
T structure(const Media& media, std::uint64_t offset) {
  auto read = read_structure<T>(media, offset);
  REQUIRE(read);
  return *read;
}

struct Vector {
  std::string_view name;
  std::uint64_t size;
  FormatPlan plan;
  std::vector<std::uint64_t> checksums;  // one an arena
};

const std::vector<Vector>& vectors() {
  static const std::vector<Vector> list = {
      {"E-1", 16 * mib, vector_plan(512, btt_version_2_0), {0xE65D74331329414C}},
      {"E-3", 64 * mib, vector_plan(4096, btt_version_2_0), {0xFEC4A4531C29DF8A}},
      {"E-4", 64 * mib, vector_plan(4096, btt_version_1_1), {0x01FC78801C2AAF87}},
      {"E-5", gib, vector_plan(512, btt_version_1_1), {0xC570C9A0CFEB9435}},
      {"E-6", gib, vector_plan(520, btt_version_2_0), {0xDD531563CFF1C2BA}},
      {"E-8",
       1024 * gib,
       vector_plan(4096, btt_version_2_0),
       {0x4840CBC4002E62A5, 0x483ED644002E6225}},
      {"E-9",
       768 * gib,
       vector_plan(512, btt_version_1_1),
       {0x147061519129414C, 0x2797F151D0AA11F8}},
      {"L-1", 17 * mib, pool_plan(512), {0xA3BB34401359D10B}},
      {"L-2", 17 * mib, pool_plan(520), {0xA50F18D0135A28C3}},
      {"L-3", 64 * mib, pool_plan(4096), {0x014150A01C2A7F85}},
  };
  return list;
}

TEST_CASE("a format writes the info blocks of the published vectors, twice each") {
  for (const Vector& vector : vectors()) {
    INFO(vector.name);
    SparseMedia media(vector.size);
    REQUIRE(format_btt(media, vector.plan));
    const auto arenas = lay_out(vector.size, vector.plan);
    REQUIRE(arenas);
    REQUIRE(arenas->size() == vector.checksums.size());
    for (std::size_t i = 0; i < arenas->size(); ++i) {
      const Arena& arena = (*arenas)[i];
      CHECK(arena.start.value ==
            initial_offset(vector.plan.container, vector.plan.version).value + i * 512 * gib);
      CHECK(structure<InfoBlock>(media, arena.start.value).checksum.value() == vector.checksums[i]);
      CHECK(read(media, arena.start.value, 4096) == read(media, arena.backup().value, 4096));
    }
  }
}

TEST_CASE("a format leaves nothing to be found by the readers but a healthy BTT") {
  for (const Vector& vector : vectors()) {
    INFO(vector.name);
    SparseMedia media(vector.size);
    REQUIRE(format_btt(media, vector.plan));
    ChainOptions options;
    options.context.container = vector.plan.container;
    options.initial_offset = initial_offset(vector.plan.container, vector.plan.version);
    options.parent_uuid = vector.plan.parent_uuid;
    options.version = vector.plan.version;
    const Reading reading = read_all(media, options);
    CHECK(reading.ids().empty());
    CHECK(reading.chain.whole());
    const auto arenas = lay_out(vector.size, vector.plan);
    for (std::size_t i = 0; i < reading.lanes.size(); ++i) {
      CHECK(reading.lanes[i].count(LaneState::pristine) == 256);
      CHECK(reading.chain.places[i].arena->first_lba == (*arenas)[i].first_lba);
    }
  }
}

TEST_CASE("flog entries are Linux's in a namespace and libpmemblk's in a pool") {
  // btt.md 2.7: lane 3 of E-1 and the trace of pool L-1.
  SparseMedia ns(16 * mib);
  REQUIRE(format_btt(ns, vector_plan(512, btt_version_2_0)));
  const FlogEntry plain = structure<FlogEntry>(ns, 0xFFB000 + 3 * 64);
  CHECK(plain.lba.value() == 3);
  CHECK(plain.old_map.value() == 32202 + 3);
  CHECK(plain.new_map.value() == 32202 + 3);
  CHECK(plain.seq.value() == 1);
  SparseMedia pool(17 * mib);
  REQUIRE(format_btt(pool, pool_plan(512)));
  const FlogEntry flagged = structure<FlogEntry>(pool, 8192 + 0x10F9000);
  CHECK(flagged.lba.value() == 0);
  CHECK(flagged.old_map.value() == 0x800085AA);
  CHECK(flagged.new_map.value() == 0x800085AA);
  CHECK(flagged.seq.value() == 1);
}

TEST_CASE("a flog that does not fill its last page is padded with zeros, over anything") {
  SparseMedia media(16 * mib);
  FormatPlan plan = vector_plan(4096, btt_version_2_0);
  plan.nfree = 65;
  const auto arenas = lay_out(media.size(), plan);
  REQUIRE(arenas);
  const ArenaGeometry& g = arenas->front().geometry;
  REQUIRE(media.write(g.mapoff, std::vector<std::byte>(g.infooff - g.mapoff, std::byte{0xEE})));
  REQUIRE(format_btt(media, plan));
  CHECK(all_zero(read(media, g.mapoff, g.flogoff - g.mapoff)));
  CHECK(g.infooff - g.flogoff == 8192);
  CHECK(structure<FlogEntry>(media, g.flogoff + 64 * 64).lba.value() == 64);
  CHECK(all_zero(read(media, g.flogoff + 65 * 64, 8192 - 65 * 64)));
}

TEST_CASE("a tebibyte costs what its structures cost, and stays sparse") {
  SparseMedia media(1024 * gib);
  TraceMedia trace(media);
  REQUIRE(format_btt(trace, vector_plan(4096, btt_version_2_0)));
  CHECK(trace.calls().size() < 100);
  CHECK(trace.bytes(MediaCall::Kind::read) < 1024);
  CHECK(media.page_count() <= 2 * (1 + 4 + 1));
}

TEST_CASE("what was written is flushed, and the last call is a fence") {
  SparseMedia media(16 * mib);
  TraceMedia trace(media);
  REQUIRE(format_btt(trace, vector_plan(512, btt_version_2_0)));
  const auto calls = trace.calls();
  CHECK(calls.back().kind == MediaCall::Kind::fence);
  CHECK(trace.count(MediaCall::Kind::fence) == 3);
  for (std::size_t i = 0; i < calls.size(); ++i) {
    if (calls[i].kind != MediaCall::Kind::write) continue;
    REQUIRE(i + 1 < calls.size());
    CHECK(calls[i + 1] == MediaCall{MediaCall::Kind::flush, calls[i].range});
  }
}

TEST_CASE("sizes, sectors, lanes and versions that no BTT can have are refused, nothing written") {
  struct Refusal {
    std::uint64_t size;
    FormatPlan plan;
    std::string_view what;
  };
  FormatPlan no_lanes = vector_plan(512, btt_version_2_0);
  no_lanes.nfree = 0;
  FormatPlan many_lanes = vector_plan(512, btt_version_2_0);
  many_lanes.nfree = 40000;
  FormatPlan libpmemblk_1 = vector_plan(1, btt_version_2_0);
  libpmemblk_1.rule = GeometryRule::pmemblk;
  const std::vector<Refusal> refusals = {
      {16 * mib - 1, vector_plan(512, btt_version_2_0), "size of the BTT"},
      {16 * mib + 4095, vector_plan(512, btt_version_1_1), "size of the BTT"},
      {16 * mib + 8191, pool_plan(512), "size of the BTT"},
      {0, vector_plan(512, btt_version_2_0), "size of the BTT"},
      {16 * mib, vector_plan(1024, btt_version_2_0), "sector size"},
      {16 * mib, vector_plan(0, btt_version_2_0), "sector size"},
      {17 * mib, pool_plan(0), "sector size"},
      {17 * mib, pool_plan(65536), "number of lanes"},
      {17 * mib, pool_plan(1U << 24), "sector size"},
      {16 * mib, no_lanes, "number of lanes"},
      {16 * mib, many_lanes, "number of lanes"},
      {16 * mib, vector_plan(512, {1, 0}), "version"},
      {std::uint64_t{1} << 52, vector_plan(512, btt_version_2_0), "size of the BTT"},
  };
  for (const Refusal& refusal : refusals) {
    SparseMedia media(refusal.size);
    const Status status = format_btt(media, refusal.plan);
    REQUIRE_FALSE(status);
    CHECK(status.error().what == refusal.what);
    CHECK(media.page_count() == 0);
  }
  SparseMedia media(16 * mib);
  CHECK(format_btt(media, libpmemblk_1));
  CHECK(format_btt(media, vector_plan(4224, btt_version_2_0)));
}

TEST_CASE("the arenas of a layout are cut as published, down to the smallest second one") {
  // btt.md 2.7: E-10 (idle tail), E-11 (smallest second arena), E-12 (unaligned).
  const auto one = lay_out(0x8000800000, vector_plan(512, btt_version_2_0));
  REQUIRE(one);
  CHECK(one->size() == 1);
  CHECK(one->front().nextoff == 0);
  const auto two = lay_out(0x8001001000, vector_plan(4096, btt_version_1_1));
  REQUIRE(two);
  REQUIRE(two->size() == 2);
  CHECK(two->front().nextoff == 0x8000000000);
  CHECK(two->back().start.value == 0x8000001000);
  CHECK(two->back().geometry.external_nlba == 3829);
  const auto unaligned = lay_out(0x40003039, vector_plan(512, btt_version_2_0));
  REQUIRE(unaligned);
  CHECK(unaligned->front().geometry.infooff == 0x40002000);
}

// What others wrote.

FormatPlan plan_of(const Json& fact, bool pool) {
  FormatPlan plan;
  plan.uuid = *parse_guid(fact.at("uuid").get<std::string>(), GuidOrder::text);
  plan.parent_uuid = *parse_guid(fact.at("parent_uuid").get<std::string>(), GuidOrder::text);
  plan.version = {fact.at("major").get<std::uint16_t>(), fact.at("minor").get<std::uint16_t>()};
  plan.external_lbasize = fact.at("external_lbasize");
  if (pool) plan.container = BttContainer::pool;
  if (pool) plan.rule = GeometryRule::pmemblk;
  return plan;
}

/// Every byte that a formatter writes and no later write changes.
void check_arena(const Media& made, const Media& found, const Json& fact, const Arena& arena) {
  CHECK(read(made, arena.start.value, 4096) == read(found, arena.start.value, 4096));
  CHECK(read(made, arena.backup().value, 4096) == read(found, arena.backup().value, 4096));
  const std::vector<std::uint32_t> written = fact.at("lanes_written");
  std::uint32_t compared = 0;
  for (std::uint32_t lane = 0; lane < arena.geometry.nfree; ++lane) {
    if (std::ranges::find(written, lane) != written.end()) continue;
    const std::uint64_t at = arena.flog_group({lane}).value;
    CHECK(read(made, at, flog_group_size) == read(found, at, flog_group_size));
    ++compared;
  }
  CHECK(compared == arena.geometry.nfree - written.size());
  const std::uint64_t tail = arena.map().offset + arena.map().size;
  const std::uint64_t tail_size = arena.start.value + arena.geometry.flogoff - tail;
  CHECK(read(made, tail, tail_size) == read(found, tail, tail_size));
}

TEST_CASE("formatted with the same uuids, arenas are those that Linux and libpmemblk made") {
  int arenas_seen = 0;
  for (const auto& entry :
       std::filesystem::directory_iterator(NDMEDIC_SOURCE_DIR "/corpora/real")) {
    if (!std::filesystem::exists(entry.path() / "facts.json")) continue;
    const Json facts = Json::parse(text_of(entry.path() / "facts.json"));
    for (const Json& ns : facts.value("namespaces", Json::array())) {
      if (!ns.contains("arenas") || ns.at("extents").size() != 1) continue;
      const Json& extent = ns.at("extents").at(0);
      for (const Json& file : facts.at("files")) {
        if (file.at("unpacked") != extent.at("file")) continue;
        INFO(entry.path().string());
        const auto image =
            unpack(entry.path() / file.at("packed").get<std::string>(), file.at("size"));
        const auto found = View::slice(*image, extent.at("offset"), extent.at("size"));
        REQUIRE(found);
        const FormatPlan plan = plan_of(ns.at("arenas").at(0), file.at("kind") == "pool");
        SparseMedia made((*found)->size());
        REQUIRE(format_btt(made, plan));
        const auto arenas = lay_out(made.size(), plan);
        REQUIRE(arenas->size() == ns.at("arenas").size());
        for (std::size_t i = 0; i < arenas->size(); ++i)
          check_arena(made, **found, ns.at("arenas").at(i), (*arenas)[i]);
        arenas_seen += static_cast<int>(arenas->size());
      }
    }
  }
  CHECK(arenas_seen >= 16);
}

TEST_CASE("a pool has the header and the descriptor that libpmemblk writes") {
  for (const std::string name : {"pool-512", "pool-4096"}) {
    INFO(name);
    const auto found =
        unpack(NDMEDIC_SOURCE_DIR "/corpora/real/" + name + "/pool.img.zst", 17825792);
    const auto header = structure<PoolHeader>(*found, 0);
    PoolFormat format;
    format.uuid = header.uuid;
    format.poolset_uuid = header.poolset_uuid;
    format.crtime = header.crtime.value();
    format.btt_uuid = structure<InfoBlock>(*found, 8192).uuid;
    format.bsize = name == "pool-512" ? 512 : 4096;
    SparseMedia made(found->size());
    REQUIRE(format_pool(made, format));
    CHECK(read(made, 0, 4096) == read(*found, 0, 4096));
    CHECK(read(made, 4096, 8) == read(*found, 4096, 8));
    CHECK(read(made, 8192, 4096) == read(*found, 8192, 4096));
  }
}

TEST_CASE("a pool over old bytes does not claim that its file was zero") {
  SparseMedia media(17 * mib);
  REQUIRE(media.write(5 * mib, std::vector<std::byte>(16, std::byte{1})));
  PoolFormat format;
  format.uuid = btt_uuid;
  REQUIRE(format_pool(media, format));
  CHECK(structure<BlkDescriptor>(media, 4096).is_zeroed.value() == 0);
}

}  // namespace
}  // namespace ndmedic::test
