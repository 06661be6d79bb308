// SPDX-License-Identifier: BSD-3-Clause
// The arenas of a BTT as text: geometry, lanes, map.
#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include <ndmedic/btt/sector_media.h>
#include <ndmedic/cli/show_text.h>
#include <ndmedic/cli/text.h>
#include <ndmedic/cli/words.h>
#include <ndmedic/format/codec.h>

namespace ndmedic::cli {
namespace {

/// Sectors and bytes that a user of the BTT sees, over all arenas that are known.
void print_sectors(const BttImage& btt, Outline& outline) {
  if (btt.arenas.empty()) return;
  const ArenaPlace& first = btt.chain.places[btt.arenas.front().place];
  const std::uint32_t external = first.arena->geometry.external_lbasize;
  const std::uint32_t seen = sector_data_size(external, btt.options.context.container);
  const std::uint64_t sectors = btt.chain.external_nlba();
  std::string text = fmt::format("{} sectors of {} bytes", sectors, seen);
  if (seen != external) text += fmt::format(" and {} of metadata", external - seen);
  text += fmt::format(": {}", size_text(sectors * seen));
  if (!btt.chain.whole()) text += ", without the arenas that are lost";
  outline.row(1, "data", text);
}

std::string copies_text(const ArenaPlace& place) {
  std::string text = fmt::format("primary {}, backup {}", copy_state_name(place.primary.state),
                                 copy_state_name(place.backup.state));
  if (place.difference == CopyDifference::equal) text += ", equal";
  if (place.difference == CopyDifference::flags_only) text += ", different in flags";
  if (place.difference == CopyDifference::generations) text += ", of different contents";
  if (place.used == InfoChoice::backup) text += "; read by the backup";
  return text;
}

void print_geometry(const Arena& arena, Outline& outline) {
  const ArenaGeometry& geometry = arena.geometry;
  outline.row(2, "blocks",
              fmt::format("{} of {} bytes for {} sectors of {}, {} spare", geometry.internal_nlba,
                          geometry.internal_lbasize, geometry.external_nlba,
                          geometry.external_lbasize, geometry.nfree));
  outline.row(2, "layout",
              fmt::format("data {}, map {}, flog {}, backup {}", hex_text(geometry.dataoff),
                          hex_text(geometry.mapoff), hex_text(geometry.flogoff),
                          hex_text(geometry.infooff)));
}

std::string counts_text(const LaneTable& lanes) {
  std::string text;
  for (std::size_t i = 0; i < lane_state_count; ++i) {
    if (lanes.counts[i] == 0) continue;
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", lanes.counts[i],
                        lane_state_text(static_cast<LaneState>(i)));
  }
  if (lanes.torn > 0) text += fmt::format("; {} torn", lanes.torn);
  return text;
}

std::string layout_text(const LaneTable& lanes) {
  if (!lanes.layout.layout) return "layout unknown";
  const bool new_layout = *lanes.layout.layout == FlogLayout::slots_0_1;
  return fmt::format("layout {}, {}", new_layout ? "0+1" : "0+2 (before Linux 4.15)",
                     flog_encoding_text(lanes.encoding));
}

std::string lane_text(const LaneTable& lanes, const LaneReading& lane) {
  std::string text(lane_state_text(lane.state));
  if (lane.torn) text += ", inactive slot torn";
  if (!lane.current || !lanes.layout.layout) return text;
  const FlogEntry& entry = lanes.entry(lane, *lane.current);
  text += fmt::format(": LBA {}, block {} -> {}", entry.lba.value(), entry.old_block().value,
                      entry.new_block().value);
  if (lane.map_word) {
    const MapEntry word = *lane.map_word;
    text += fmt::format(", the map has {}", word.postmap({entry.lba.value()}).value);
  }
  return text;
}

void print_lanes(const LaneTable& lanes, const TextOptions& options, Outline& outline) {
  std::uint64_t hidden = 0;
  std::size_t shown = 0;
  for (const LaneReading& lane : lanes.lanes) {
    if (is_ordinary(lane)) continue;
    if (!options.verbose && shown == rows_shown_max) {
      ++hidden;
      continue;
    }
    ++shown;
    outline.row(2, fmt::format("flog/{}", lane.lane.value), lane_text(lanes, lane));
  }
  if (hidden > 0) outline.row(2, "...", fmt::format("and {} more; -v shows them", hidden));
  for (const LaneRange& range : lanes.rest) {
    if (!options.verbose) break;
    outline.row(
        2, fmt::format("flog/{}", range.first.value),
        fmt::format("and the {} behind it: {}", range.count - 1, lane_state_text(range.state)));
  }
}

/// Free blocks in runs, for -v: "12, 16105..16111".
void print_free_blocks(const LaneTable& lanes, Outline& outline) {
  std::vector<std::uint64_t> blocks;
  for (const LaneReading& lane : lanes.lanes)
    if (lane.free_block) blocks.push_back(lane.free_block->value);
  std::sort(blocks.begin(), blocks.end());
  std::string text;
  for (std::size_t first = 0; first < blocks.size();) {
    std::size_t last = first;
    while (last + 1 < blocks.size() && blocks[last + 1] == blocks[last] + 1) ++last;
    text += fmt::format("{}{}", text.empty() ? "" : ", ", blocks[first]);
    if (last > first) text += fmt::format("..{}", blocks[last]);
    first = last + 1;
  }
  outline.row(2, "free", text.empty() ? "none known" : text);
}

void print_census(const MapCensus& map, Outline& outline) {
  std::string text = fmt::format("{} initial, {} normal, {} zero, {} error", map.initial,
                                 map.normal, map.zero, map.error);
  if (map.not_checked > 0) text += fmt::format(", {} not checked", map.not_checked);
  if (map.out_of_range > 0) text += fmt::format("; {} out of range", map.out_of_range);
  if (map.cancelled) text += "; cancelled before the end";
  outline.row(2, "map", text);
  std::string ranges;
  for (const PremapRange& range : map.error_ranges) {
    ranges += ranges.empty() ? "" : ", ";
    ranges += range.count == 1
                  ? fmt::format("{}", range.first.value)
                  : fmt::format("{}..{}", range.first.value, range.first.value + range.count - 1);
  }
  if (map.error_ranges_dropped > 0)
    ranges += fmt::format(" and {} more ranges", map.error_ranges_dropped);
  if (!ranges.empty()) outline.row(2, "errors", "LBA " + ranges);
}

void print_arena(const ArenaImage& image, const ArenaPlace& place, const TextOptions& options,
                 Outline& outline) {
  const LaneTable& lanes = image.lanes;
  print_geometry(*place.arena, outline);
  const auto free = std::count_if(lanes.lanes.begin(), lanes.lanes.end(),
                                  [](const auto& lane) { return lane.free_block.has_value(); });
  outline.row(
      2, "flog",
      fmt::format("{} lanes, {}, {} free blocks", lanes.layout.lanes, layout_text(lanes), free));
  outline.row(2, "lanes", counts_text(lanes));
  print_lanes(lanes, options, outline);
  if (options.verbose) print_free_blocks(lanes, outline);
  if (image.census) print_census(*image.census, outline);
}

void print_place(std::size_t number, const ArenaPlace& place, const TextOptions& options,
                 Outline& outline) {
  std::string text = fmt::format("{} at {}", size_text(place.size), hex_text(place.start.value));
  if (place.arena) {
    const Arena& arena = *place.arena;
    text += fmt::format(", BTT {}.{}, uuid {}", arena.version.major, arena.version.minor,
                        to_string(arena.uuid, GuidOrder::text));
    if (arena.error_flag()) text += ", in error state";
  } else {
    text += ", lost: no usable info block";
  }
  outline.row(1, fmt::format("arena{}", number), text);
  outline.row(2, "info", copies_text(place));
  if (options.verbose && place.used_copy() != nullptr)
    print_fields(2, info_block_structure, bytes_of(place.used_copy()->block), outline);
}

}  // namespace

void print_btt(const BttImage& btt, const TextOptions& options, Outline& outline) {
  print_sectors(btt, outline);
  if (btt.chain.places.empty()) outline.row(1, "arenas", "no trace of a BTT");
  auto image = btt.arenas.begin();
  for (std::size_t i = 0; i < btt.chain.places.size(); ++i) {
    const ArenaPlace& place = btt.chain.places[i];
    print_place(i, place, options, outline);
    if (image == btt.arenas.end() || image->place != i) continue;
    print_arena(*image, place, options, outline);
    ++image;
  }
  if (btt.chain.arenas_not_checked > 0)
    outline.row(1, "...",
                fmt::format("and {} arenas that are not checked", btt.chain.arenas_not_checked));
}

}  // namespace ndmedic::cli
