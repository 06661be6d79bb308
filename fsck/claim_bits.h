// SPDX-License-Identifier: BSD-3-Clause
// One bit a block: claimed or not. Claims of scattered blocks wait in buckets by their high bits,
// so that a bucket sets bits of a slice that fits a cache. Memory: the bits and 8 MiB.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <unordered_set>
#include <vector>

namespace ndmedic {

/// Blocks that were claimed more than once and are kept by number; the others are counted.
inline constexpr std::size_t shared_blocks_max = 32768;

/// Not thread-safe. Blocks are below the number given at construction.
class ClaimBits {
 public:
  explicit ClaimBits(std::uint64_t blocks);

  void claim(std::uint32_t block) { set(block); }
  void claim_run(std::uint64_t first, std::uint64_t count);
  /// Scattered blocks; `mask` takes the flag bits off. Takes effect at settle() at the latest.
  void claim_words(std::span<const std::uint32_t> words, std::uint32_t mask);
  /// Gives the memory of the buckets back: claims that come later take effect at once.
  void settle();

  bool claimed(std::uint64_t block) const { return (bits_[block / 64] >> (block % 64) & 1) != 0; }
  /// Claims beyond the first of each block.
  std::uint64_t repeats() const { return repeats_; }
  const std::unordered_set<std::uint32_t>& shared() const { return shared_; }
  bool shared_all_kept() const { return all_kept_; }

  std::uint64_t unclaimed() const;
  /// The runs of blocks without a claim, ascending.
  void for_each_unclaimed(
      const std::function<void(std::uint64_t first, std::uint64_t count)>& visit) const;

 private:
  void set(std::uint32_t block);
  void repeat(std::uint32_t block);
  void drain(std::size_t bucket);

  std::uint64_t blocks_;
  std::vector<std::uint64_t> bits_;
  std::vector<std::uint32_t> waiting_;
  std::vector<std::uint32_t> used_;
  std::uint32_t room_ = 0;  // entries of a bucket
  std::unordered_set<std::uint32_t> shared_;
  std::uint64_t repeats_ = 0;
  bool all_kept_ = true;
};

}  // namespace ndmedic
