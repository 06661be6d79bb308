// SPDX-License-Identifier: BSD-3-Clause
// Pool files: made by either side, judged by libpmempool.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include <ndmedic/btt/arena_chain.h>
#include <ndmedic/btt/lane_state.h>
#include <ndmedic/media/media.h>

namespace interop {

/// A folder of its own, removed at the end.
class ScratchFolder {
 public:
  ScratchFolder();
  ~ScratchFolder();
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;
  std::filesystem::path operator/(const char* name) const { return path_ / name; }

 private:
  std::filesystem::path path_;
};

inline constexpr std::uint64_t small_pool = std::uint64_t{17} << 20;

/// Formats a pool with our writer, in a new file that is one hole, or full of ones.
void create_ours(const std::filesystem::path& path, std::uint32_t bsize,
                 std::uint64_t size = small_pool, bool hole = true);
/// pmemblk_create(): header and descriptor only (btt.md FM-2).
void create_theirs(const std::filesystem::path& path, std::uint32_t bsize);
/// The same, and the first write, which formats; sector 0 is zeros.
void create_theirs_formatted(const std::filesystem::path& path, std::uint32_t bsize);

/// A copy that keeps holes; replaces what is at `copy`.
void copy_pool(const std::filesystem::path& pool, const std::filesystem::path& copy);

/// The options under which the BTT of a pool is opened.
ndmedic::ChainOptions pool_chain(const ndmedic::Media& pool);

/// What libpmempool's check says: nothing when the pool is consistent, else its errors.
std::vector<std::string> check(const std::filesystem::path& path);

/// Every lane of the pool's arenas.
std::vector<ndmedic::LaneTable> lanes_of(const std::filesystem::path& path);

}  // namespace interop
