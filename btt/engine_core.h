// SPDX-License-Identifier: BSD-3-Clause
// The BTT engine over any access policy: external LBAs to arenas, reads under protection of the
// read tracking table, writes as batches of the commit protocol (commit.h), map state changes.
// Users take Btt (engine.h); this is what the laboratory proves.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include <ndmedic/btt/access.h>
#include <ndmedic/btt/attach.h>
#include <ndmedic/btt/commit.h>
#include <ndmedic/btt/engine_arena.h>
#include <ndmedic/btt/reader_table.h>
#include <ndmedic/format/checked.h>

namespace ndmedic {

/// One sector of a scattered write.
struct SectorWrite {
  ExternalLba lba{};
  const std::byte* data = nullptr;  ///< as many bytes as a user's sector has
};

struct EngineShape {
  BttContainer container = BttContainer::ns;
  SectorShape sector{};
  WritePath path = WritePath::wp3a;
};

/// Ranges in Errors are {first LBA, number of LBAs}. Thread-safe; with WritePath::wp2 writers take
/// turns.
template <BttAccess Access>
class EngineCore {
 public:
  /// The access must outlive the engine. Arenas are in order, all of one external_lbasize.
  EngineCore(Access& access, const EngineShape& shape, std::vector<ArenaStart> arenas)
      : access_(access), shape_(shape), zeros_(shape.sector.user_size) {
    arenas_.reserve(arenas.size());
    for (ArenaStart& start : arenas) {
      const auto index = static_cast<std::uint32_t>(arenas_.size());
      arenas_.push_back(std::make_unique<EngineArena>(index, std::move(start),
                                                      shape.container == BttContainer::pool));
      sectors_ += arenas_.back()->geometry().external_nlba;
    }
  }

  std::uint64_t sectors() const { return sectors_; }

  Status read(ExternalLba first, std::span<std::byte> into) {
    if (into.size() == shape_.sector.user_size && first.value < sectors_) {
      const Position at = locate(first);
      return read_run<1>(first, at, into);
    }
    NDMEDIC_CHECK(check_range(first, into.size() / shape_.sector.user_size));
    while (!into.empty()) {
      Position at = locate(first);
      const std::size_t count = std::min<std::uint64_t>(
          {into.size() / shape_.sector.user_size, at.left, ReaderTable::blocks_max});
      const std::size_t bytes = count * shape_.sector.user_size;
      NDMEDIC_CHECK(read_run<ReaderTable::blocks_max>(first, at, into.first(bytes)));
      into = into.subspan(bytes);
      first.value += count;
    }
    return {};
  }

  Status write(ExternalLba first, std::span<const std::byte> from) {
    if (from.size() == shape_.sector.user_size && first.value < sectors_)
      return write_single(first, from.data());
    return write_run(first, from.size() / shape_.sector.user_size, from.data(),
                     shape_.sector.user_size);
  }

  /// Each sector is atomic; sectors before a failed one are written. The same LBA twice is written
  /// twice, in this order (WP-R1).
  Status write(std::span<const SectorWrite> writes) {
    for (const SectorWrite& sector : writes) NDMEDIC_CHECK(check_range(sector.lba, 1));
    CommitBatch batch;
    while (!writes.empty()) {
      const std::size_t count = gather(batch, writes);
      NDMEDIC_CHECK(write_batch<commit_max>(batch));
      writes = writes.subspan(count);
    }
    return {};
  }

  /// Sectors that read as zeros: a zero entry, or data where Linux would read the neighbours of
  /// such an entry wrong (MP-7).
  Status zero(ExternalLba first, std::uint64_t count) {
    if (zero_entries_mislead()) return write_run(first, count, zeros_.data(), 0);
    return change_states(first, count, map_zero_bit);
  }

  /// The content is not needed any more: zeros, where they cost no data; else nothing.
  Status discard(ExternalLba first, std::uint64_t count) {
    if (zero_entries_mislead()) return check_range(first, count);
    return change_states(first, count, map_zero_bit);
  }

  /// Reading fails from now on until the sector is written.
  Status mark_error(ExternalLba first, std::uint64_t count) {
    return change_states(first, count, map_error_bit);
  }

  /// Everything that returned before is durable, also with WritePath::wp2.
  Status flush() {
    if (shape_.path == WritePath::wp3a) return {};
    access_.lock(bulk_);
    const Status settled = settle();
    access_.unlock(bulk_);
    return settled;
  }

