// SPDX-License-Identifier: BSD-3-Clause
// Which lanes of an arena are free. A lane belongs to the one call that took it until it is put
// back, whatever the scheduler does with the thread.
#pragma once

#include <algorithm>
#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>

namespace ndmedic {

/// Thread-safe. take() and put() are sequentially consistent read-modify-writes: what a thread did
/// with a lane happened before whatever the next owner does.
class LanePool {
 public:
  explicit LanePool(std::uint32_t lanes)
      : word_count_(std::max((lanes + 63) / 64, 1U)),
        words_(new Word[word_count_]),
        in_service_(lanes) {
    for (std::uint32_t i = 0; i < word_count_; ++i) {
      const std::uint32_t here = std::min(lanes - i * 64, 64U);
      words_[i].free.store(here == 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << here) - 1);
    }
  }

  /// Takes as many free lanes as there are, at most into.size(), and never waits. `hint` spreads
  /// threads over cache lines. Gives how many; ascending within 64.
  std::size_t take(unsigned hint, std::span<std::uint32_t> into) {
    std::size_t taken = 0;
    std::uint32_t word = first_word(hint);
    for (std::uint32_t i = 0; i < word_count_ && taken < into.size(); ++i, word = next_word(word))
      for (std::uint64_t mine = claim(word, into.size() - taken); mine != 0; mine &= mine - 1)
        into[taken++] = lowest_lane(word, mine);
    return taken;
  }

  /// One lane, or none when all are taken.
  std::optional<std::uint32_t> take_one(unsigned hint) {
    std::uint32_t word = first_word(hint);
    for (std::uint32_t i = 0; i < word_count_; ++i, word = next_word(word))
      if (const std::uint64_t mine = claim(word, 1); mine != 0) return lowest_lane(word, mine);
    return {};
  }

  void put(std::uint32_t lane) {
    words_[lane / 64].free.fetch_or(std::uint64_t{1} << lane % 64, std::memory_order_seq_cst);
  }
  void put(std::span<const std::uint32_t> lanes) {
    for (std::size_t i = 0; i < lanes.size();) {
      const std::uint32_t word = lanes[i] / 64;
      std::uint64_t bits = 0;
      for (; i < lanes.size() && lanes[i] / 64 == word; ++i)
        bits |= std::uint64_t{1} << lanes[i] % 64;
      words_[word].free.fetch_or(bits, std::memory_order_seq_cst);
    }
  }

  /// A lane that its owner will never put back: its block cannot be written.
  void retire() { in_service_.fetch_sub(1, std::memory_order_relaxed); }
  /// Lanes that are free or will be.
  std::uint32_t in_service() const { return in_service_.load(std::memory_order_relaxed); }

 private:
  struct alignas(64) Word {
    std::atomic<std::uint64_t> free{0};
  };

  std::uint32_t first_word(unsigned hint) const {
    return hint < word_count_ ? hint : hint % word_count_;
  }
  std::uint32_t next_word(std::uint32_t word) const {
    return word + 1 < word_count_ ? word + 1 : 0;
  }

  static std::uint32_t lowest_lane(std::uint32_t word, std::uint64_t bits) {
    return word * 64 + static_cast<std::uint32_t>(std::countr_zero(bits));
  }

  /// Takes at most `most` free lanes of a word; gives their bits.
  std::uint64_t claim(std::uint32_t word, std::size_t most) {
    std::atomic<std::uint64_t>& free = words_[word].free;
    std::uint64_t before = free.load(std::memory_order_relaxed);
    for (;;) {
      const std::uint64_t mine = lowest(before, most);
      if (mine == 0 || free.compare_exchange_weak(before, before & ~mine, std::memory_order_seq_cst,
                                                  std::memory_order_relaxed))
        return mine;
    }
  }

  /// The lowest `most` bits that are set.
  static std::uint64_t lowest(std::uint64_t bits, std::size_t most) {
    if (most >= 64) return bits;
    std::uint64_t rest = bits;
    for (; most > 0 && rest != 0; --most) rest &= rest - 1;
    return bits & ~rest;
  }

  std::uint32_t word_count_;
  std::unique_ptr<Word[]> words_;
  std::atomic<std::uint32_t> in_service_;
};

}  // namespace ndmedic
