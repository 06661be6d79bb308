// SPDX-License-Identifier: BSD-3-Clause
// A set of 64-bit hashes in one flat array. Two images with one hash count as one: the number of
// distinct images is never overstated, and understated by less than n^2 / 2^65.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace ndmedic::laboratory {

class HashSet {
 public:
  /// Grows by doubling: 8 bytes a slot, at most three quarters full.
  explicit HashSet(std::size_t slots = std::size_t{1} << 16) : slots_(slots, 0) {}

  /// True when the hash is new.
  bool insert(std::uint64_t hash) {
    if (hash == 0) hash = 1;
    if (!place(hash)) return false;
    if (++size_ * 4 > slots_.size() * 3) grow();
    return true;
  }
  std::size_t size() const { return size_; }

 private:
  bool place(std::uint64_t hash) {
    const std::size_t mask = slots_.size() - 1;
    for (std::size_t at = static_cast<std::size_t>(hash >> 20) & mask;; at = (at + 1) & mask) {
      if (slots_[at] == hash) return false;
      if (slots_[at] != 0) continue;
      slots_[at] = hash;
      return true;
    }
  }

  void grow() {
    const std::vector<std::uint64_t> old = std::exchange(slots_, {});
    slots_.assign(old.size() * 2, 0);
    for (const std::uint64_t hash : old)
      if (hash != 0) place(hash);
  }

  std::vector<std::uint64_t> slots_;  // a power of two; 0 is free
  std::size_t size_ = 0;
};

}  // namespace ndmedic::laboratory
