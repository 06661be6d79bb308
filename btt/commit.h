// SPDX-License-Identifier: BSD-3-Clause
// The commit protocol, write path WP-3a of btt.md 4.1: n sectors of distinct LBAs through n lanes
// with three fences,
//     D + H1 | H2 | M |
// where the data are copied outside the map locks (second form of WP-R2). WP-2 leaves the last
// fence to the batch behind it.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include <ndmedic/btt/access.h>
#include <ndmedic/btt/engine_arena.h>
#include <ndmedic/btt/reader_table.h>
#include <boost/endian/conversion.hpp>

namespace ndmedic {

/// How many fences a batch takes; see the file's head. wp2 is for one writing thread (WP-R4).
enum class WritePath : std::uint8_t { wp3a, wp2 };

/// What an Error says of an arena that a failed commit has closed for writing.
inline constexpr std::string_view arena_closed = "arena after a failed commit";

/// Sectors in one commit.
inline constexpr std::size_t commit_max = 256;

struct CommitItem {
  std::uint32_t premap;
  std::uint32_t map_word;  // as last read
  std::uint32_t new_block;
  const std::byte* data;
};

/// Filled by the engine, worked on by Commit. Not initialised: 256 items are large, and most
/// batches have one.
struct CommitBatch {
  enum class Stage : std::uint8_t {
    look,    // reads the map, or waits for media: a failure is the sector's, or everybody's
    fill,    // a lane's block and flog entry: a failure is the lane's
    commit,  // H2 or M of some items may have been stored
  };

  EngineArena* arena;
  std::size_t count;
  std::array<CommitItem, commit_max> items;
  std::array<std::uint32_t, commit_max> lanes;   // of items[i]
  std::array<std::uint32_t, commit_max> blocks;  // new_block of items[i]

  // How far it got, for who cleans up after a failure.
  Stage stage;
  std::size_t at;      // the item at hand
  std::size_t locked;  // stripes held
  std::size_t limit;   // items to take at once: no more than those before a failed one
  std::array<std::uint32_t, commit_max> stripes;
};

/// Bytes of a sector: what the user gives, and zeros up to what the block keeps of it.
struct SectorShape {
  std::uint32_t user_size = 0;
  std::uint32_t stored_size = 0;
};

/// The steps over one batch of at most `Most` items: one is the common case, and gets code without
/// loops. An object for one call; each step gives false when the access failed.
template <BttAccess Access, std::size_t Most>
class Commit {
 public:
  Commit(Access& access, AccessContext& context, CommitBatch& batch, SectorShape shape)
      : access_(access), context_(context), batch_(batch), arena_(*batch.arena), shape_(shape) {}

  /// D and H1 of every item, then a fence. Nothing is committed; the free blocks may hold anything.
  /// The sectors go first: their stores wait for nothing, the map words come from far.
  bool prepare() {
    enter(CommitBatch::Stage::fill);
    if (!store_sectors()) return false;
    enter(CommitBatch::Stage::look);
    if (!load_map_words() || !blocks_in_range()) return false;
    enter(CommitBatch::Stage::fill);
    if (!store_halves(Site::first_half, 0, [this](std::size_t i) { return first_half(i); }))
      return false;
    enter(CommitBatch::Stage::look);
    return access_.fence(context_, Site::data);
  }

  /// H2 | M | under the map locks. A failure in stage commit leaves the arena to the next attach.
  bool commit(WritePath path) {
    lock_stripes();
    if (is_closed() || !look_again()) return false;
    enter(CommitBatch::Stage::commit);
    if (!store_halves(Site::second_half, 1, [this](std::size_t i) { return second_half(i); }))
      return false;
    if (!access_.fence(context_, Site::second_half)) return false;
    if (!store_map_words()) return false;
    if (path == WritePath::wp3a && !access_.fence(context_, Site::map)) return false;
    unlock_stripes();
    turn_lanes();
    return true;
  }

  /// Also after a failure.
  void unlock_stripes() {
    while (batch_.locked > 0) access_.unlock(arena_.stripe(batch_.stripes[--batch_.locked]));
  }

 private:
  void enter(CommitBatch::Stage stage) {
    batch_.stage = stage;
    batch_.at = 0;
  }

  /// Seen under the locks: who failed half-way held them, and these LBAs may be his (CC-6).
  bool is_closed() {
    if (!arena_.failed.load(std::memory_order_acquire)) return false;
    context_.error = {Errc::read_only, {}, arena_closed};
    return true;
  }

  std::size_t count() const { return Most == 1 ? 1 : batch_.count; }

  template <class Body>
  bool each_item(Body body) {
    for (std::size_t i = 0; i < count(); ++i) {
      batch_.at = i;
      if (!body(i)) return false;
    }
    return true;
  }

