// SPDX-License-Identifier: BSD-3-Clause
// New uuids: random, or the same row each time from a seed.
#pragma once

#include <cstdint>
#include <optional>
#include <random>

#include <ndmedic/format/guid.h>
#include <ndmedic/format/result.h>

namespace ndmedic {

/// Not thread-safe.
class GuidSource {
 public:
  /// With a seed every source gives the same uuids, for images that must come out alike; without
  /// one they come from the system's entropy.
  explicit GuidSource(std::optional<std::uint64_t> seed = {});

  /// A random uuid (RFC 4122, version 4). Errors: io, when the system has no entropy.
  Result<Guid> next();

 private:
  std::optional<std::mt19937_64> engine_;
};

}  // namespace ndmedic
