// SPDX-License-Identifier: BSD-3-Clause
// Reads one info block and says what stands there; shared by the chain and by detection.
#pragma once

#include <cstdint>
#include <optional>

#include <ndmedic/btt/arena_chain.h>

namespace ndmedic {

/// Where a copy is looked for and what it is judged against.
struct CopyQuery {
  std::optional<std::uint64_t> place{};  ///< bytes of the media; none: no such place
  std::uint64_t arena_start = 0;         ///< equal to `place` for a primary
  InfoContext context{};
  std::optional<BttVersion> version{};
};

/// One read of 4096 bytes at most, none in a hole. Errors: those of Media but absent, bad_media.
Result<InfoCopy> read_info_copy(const Media& media, const CopyQuery& query);

BttVersion version_of(const InfoBlock& info);

/// What a usable copy says of the arena that begins at `start`.
Arena arena_of(const InfoBlock& info, std::uint64_t index, NamespaceOffset start);

/// True when the copies differ in nothing but flags and the checksum (CC-8).
bool equal_but_flags(const InfoBlock& a, const InfoBlock& b);

}  // namespace ndmedic