  /// Calls body(first, words) for runs of neighbouring LBAs.
  template <class Body>
  bool each_run(Body body) {
    std::array<std::uint32_t, Most == 1 ? 1 : stripe_entries * 4> words;
    if constexpr (Most == 1) {
      batch_.at = 0;
      return body(0, std::span<std::uint32_t>(words));
    }
    for (std::size_t first = 0; first < batch_.count;) {
      std::size_t count = 1;
      while (first + count < batch_.count && count < words.size() &&
             batch_.items[first + count].premap == batch_.items[first].premap + count)
        ++count;
      batch_.at = first;
      if (!body(first, std::span(words).first(count))) return false;
      first += count;
    }
    return true;
  }

  bool load_map_words() {
    return each_run([&](std::size_t first, std::span<std::uint32_t> words) {
      const std::uint64_t offset = arena_.map_offset(batch_.items[first].premap);
      if (!access_.load_words(context_, offset, words)) return false;
      for (std::size_t i = 0; i < words.size(); ++i) batch_.items[first + i].map_word = words[i];
      return true;
    });
  }

  /// A block out of range would become the lane's free block (D-21).
  bool blocks_in_range() {
    for (std::size_t i = 0; i < count(); ++i) {
      const CommitItem& item = batch_.items[i];
      if (MapEntry{item.map_word}.postmap({item.premap}).value < arena_.geometry().internal_nlba)
        continue;
      batch_.at = i;
      context_.error = {Errc::damaged, {}, "map entry out of range"};
      return false;
    }
    return true;
  }

  /// Sectors that come one behind the other and go so too are one store.
  bool store_sectors() {
    for (std::size_t i = 0; i < count();) {
      const std::size_t together = Most == 1 ? 1 : sectors_together(i);
      batch_.at = i;
      if (together == 1 ? !store_data(i) : !store_run(i, together)) return false;
      i += together;
    }
    return true;
  }

  std::size_t sectors_together(std::size_t first) const {
    const std::uint32_t size = shape_.user_size;
    const CommitItem& begin = batch_.items[first];
    std::size_t together = 1;
    if (size != arena_.geometry().internal_lbasize) return together;
    for (std::size_t i = first + 1; i < batch_.count; ++i, ++together)
      if (batch_.items[i].new_block != begin.new_block + together ||
          batch_.items[i].data != begin.data + together * size)
        break;
    return together;
  }

  /// Singly when that fails, to find the one at fault.
  bool store_run(std::size_t first, std::size_t together) {
    const CommitItem& begin = batch_.items[first];
    const std::span<const std::byte> data(begin.data, together * shape_.user_size);
    const std::uint64_t offset = arena_.block_offset(begin.new_block);
    if (access_.store_data(context_, Site::data, offset, data) &&
        access_.write_back(context_, Site::data, {offset, data.size()}))
      return true;
    for (batch_.at = first; batch_.at < first + together; ++batch_.at)
      if (!store_data(batch_.at)) return false;
    return true;
  }

  bool store_data(std::size_t i) {
    static constexpr std::array<std::byte, 512> zeros{};
    const CommitItem& item = batch_.items[i];
    const std::uint64_t offset = arena_.block_offset(item.new_block);
    if (!access_.store_data(context_, Site::data, offset, {item.data, shape_.user_size}))
      return false;
    for (std::uint32_t at = shape_.user_size; at < shape_.stored_size;) {
      const auto size = std::min<std::uint32_t>(shape_.stored_size - at, zeros.size());
      const std::span<const std::byte> part(zeros.data(), size);
      if (!access_.store_data(context_, Site::data, offset + at, part)) return false;
      at += size;
    }
    return access_.write_back(context_, Site::data, {offset, shape_.stored_size});
  }

  std::uint64_t first_half(std::size_t i) const {
    const CommitItem& item = batch_.items[i];
    return item.premap | std::uint64_t{arena_.old_word(item.premap, item.map_word)} << 32;
  }

  std::uint64_t second_half(std::size_t i) const {
    const std::uint64_t seq = next_seq(arena_.lane(batch_.lanes[i]).seq);
    return arena_.new_word(batch_.items[i].new_block) | seq << 32;
  }

  /// Half 0 or 1, half(i), of every item's next entry. Lanes side by side are one store.
  template <class Half>
  bool store_halves(Site site, unsigned which, Half half) {
    if constexpr (Most == 1) {
      batch_.at = 0;
      return store_half(0, site, which, half(0));
    }
    std::array<FlogHalf, halves_max> halves;
    for (std::size_t first = 0; first < batch_.count;) {
      std::size_t together = 0;
      do {
        halves[together] = place_half(first + together, which, half(first + together));
        ++together;
      } while (together < halves.size() && first + together < batch_.count &&
               batch_.lanes[first + together] == batch_.lanes[first] + together);
      batch_.at = first;
      if (!store_half_run(site, first, std::span(halves).first(together))) return false;
      first += together;
    }
    return true;
  }

