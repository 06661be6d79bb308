// SPDX-License-Identifier: BSD-3-Clause
// The media that harnesses change: made of recipes once, kept for all runs of a process.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <ndmedic/image/place_map.h>

#include "agreement/images.h"
#include "agreement/structures.h"

namespace fuzz {

struct BttBase {
  agreement::Sample sample{};
  const ndmedic::Media* media = nullptr;
  std::uint64_t initial_offset = 0;
  std::vector<ndmedic::ArenaPlaces> arenas{};
  std::uint64_t calls_allowed = 0;
};
/// One of a few small and large BTTs.
const BttBase& btt_base(std::size_t choice);

/// A recipe of corpora/ and the structures of what it makes.
struct ImageBase {
  std::string name{};
  std::string recipe{};
  std::vector<agreement::FoundStructure> structures{};
};
std::size_t image_base_count();
const ImageBase& image_base(std::size_t choice);

}  // namespace fuzz