 private:
  struct Position {
    EngineArena* arena = nullptr;
    std::uint32_t premap = 0;
    std::uint64_t left = 0;  // sectors to the arena's end
  };

  Status check_range(ExternalLba first, std::uint64_t count) const {
    if (lies_within(first.value, count, sectors_)) return {};
    return Error{Errc::out_of_range, {first.value, count}, "sectors"};
  }

  Position locate(ExternalLba lba) const {
    for (const auto& arena : arenas_) {
      const std::uint64_t nlba = arena->geometry().external_nlba;
      if (lba.value < nlba)
        return {arena.get(), static_cast<std::uint32_t>(lba.value), nlba - lba.value};
      lba.value -= nlba;
    }
    return {};
  }

  std::uint64_t external(const EngineArena& arena, std::uint32_t premap) const {
    return arena.arena().first_lba.value + premap;
  }

  bool zero_entries_mislead() const {
    constexpr std::uint32_t linux_page = 4096;
    return shape_.container == BttContainer::ns && shape_.sector.user_size < linux_page;
  }

  auto pause() {
    return [this] { access_.pause(); };
  }

  // Reading.

  /// A run of at most blocks_max sectors. Not initialised: mostly one of them is used.
  struct ReadRun {
    EngineArena* arena;
    std::uint32_t premap;
    std::size_t count;
    std::byte* into;
    std::array<std::uint32_t, ReaderTable::blocks_max> words;
    std::array<std::uint32_t, ReaderTable::blocks_max> blocks;
    std::size_t at;  // the sector at hand
  };

  /// `Most` sectors at most: one is the common case, and gets code without loops.
  template <std::size_t Most>
  Status read_run(ExternalLba first, const Position& position, std::span<std::byte> into) {
    ReadRun run;
    run.arena = position.arena;
    run.premap = position.premap;
    run.count = Most == 1 ? 1 : into.size() / shape_.sector.user_size;
    run.into = into.data();
    run.at = 0;
    AccessContext context;
    ReaderTable::Slot& slot = readers_.claim(access_.thread(), pause());
    const bool read = Most == 1 ? announce_block(context, run, slot) && copy_sector(context, run, 0)
                                : announce_blocks(context, run, slot) && copy_sectors(context, run);
    slot.release();
    if (read) return {};
    context.error.where = {first.value + failed_sector(run, context.error.where), 1};
    return context.error;
  }

  /// The sector of the run whose map word holds `bytes` of the namespace; else the one at hand.
  std::size_t failed_sector(const ReadRun& run, Extent bytes) const {
    const std::uint64_t map = run.arena->map_offset(run.premap);
    if (bytes.offset < map + run.count * 4 && map < bytes.offset + bytes.size)
      return bytes.offset < map ? 0 : (bytes.offset - map) / 4;
    return run.at;
  }

  /// Looks the blocks up and announces them, again until the map stands still (3.3).
  bool announce_blocks(AccessContext& context, ReadRun& run, ReaderTable::Slot& slot) {
    const std::span<std::uint32_t> words(run.words.data(), run.count);
    const std::uint64_t offset = run.arena->map_offset(run.premap);
    if (!access_.load_words(context, offset, words)) return false;
    for (;;) {
      for (std::size_t i = 0; i < run.count; ++i)
        run.blocks[i] =
            MapEntry{words[i]}.postmap({run.premap + static_cast<std::uint32_t>(i)}).value;
      slot.announce(run.arena->index(), {run.blocks.data(), run.count});
      std::array<std::uint32_t, ReaderTable::blocks_max> again;
      if (!access_.load_words(context, offset, {again.data(), run.count})) return false;
      if (std::equal(words.begin(), words.end(), again.begin())) return true;
      std::copy_n(again.begin(), run.count, words.begin());
    }
  }

  /// announce_blocks() of one sector.
  bool announce_block(AccessContext& context, ReadRun& run, ReaderTable::Slot& slot) {
    const std::uint64_t offset = run.arena->map_offset(run.premap);
    std::uint32_t word = 0;
    std::uint32_t again = 0;
    if (!access_.load_words(context, offset, {&again, 1})) return false;
    do {
      word = again;
      run.blocks[0] = MapEntry{word}.postmap({run.premap}).value;
      slot.announce(run.arena->index(), {run.blocks.data(), 1});
      if (!access_.load_words(context, offset, {&again, 1})) return false;
    } while (again != word);
    run.words[0] = word;
    return true;
  }