  /// Singly when that fails, to find the one at fault.
  bool store_half_run(Site site, std::size_t first, std::span<const FlogHalf> halves) {
    const std::uint64_t groups = arena_.flog_offset(batch_.lanes[first]);
    const bool stored = access_.store_halves(context_, site, groups, halves);
    for (std::size_t i = 0; i < halves.size(); ++i) {
      batch_.at = first + i;
      const std::uint64_t group = arena_.flog_offset(batch_.lanes[batch_.at]);
      if (!stored && !access_.store_halves(context_, site, group, halves.subspan(i, 1)))
        return false;
      if (!access_.write_back(context_, site, halves[i].range(group))) return false;
    }
    return true;
  }

  bool store_half(std::size_t i, Site site, unsigned which, std::uint64_t half) {
    const std::uint64_t group = arena_.flog_offset(batch_.lanes[i]);
    const FlogHalf placed = place_half(i, which, half);
    return access_.store_halves(context_, site, group, {&placed, 1}) &&
           access_.write_back(context_, site, placed.range(group));
  }

  FlogHalf place_half(std::size_t i, unsigned which, std::uint64_t half) {
    LaneRecord& lane = arena_.lane(batch_.lanes[i]);
    const unsigned unit = arena_.next_entry(lane) + which;
    lane.image.units[unit] = boost::endian::native_to_little(half);
    return {&lane.image, unit};
  }

  bool store_map_words() {
    return each_run([&](std::size_t first, std::span<std::uint32_t> words) {
      const std::uint64_t offset = arena_.map_offset(batch_.items[first].premap);
      for (std::size_t i = 0; i < words.size(); ++i)
        words[i] = batch_.items[first + i].new_block | map_normal_bits;
      return access_.store_words(context_, Site::map, offset, words) &&
             access_.write_back(context_, Site::map, {offset, words.size_bytes()});
    });
  }

  /// WP-R2: an LBA whose entry changed since H1 was stored gets a new H1, durable before any H2.
  bool look_again() {
    bool changed = false;
    const bool loaded = each_run([&](std::size_t first, std::span<std::uint32_t> words) {
      const std::uint64_t offset = arena_.map_offset(batch_.items[first].premap);
      if (!access_.load_words(context_, offset, words)) return false;
      for (std::size_t i = 0; i < words.size(); ++i) {
        CommitItem& item = batch_.items[first + i];
        const bool same =
            arena_.old_word(item.premap, item.map_word) == arena_.old_word(item.premap, words[i]);
        item.map_word = words[i];
        if (same) continue;
        changed = true;
        const std::uint64_t half = first_half(first + i);
        if (!store_half(first + i, Site::first_half_again, 0, half)) return false;
      }
      return true;
    });
    if (!loaded || !blocks_in_range()) return false;
    return !changed || access_.fence(context_, Site::first_half_again);
  }

  /// In ascending order, each once, so that batches cannot wait for each other in a circle.
  void lock_stripes() {
    for (std::size_t i = 0; i < count(); ++i)
      batch_.stripes[i] = EngineArena::stripe_of(batch_.items[i].premap);
    std::size_t stripes = count();
    if constexpr (Most > 1) {
      const auto begin = batch_.stripes.begin();
      const auto end = begin + static_cast<std::ptrdiff_t>(batch_.count);
      std::sort(begin, end);
      stripes = static_cast<std::size_t>(std::unique(begin, end) - begin);
    }
    for (std::size_t i = 0; i < stripes; ++i) {
      access_.lock(arena_.stripe(batch_.stripes[i]));
      batch_.locked = i + 1;
    }
  }

  /// W8: the block that the write freed is the lane's next.
  void turn_lanes() {
    for (std::size_t i = 0; i < count(); ++i) {
      const CommitItem& item = batch_.items[i];
      LaneRecord& lane = arena_.lane(batch_.lanes[i]);
      lane.free_block = MapEntry{item.map_word}.postmap({item.premap}).value;
      lane.seq = next_seq(lane.seq);
      lane.current = lane.current == FlogSlot::a ? FlogSlot::b : FlogSlot::a;
    }
  }

  Access& access_;
  AccessContext& context_;
  CommitBatch& batch_;
  EngineArena& arena_;
  SectorShape shape_;
};

}  // namespace ndmedic
