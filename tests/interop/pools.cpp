// SPDX-License-Identifier: BSD-3-Clause
#include "pools.h"

#include <doctest/doctest.h>
#include <libpmemblk.h>
#include <libpmempool.h>
#include <stdlib.h>
#include <unistd.h>

#include <fstream>

#include <ndmedic/btt/pool_layout.h>
#include <ndmedic/media/copy.h>
#include <ndmedic/media/file_media.h>

namespace interop {

using namespace ndmedic;
namespace fs = std::filesystem;

namespace {

/// Memory where there is enough of it: a killed process loses nothing there either.
fs::path place_for_pools() {
  constexpr std::uintmax_t wanted = std::uintmax_t{128} << 20;
  const fs::path memory = "/dev/shm";
  std::error_code error;
  const fs::space_info space = fs::space(memory, error);
  if (!error && space.available >= wanted && ::access(memory.c_str(), W_OK) == 0) return memory;
  return fs::temp_directory_path();
}

}  // namespace

ScratchFolder::ScratchFolder() {
  std::string name = place_for_pools() / "interop-XXXXXX";
  REQUIRE(::mkdtemp(name.data()) != nullptr);
  path_ = name;
}

ScratchFolder::~ScratchFolder() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

void create_ours(const fs::path& path, std::uint32_t bsize, std::uint64_t size, bool hole) {
  {
    std::ofstream file(path, std::ios::binary);
    if (!hole) file << std::string(size, '\xFF');
  }
  fs::resize_file(path, size);
  auto media = FileMedia::open_write(path);
  REQUIRE(media);
  PoolFormat format;
  format.uuid = guid_literal("6d1b6ed6-26a5-4a2f-9a1c-0f30a1b2c3d4", GuidOrder::text);
  format.poolset_uuid = guid_literal("0e0e8a5b-4f3c-4b1d-8f6e-112233445566", GuidOrder::text);
  format.btt_uuid = guid_literal("a3f1c2d4-5b6a-4798-8877-665544332211", GuidOrder::text);
  format.bsize = bsize;
  format.crtime = 1700000000;
  REQUIRE(format_pool(**media, format));
}

void create_theirs(const fs::path& path, std::uint32_t bsize) {
  PMEMblkpool* const pool = pmemblk_create(path.c_str(), bsize, small_pool, 0600);
  REQUIRE_MESSAGE(pool != nullptr, pmemblk_errormsg());
  pmemblk_close(pool);
}

void create_theirs_formatted(const fs::path& path, std::uint32_t bsize) {
  create_theirs(path, bsize);
  PMEMblkpool* const pool = pmemblk_open(path.c_str(), bsize);
  REQUIRE(pool != nullptr);
  CHECK(pmemblk_set_error(pool, 0) == 0);
  CHECK(pmemblk_set_zero(pool, 0) == 0);
  pmemblk_close(pool);
}

void copy_pool(const fs::path& pool, const fs::path& copy) {
  fs::remove(copy);
  std::ofstream(copy, std::ios::binary).flush();
  fs::resize_file(copy, fs::file_size(pool));
  const auto from = FileMedia::open_read(pool);
  const auto into = FileMedia::open_write(copy);
  REQUIRE(from);
  REQUIRE(into);
  REQUIRE(copy_data(**from, **into));
}

ChainOptions pool_chain(const Media& pool) {
  ChainOptions options;
  options.context.container = BttContainer::pool;
  options.initial_offset = initial_offset(BttContainer::pool, btt_version_1_1);
  if (const auto header = read_structure<PoolHeader>(pool, 0))
    options.parent_uuid = header->poolset_uuid;
  return options;
}

std::vector<std::string> check(const fs::path& path) {
  const std::string name = path.string();
  pmempool_check_args arguments = {};
  arguments.path = name.c_str();
  arguments.pool_type = PMEMPOOL_POOL_TYPE_BLK;
  arguments.flags = PMEMPOOL_CHECK_FORMAT_STR;
  PMEMpoolcheck* const context = pmempool_check_init(&arguments, sizeof arguments);
  if (context == nullptr) return {pmempool_errormsg()};
  std::vector<std::string> errors;
  while (const pmempool_check_status* status = pmempool_check(context))
    if (status->type == PMEMPOOL_CHECK_MSG_TYPE_ERROR) errors.emplace_back(status->str.msg);
  if (pmempool_check_end(context) != PMEMPOOL_CHECK_RESULT_CONSISTENT && errors.empty())
    errors.emplace_back("not consistent");
  return errors;
}

std::vector<LaneTable> lanes_of(const fs::path& path) {
  const auto media = FileMedia::open_read(path);
  REQUIRE(media);
  Findings findings;
  const ChainOptions options = pool_chain(**media);
  const auto chain = read_arena_chain(**media, options, findings);
  REQUIRE(chain);
  std::vector<LaneTable> tables;
  for (const ArenaPlace& place : chain->places) {
    REQUIRE(place.arena);
    auto lanes = read_lanes(**media, *place.arena, options.context, findings);
    REQUIRE(lanes);
    tables.push_back(std::move(*lanes));
  }
  return tables;
}

}  // namespace interop