  bool copy_sectors(AccessContext& context, ReadRun& run) {
    for (std::size_t i = 0; i < run.count;) {
      const std::size_t count = neighbours(run, i);
      if (count == 1) {
        if (!copy_sector(context, run, i)) return false;
      } else if (!copy_neighbours(context, run, i, count)) {
        return false;
      }
      i += count;
    }
    return true;
  }

  bool copy_sector(AccessContext& context, ReadRun& run, std::size_t i) {
    run.at = i;
    std::byte* const into = run.into + i * shape_.sector.user_size;
    const MapState state = MapEntry{run.words[i]}.state();
    if (!is_data(state)) {
      if (state == MapState::error) return fail(context, "error entry");
      std::fill_n(into, shape_.sector.user_size, std::byte{0});
      return true;
    }
    if (run.blocks[i] >= run.arena->geometry().internal_nlba)
      return fail(context, "map entry out of range");
    return access_.load_data(context, run.arena->block_offset(run.blocks[i]),
                             {into, shape_.sector.user_size});
  }

  /// Sectors that lie one behind the other; singly when that fails, to find the one at fault.
  bool copy_neighbours(AccessContext& context, ReadRun& run, std::size_t first, std::size_t count) {
    const std::span<std::byte> into(run.into + first * shape_.sector.user_size,
                                    count * shape_.sector.user_size);
    if (access_.load_data(context, run.arena->block_offset(run.blocks[first]), into)) return true;
    for (std::size_t i = first; i < first + count; ++i)
      if (!copy_sector(context, run, i)) return false;
    return true;
  }

  bool is_data(MapState state) const {
    return state == MapState::normal || (state == MapState::initial && !initial_reads_zero());
  }

  /// Sectors from `first` on whose blocks lie one behind the other without a gap; at least one.
  std::size_t neighbours(const ReadRun& run, std::size_t first) const {
    const ArenaGeometry& geometry = run.arena->geometry();
    if (geometry.internal_lbasize != shape_.sector.user_size) return 1;
    std::size_t count = 0;
    while (first + count < run.count && is_data(MapEntry{run.words[first + count]}.state()) &&
           run.blocks[first + count] == run.blocks[first] + count &&
           run.blocks[first + count] < geometry.internal_nlba)
      ++count;
    return std::max<std::size_t>(count, 1);
  }

  bool initial_reads_zero() const { return shape_.container == BttContainer::pool; }

  static bool fail(AccessContext& context, std::string_view what) {
    context.error = {Errc::bad_media, {}, what};
    return false;
  }

  // Writing.

  Status write_single(ExternalLba lba, const std::byte* data) {
    const Position at = locate(lba);
    EngineArena& arena = *at.arena;
    // Both lie far off, and are wanted only after the sector has been stored.
    access_.will_load(arena.map_offset(at.premap));
    arena.will_lock(EngineArena::stripe_of(at.premap));
    CommitBatch batch;
    batch.arena = at.arena;
    batch.count = 1;
    batch.items[0] = {at.premap, 0, 0, data};
    return write_batch<1>(batch);
  }

  Status write_run(ExternalLba first, std::uint64_t count, const std::byte* data,
                   std::size_t stride) {
    NDMEDIC_CHECK(check_range(first, count));
    CommitBatch batch;
    while (count > 0) {
      const Position at = locate(first);
      batch.arena = at.arena;
      batch.count = std::min<std::uint64_t>({count, at.left, commit_max});
      for (std::size_t i = 0; i < batch.count; ++i, data += stride)
        batch.items[i] = {at.premap + static_cast<std::uint32_t>(i), 0, 0, data};
      first.value += batch.count;
      count -= batch.count;
      NDMEDIC_CHECK(write_batch<commit_max>(batch));
    }
    return {};
  }

  /// Fills the batch with the first writes that can be one commit: one arena, distinct LBAs.
  std::size_t gather(CommitBatch& batch, std::span<const SectorWrite> writes) const {
    std::array<std::uint32_t, commit_max> sorted;
    batch.count = 0;
    for (const SectorWrite& sector : writes.first(std::min(writes.size(), commit_max))) {
      const Position at = locate(sector.lba);
      if (batch.count > 0 && at.arena != batch.arena) break;
      batch.arena = at.arena;
      const auto end = sorted.begin() + static_cast<std::ptrdiff_t>(batch.count);
      const auto place = std::lower_bound(sorted.begin(), end, at.premap);
      if (place != end && *place == at.premap) break;
      std::copy_backward(place, end, end + 1);
      *place = at.premap;
      batch.items[batch.count++] = {at.premap, 0, 0, sector.data};
    }
    return batch.count;
  }

