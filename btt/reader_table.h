// SPDX-License-Identifier: BSD-3-Clause
// Who reads which blocks right now: the read tracking table (btt.md 1 RTT, 3.3, W2). A writer waits
// until nobody reads the free block that it is about to fill.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

namespace ndmedic {

/// Thread-safe. A reader touches one slot, which stays in its processor's cache; writers look at
/// the slots that were ever used. Threads have slots of their own but for the last ones, which
/// threads with large numbers share.
class ReaderTable {
 public:
  static constexpr std::size_t blocks_max = 64;  ///< that one reader announces at once
  static constexpr std::uint32_t slot_count = 256;
  static constexpr std::uint32_t own_slots = 240;

  class alignas(64) Slot {
   public:
    /// Announces the blocks. Sequentially consistent: when the caller looks at the map again
    /// afterwards and finds them unchanged, no writer can have missed the announcement.
    void announce(std::uint32_t arena, std::span<const std::uint32_t> blocks) {
      arena_.store(arena, std::memory_order_relaxed);
      for (std::size_t i = 0; i < blocks.size(); ++i)
        blocks_[i].store(blocks[i], std::memory_order_relaxed);
      count_.exchange(static_cast<std::uint32_t>(blocks.size()), std::memory_order_seq_cst);
    }
    /// Gives the slot back.
    void release() {
      count_.store(0, std::memory_order_release);
      owned_.store(0, std::memory_order_release);  // of a shared slot
    }

   private:
    friend class ReaderTable;
    bool is_reading(std::uint32_t arena, std::span<const std::uint32_t> blocks) const {
      const std::uint32_t count = count_.load(std::memory_order_seq_cst);
      if (count == 0 || arena_.load(std::memory_order_relaxed) != arena) return false;
      for (std::uint32_t i = 0; i < count; ++i) {
        const std::uint32_t read = blocks_[i].load(std::memory_order_relaxed);
        for (const std::uint32_t block : blocks)
          if (block == read) return true;
      }
      return false;
    }

    std::atomic<std::uint32_t> owned_{0};
    std::atomic<std::uint32_t> count_{0};
    std::atomic<std::uint32_t> arena_{0};
    std::array<std::atomic<std::uint32_t>, blocks_max> blocks_{};
  };

  ReaderTable() : slots_(new Slot[slot_count]) {}

  /// A slot for the caller alone until it is released. `thread`: a number that no other living
  /// thread has. `pause` is called while all shared ones are taken.
  template <class Pause>
  Slot& claim(unsigned thread, Pause pause) {
    if (thread >= own_slots) return claim_shared(pause);
    note_use(thread);
    return slots_[thread];
  }

  /// Returns when nobody reads one of `blocks` any more. The caller has made sure that no map entry
  /// leads there: new readers do not come.
  template <class Pause>
  void wait_until_unread(std::uint32_t arena, std::span<const std::uint32_t> blocks,
                         Pause pause) const {
    const std::uint32_t used = used_.load(std::memory_order_seq_cst);
    for (std::uint32_t i = 0; i < used; ++i)
      while (slots_[i].is_reading(arena, blocks)) pause();
  }

 private:
  template <class Pause>
  Slot& claim_shared(Pause pause) {
    for (;; pause())
      for (std::uint32_t i = own_slots; i < slot_count; ++i) {
        std::uint32_t free = 0;
        if (!slots_[i].owned_.compare_exchange_strong(free, 1, std::memory_order_acquire)) continue;
        note_use(i);
        return slots_[i];
      }
  }

  void note_use(std::uint32_t slot) {
    std::uint32_t used = used_.load(std::memory_order_seq_cst);
    while (used <= slot &&
           !used_.compare_exchange_weak(used, slot + 1, std::memory_order_seq_cst)) {
    }
  }

  std::unique_ptr<Slot[]> slots_;
  std::atomic<std::uint32_t> used_{0};  // slots behind were never claimed
};

}  // namespace ndmedic
