// SPDX-License-Identifier: BSD-3-Clause
// Which copy is chosen, what an arena says, and the evidence that a probe gives.
#include <doctest/doctest.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include <unistd.h>

#include <ndmedic/media/file_media.h>

#include "scenario.h"

namespace ndmedic::test {
namespace {

TEST_CASE("E-11: geometry and addresses of the second arena") {
  BttBuilder btt(two_arenas_shape());
  const Reading reading = read_all(btt.media(), options_for(two_arenas_shape()));
  REQUIRE(reading.chain.places.size() == 2);
  const Arena& arena = *reading.chain.places[1].arena;
  CHECK(arena.start.value == 0x8000000000);
  CHECK(arena.first_lba.value == 134086520);
  CHECK(reading.chain.external_nlba() == 134086520 + 3829);
  CHECK(arena.geometry.internal_nlba == 4085);
  CHECK(arena.block({2}).value == 0x8000003000);
  CHECK(arena.map_entry({3}).value == 0x8000FF700C);
  CHECK(arena.flog_group({1}).value == 0x8000FFB040);
  CHECK(arena.backup().value == 0x8000FFF000);
}

TEST_CASE("IB-03: an arena has the flags of either copy") {
  BttBuilder btt;
  InfoBlock info = btt.info(0);
  info.flags = 1;
  btt.put_backup(0, info);
  const Reading reading = read_all(btt.media(), options_for({}));
  CHECK(reading.chain.places[0].used == InfoChoice::primary);
  CHECK(reading.chain.places[0].difference == CopyDifference::flags_only);
  CHECK(reading.chain.places[0].arena->error_flag());
}

TEST_CASE("IB-01: the backup is used when the primary is bad, and the lanes are read by it") {
  BttBuilder btt;
  btt.put_zeros(0, 16);
  const Reading reading = read_all(btt.media(), options_for({}));
  CHECK(reading.chain.places[0].used == InfoChoice::backup);
  CHECK(reading.chain.whole());
  CHECK(reading.lanes.at(0).count(LaneState::pristine) == 256);
}

TEST_CASE("FO-05: in a grown container the backup is found by the primary's infooff") {
  BttShape shape;
  shape.container = 3 << 24;
  BttBuilder btt(shape);
  const Reading reading = read_all(btt.media(), options_for(shape));
  CHECK(reading.chain.places[0].backup_by_infooff);
  CHECK(reading.chain.places[0].backup.place.value == 0xFFF000);
  CHECK(reading.chain.places[0].difference == CopyDifference::equal);
}

TEST_CASE("a primary of an older namespace gives way to a backup of this one (IB-04)") {
  BttBuilder btt;
  InfoBlock info = btt.info(0);
  info.parent_uuid = btt_uuid;
  btt.put_primary(0, info);
  const Reading reading = read_all(btt.media(), options_for({}));
  CHECK(reading.chain.places[0].used == InfoChoice::backup);
  CHECK(reading.ids() == std::set{ProblemId::info_generations_differ});
}

TEST_CASE("a wrong backup never stands in for a primary of another place (CH-06)") {
  BttShape v11;
  v11.container = v11.rawsize = std::uint64_t{1} << 26;
  v11.rawsize -= 4096;
  v11.initial_offset = 4096;
  v11.version = btt_version_1_1;
  BttBuilder btt(v11);
  btt.put_zeros(4096, 4096);
  ChainOptions options = options_for(v11);
  options.initial_offset = {0};
  options.version = btt_version_2_0;
  const Reading reading = read_all(btt.media(), options);
  CHECK(reading.chain.places.at(0).used == InfoChoice::none);
  CHECK_FALSE(reading.chain.found());
  CHECK(reading.ids().contains(ProblemId::backup_of_other_version));
}

TEST_CASE("a probe tells signature, checksum and whether the backup confirms the base") {
  BttBuilder btt;
  auto probe = probe_info(btt.media(), {0});
  REQUIRE(probe);
  CHECK(probe->convincing());
  CHECK(probe->backup);
  CHECK(probe->version == btt_version_2_0);
  CHECK(probe->uuid == btt_uuid);

  probe = probe_info(btt.media(), {4096});
  REQUIRE(probe);
  CHECK(probe->state == CopyState::blank);
  CHECK_FALSE(probe->signature);

  btt.put_zeros(32, 4);
  probe = probe_info(btt.media(), {0});
  REQUIRE(probe);
  CHECK(probe->signature);
  CHECK_FALSE(probe->checksum);
  CHECK_FALSE(probe->convincing());

  probe = probe_info(btt.media(), {~std::uint64_t{0} - 100});
  REQUIRE(probe);
  CHECK(probe->state == CopyState::nowhere);
}

/// A pool that pmempool makes, or an empty path where it is not installed.
std::filesystem::path make_pool() {
  if (std::system("command -v pmempool >/dev/null 2>&1") != 0) return {};
  std::string folder = (std::filesystem::temp_directory_path() / "ndmedic-pool-XXXXXX").string();
  REQUIRE(::mkdtemp(folder.data()) != nullptr);
  const auto path = std::filesystem::path(folder) / "pool";
  const std::string command = "pmempool create blk 512 -w -s 17M '" + path.string() + "'";
  const int status = std::system(command.c_str());
  REQUIRE(status == 0);
  return path;
}

TEST_CASE("L-1: a pool fresh from libpmemblk has a flagged flog and one zero entry") {
  const auto path = make_pool();
  if (path.empty()) {
    MESSAGE("pmempool is not installed: nothing compared");
    return;
  }
  auto file = FileMedia::open_read(path);
  REQUIRE(file);
  ChainOptions options;
  options.context.container = BttContainer::pool;
  options.initial_offset = {8192};
  options.version = btt_version_1_1;
  const Reading reading = read_all(**file, options);
  std::filesystem::remove_all(path.parent_path());
  REQUIRE(reading.lanes.size() == 1);
  CHECK(reading.findings.list().empty());
  const ArenaGeometry& g = reading.chain.places[0].arena->geometry;
  CHECK(g.external_nlba == 34218);
  CHECK(g.internal_nlba == 34474);
  CHECK(g.flogoff == 0x10F9000);
  CHECK(reading.lanes[0].count(LaneState::pristine) == 256);
  CHECK(reading.lanes[0].encoding == FlogEncoding::flagged);
  CHECK(reading.maps[0].zero == 1);
  CHECK(reading.maps[0].initial == 34217);
}

}  // namespace
}  // namespace ndmedic::test
