// SPDX-License-Identifier: BSD-3-Clause
#include "commit_watch.h"

#include <algorithm>
#include <cstring>

#include <ndmedic/format/codec.h>

namespace ndmedic::laboratory {
namespace {

std::uint32_t low(std::uint64_t half) { return static_cast<std::uint32_t>(half); }
std::uint32_t high(std::uint64_t half) { return static_cast<std::uint32_t>(half >> 32); }

bool same(std::span<const std::byte> image, std::uint64_t offset,
          std::span<const std::byte> bytes) {
  return std::memcmp(image.data() + offset, bytes.data(), bytes.size()) == 0;
}

std::uint64_t load_half(std::span<const std::byte> image, std::uint64_t offset) {
  return load_word(image, offset) | std::uint64_t{load_word(image, offset + 4)} << 32;
}

}  // namespace

CommitWatch::CommitWatch(const World& world, std::span<const FlogLayout> layouts,
                         std::span<const std::byte> visible, bool fences_serve_all)
    : world_(world), fences_serve_all_(fences_serve_all) {
  for (std::size_t arena = 0; arena < world.arenas.size(); ++arena)
    for (std::uint32_t lane = 0; lane < world.shape.lanes; ++lane) {
      const auto group = decode<FlogGroup>(
          visible.subspan(world.arenas[arena].flog_group({lane}).value, flog_group_size));
      const FlogEntry& a = group.slot[0];
      const FlogEntry& b = group.slot[slot_index(layouts[arena], FlogSlot::b)];
      const auto current = newer(a.seq.value(), b.seq.value());
      lanes_.push_back({arena, (current == FlogSlot::b ? b : a).old_block().value});
    }
}

CommitWatch::LaneWatch* CommitWatch::lane_of_block(std::size_t arena, std::uint32_t block) {
  for (LaneWatch& lane : lanes_)
    if (lane.arena == arena && lane.free_block == block) return &lane;
  return nullptr;
}

CommitWatch::LaneWatch* CommitWatch::lane_of_group(std::uint64_t offset) {
  for (std::size_t arena = 0; arena < world_.arenas.size(); ++arena) {
    const Extent flog = world_.arenas[arena].flog();
    if (offset < flog.offset || offset - flog.offset >= flog.size) continue;
    return &lanes_[arena * world_.shape.lanes + (offset - flog.offset) / flog_group_size];
  }
  return nullptr;
}

void CommitWatch::data(unsigned thread, std::uint64_t offset, std::span<const std::byte> bytes,
                       std::span<const std::byte> visible) {
  for (std::size_t arena = 0; arena < world_.arenas.size(); ++arena) {
    const std::uint64_t begin = world_.arenas[arena].block({0}).value;
    const std::uint64_t in_arena = offset - begin;
    const auto block = static_cast<std::uint32_t>(in_arena / world_.shape.block);
    if (offset < begin || block >= world_.shape.lbas + world_.shape.lanes) continue;
    LaneWatch* const lane = lane_of_block(arena, block);
    if (lane == nullptr) return;
    if (in_arena % world_.shape.block != 0 && lane->now && lane->now->block == block) {
      lane->now->data.insert(lane->now->data.end(), bytes.begin(), bytes.end());
      return;
    }
    if (lane->now && lane->now->map) lane->earlier = lane->now;
    const auto before = visible.subspan(offset, bytes.size());
    lane->now =
        Write{thread, block, offset, {bytes.begin(), bytes.end()}, {before.begin(), before.end()}};
    return;
  }
}

void CommitWatch::first_half(std::uint64_t offset, std::uint64_t value) {
  LaneWatch* const lane = lane_of_group(offset);
  if (lane == nullptr || !lane->now) return;
  lane->now->first = {offset, value};
}

void CommitWatch::second_half(std::uint64_t offset, std::uint64_t value) {
  LaneWatch* const lane = lane_of_group(offset);
  if (lane == nullptr || !lane->now) return;
  lane->now->second = {offset, value};
  if (lane->now->first) lane->free_block = high(lane->now->first->value) & map_postmap_mask;
}

void CommitWatch::map_word(unsigned thread, std::uint64_t offset, std::uint32_t word) {
  for (LaneWatch& lane : lanes_) {
    if (!lane.now || lane.now->thread != thread || !lane.now->first) continue;
    const PremapLba lba{low(lane.now->first->value)};
    if (world_.arenas[lane.arena].map_entry(lba).value == offset) lane.now->map = {offset, word};
  }
}

void CommitWatch::map_written_back(unsigned thread, Extent range) {
  for (LaneWatch& lane : lanes_)
    for (std::optional<Write>* write : {&lane.earlier, &lane.now})
      if (*write && (*write)->map && range.offset <= (*write)->map->offset &&
          (*write)->map->offset < range.offset + range.size)
        (*write)->thread = thread;
}

/// The map words that the thread stored before are durable, or would be if the fence were there.
void CommitWatch::fenced(unsigned thread, Site site) {
  if (site != Site::data && site != Site::map && site != Site::flush) return;
  for (LaneWatch& lane : lanes_) {
    const auto served = [&](const std::optional<Write>& write) {
      return write && (fences_serve_all_ || write->thread == thread);
    };
    if (served(lane.earlier)) lane.earlier.reset();
    if (served(lane.now) && lane.now->map) lane.now.reset();
  }
}

Row CommitWatch::row_of(const Write& write, std::span<const std::byte> image) const {
  const bool data = same(image, write.offset, write.data);
  const bool first = write.first && load_half(image, write.first->offset) == write.first->value;
  const bool second = write.second && load_half(image, write.second->offset) == write.second->value;
  const bool map = write.map && load_word(image, write.map->offset) == write.map->value;
  if (second && !data) return Row::x1;
  if (second && !first) return Row::x2;
  if (second) return map ? Row::t4 : Row::t3;
  if (map) return Row::x3;
  if (first) return data ? Row::t2 : Row::t0b;
  return data ? Row::t1 : Row::t0;
}

void CommitWatch::classify(std::span<const std::byte> image, RowCounts& rows) const {
  for (const LaneWatch& lane : lanes_) {
    if (lane.now) ++rows[static_cast<std::size_t>(row_of(*lane.now, image))];
    if (!lane.earlier) continue;
    Row row = row_of(*lane.earlier, image);
    const bool reused = lane.now && !same(image, lane.now->offset, lane.now->before);
    if (row == Row::t3 && reused) row = Row::t5;
    ++rows[static_cast<std::size_t>(row)];
  }
}

}  // namespace ndmedic::laboratory
