// SPDX-License-Identifier: BSD-3-Clause
// Signatures in a stream of bytes at about the speed of memory: a filter of two bytes each over
// whole vectors, and a look at what it lets through.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <ndmedic/fsck/scan.h>

namespace ndmedic {

/// Bytes behind the last position that search_signatures() may look at.
inline constexpr std::size_t signature_lookahead = 64;

struct SignatureHit {
  SightingKind kind{};
  std::uint64_t position = 0;  ///< of the signature or GUID in the bytes
  std::uint32_t within = 0;    ///< where it stands in its structure
};

/// Signatures that begin at positions below `count`; `bytes` has signature_lookahead more. GUIDs of
/// labels are found at positions that are multiples of 4. Appends to `hits`, ascending.
void search_signatures(std::span<const std::byte> bytes, std::size_t count,
                       std::vector<SignatureHit>& hits);

}  // namespace ndmedic