  /// Commits all items, as many at once as there are lanes. The batch is used up.
  template <std::size_t Most>
  Status write_batch(CommitBatch& batch) {
    if (shape_.path == WritePath::wp3a) return write_all<Most>(batch);
    access_.lock(bulk_);
    Status status = write_behind<Most>(batch);
    access_.unlock(bulk_);
    return status;
  }

  /// WP-2. The batch before has left a fence to this one. It may have been another thread's, whose
  /// map words a fence of this thread serves only when they are written back again (WP-R4).
  template <std::size_t Most>
  Status write_behind(CommitBatch& batch) {
    AccessContext context;
    if (!write_back_left(context)) return context.error;
    const std::size_t before = bulk_left_.size();
    for (std::size_t i = 0; i < batch.count; ++i)
      bulk_left_.push_back(batch.arena->map_offset(batch.items[i].premap));
    const Status status = write_all<Most>(batch);
    if (status)
      bulk_left_.erase(bulk_left_.begin(),
                       bulk_left_.begin() + static_cast<std::ptrdiff_t>(before));
    else
      static_cast<void>(settle());  // nobody knows which of its fences it came to
    return status;
  }

  bool write_back_left(AccessContext& context) {
    for (const std::uint64_t word : bulk_left_)
      if (!access_.write_back(context, Site::map, {word, sizeof(std::uint32_t)})) return false;
    return true;
  }

  /// Makes durable what batches have left. After a failure nothing more can be done for it.
  Status settle() {
    AccessContext context;
    const bool settled = write_back_left(context) && access_.fence(context, Site::flush);
    bulk_left_.clear();
    return settled ? Status{} : Status{context.error};
  }

  template <std::size_t Most>
  Status write_all(CommitBatch& batch) {
    const std::size_t all = batch.count;
    std::size_t done = 0;
    batch.limit = all;
    while (done < all) {
      if (batch.arena->failed.load(std::memory_order_acquire))
        return write_error(batch, {Errc::read_only, {}, arena_closed});
      batch.count = std::min(all - done, batch.limit);
      NDMEDIC_CHECK(take_lanes<Most>(batch));
      NDMEDIC_CHECK(write_items<Most>(batch));
      done += batch.count;
      if (done < all)
        std::copy(batch.items.begin() + static_cast<std::ptrdiff_t>(batch.count),
                  batch.items.begin() + static_cast<std::ptrdiff_t>(batch.count + all - done),
                  batch.items.begin());
    }
    return {};
  }

  /// Takes lanes for the first items, waits until nobody reads their free blocks.
  template <std::size_t Most>
  Status take_lanes(CommitBatch& batch) {
    while (!take_free_lanes<Most>(batch)) {
      if (batch.arena->pool().in_service() == 0)
        return write_error(batch, {Errc::bad_media, {}, "no usable lane"});
      access_.pause();
    }
    const std::size_t count = Most == 1 ? 1 : batch.count;
    for (std::size_t i = 0; i < count; ++i) {
      batch.items[i].new_block = batch.arena->lane(batch.lanes[i]).free_block;
      batch.blocks[i] = batch.items[i].new_block;
    }
    readers_.wait_until_unread(batch.arena->index(), {batch.blocks.data(), count}, pause());
    return {};
  }

  template <std::size_t Most>
  bool take_free_lanes(CommitBatch& batch) {
    LanePool& pool = batch.arena->pool();
    if constexpr (Most == 1) {
      const std::optional<std::uint32_t> lane = pool.take_one(access_.thread());
      batch.lanes[0] = lane.value_or(0);
      return lane.has_value();
    } else {
      const std::size_t taken = pool.take(access_.thread(), {batch.lanes.data(), batch.count});
      if (taken > 0) batch.count = taken;
      return taken > 0;
    }
  }

