// SPDX-License-Identifier: BSD-3-Clause
// Single words of a map: looked up sorted, close ones read together, holes not read at all; stored.
#pragma once

#include <optional>
#include <vector>

#include <ndmedic/btt/arena.h>
#include <ndmedic/format/btt_map.h>
#include <ndmedic/media/media.h>

namespace ndmedic {

/// One word to look up, and what was found; none where the map is absent or bad.
struct MapQuery {
  PremapLba lba{};        ///< below the arena's external_nlba
  std::size_t asker = 0;  ///< kept for the caller
  std::optional<MapEntry> word{};
};

/// Fills in `word` of every query; sorts them by lba. Words less than 4 KiB apart are read in one
/// call of at most 64 KiB. Errors: those of Media but absent and bad_media.
Status look_up(const Media& ns, const Arena& arena, std::vector<MapQuery>& queries);

/// Stores and flushes one word; durable with the next fence. Errors: those of Media.
Status store_map_word(Media& ns, const Arena& arena, PremapLba lba, MapEntry word);

}  // namespace ndmedic