  /// One commit. Afterwards batch.count is the number of items that are done: none of them when the
  /// rest has to be tried again, on other lanes or fewer at once.
  template <std::size_t Most>
  Status write_items(CommitBatch& batch) {
    AccessContext context;
    Commit<Access, Most> commit(access_, context, batch, shape_.sector);
    batch.locked = 0;
    if (commit.prepare() && commit.commit(shape_.path)) {
      if (Most == 1)
        batch.arena->pool().put(batch.lanes[0]);
      else
        batch.arena->pool().put({batch.lanes.data(), batch.count});
      return {};
    }
    const bool half_way = batch.stage == CommitBatch::Stage::commit;
    if (half_way) batch.arena->failed.store(true, std::memory_order_release);
    commit.unlock_stripes();
    if (!half_way) return give_up(batch, context.error);
    for (std::size_t i = 0; i < batch.count; ++i) batch.arena->pool().retire();
    return write_error(batch, context.error);
  }

  /// Nothing was committed. A lane whose block or flog cannot be written is out of service, and
  /// another one does its work. Otherwise the items before the failed one are written first, so
  /// that the Error tells where what is written ends.
  Status give_up(CommitBatch& batch, const Error& error) {
    LanePool& pool = batch.arena->pool();
    const std::size_t at = batch.at;
    const bool bad_lane = batch.stage == CommitBatch::Stage::fill && error.code == Errc::bad_media;
    for (std::size_t i = 0; i < batch.count; ++i)
      if (!bad_lane || i != at) pool.put(batch.lanes[i]);
    batch.count = 0;
    if (bad_lane) {
      pool.retire();
      return {};
    }
    if (at == 0) return write_error(batch, error);
    batch.limit = at;
    return {};
  }

  /// Names the first item: those before it are written.
  Status write_error(const CommitBatch& batch, Error error) const {
    error.where = {external(*batch.arena, batch.items[0].premap), 1};
    return error;
  }

  // Map states.

  Status change_states(ExternalLba first, std::uint64_t count, std::uint32_t state) {
    NDMEDIC_CHECK(check_range(first, count));
    while (count > 0) {
      const Position at = locate(first);
      // A stripe at a time: one lock.
      const std::uint32_t in_stripe = stripe_entries - at.premap % stripe_entries;
      const std::size_t here = std::min<std::uint64_t>({count, at.left, in_stripe});
      NDMEDIC_CHECK(change_stripe(first, at, here, state));
      first.value += here;
      count -= here;
    }
    return {};
  }

  Status change_stripe(ExternalLba first, const Position& at, std::size_t count,
                       std::uint32_t state) {
    EngineArena& arena = *at.arena;
    AccessContext context;
    MapLock& lock = arena.stripe(EngineArena::stripe_of(at.premap));
    access_.lock(lock);
    const bool failed = arena.failed.load(std::memory_order_acquire);
    const bool changed = !failed && store_states(context, arena, at.premap, count, state);
    access_.unlock(lock);
    if (changed) return {};
    if (failed) context.error = {Errc::read_only, {}, arena_closed};
    context.error.where = {first.value, count};
    return context.error;
  }

  /// One store and a fence; recovery compares blocks only, so the flog need not know (OR-5).
  bool store_states(AccessContext& context, EngineArena& arena, std::uint32_t premap,
                    std::size_t count, std::uint32_t state) {
    std::array<std::uint32_t, stripe_entries> before;
    std::array<std::uint32_t, stripe_entries> after;
    const std::uint64_t offset = arena.map_offset(premap);
    if (!access_.load_words(context, offset, {before.data(), count})) return false;
    for (std::size_t i = 0; i < count; ++i) {
      const PremapLba lba{premap + static_cast<std::uint32_t>(i)};
      after[i] = MapEntry{before[i]}.postmap(lba).value | state;
    }
    if (std::equal(after.begin(), after.begin() + static_cast<std::ptrdiff_t>(count),
                   before.begin()))
      return true;
    const std::span<const std::uint32_t> words(after.data(), count);
    return access_.store_words(context, Site::map_state, offset, words) &&
           access_.write_back(context, Site::map_state, {offset, words.size_bytes()}) &&
           access_.fence(context, Site::map_state);
  }

  Access& access_;
  EngineShape shape_;
  std::vector<std::byte> zeros_;
  std::vector<std::unique_ptr<EngineArena>> arenas_;
  std::uint64_t sectors_ = 0;
  ReaderTable readers_;

  // Write path WP-2: one writer at a time, and what the last one has left without a fence.
  MapLock bulk_;
  std::vector<std::uint64_t> bulk_left_;  // map words, in bytes of the namespace
};

}  // namespace ndmedic
