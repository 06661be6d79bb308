// SPDX-License-Identifier: BSD-3-Clause
#include <ndmedic/fsck/claim_bits.h>

#include <algorithm>
#include <bit>
#include <cstddef>
#include <utility>

namespace ndmedic {
namespace {

constexpr unsigned slice_shift = 22;                             // blocks of one bucket: 512 KiB
constexpr std::size_t waiting_max = (std::size_t{8} << 20) / 4;  // entries of all buckets
constexpr std::uint64_t all_ones = ~std::uint64_t{0};

}  // namespace

ClaimBits::ClaimBits(std::uint64_t blocks)
    : blocks_(blocks), bits_((blocks + 63) / 64), used_((blocks >> slice_shift) + 1) {
  if (used_.size() == 1) return;  // the bits fit a cache as they are
  room_ = static_cast<std::uint32_t>(waiting_max / used_.size());
  waiting_.resize(used_.size() * room_);
}

void ClaimBits::repeat(std::uint32_t block) {
  ++repeats_;
  if (shared_.size() < shared_blocks_max) {
    shared_.insert(block);
  } else if (all_kept_) {
    all_kept_ = shared_.contains(block);
  }
}

void ClaimBits::set(std::uint32_t block) {
  const std::uint64_t bit = std::uint64_t{1} << (block % 64);
  std::uint64_t& word = bits_[block / 64];
  if ((word & bit) != 0) repeat(block);
  word |= bit;
}

void ClaimBits::claim_run(std::uint64_t first, std::uint64_t count) {
  const std::uint64_t end = first + count;
  while (first < end) {
    const unsigned at = first % 64;
    const std::uint64_t length = std::min<std::uint64_t>(64 - at, end - first);
    const std::uint64_t mask = (length == 64 ? all_ones : (std::uint64_t{1} << length) - 1) << at;
    std::uint64_t& word = bits_[first / 64];
    for (std::uint64_t again = word & mask; again != 0; again &= again - 1)
      repeat(static_cast<std::uint32_t>(first / 64 * 64 +
                                        static_cast<unsigned>(std::countr_zero(again))));
    word |= mask;
    first += length;
  }
}

void ClaimBits::claim_words(std::span<const std::uint32_t> words, std::uint32_t mask) {
  if (waiting_.empty()) {
    for (const std::uint32_t word : words) set(word & mask);
    return;
  }
  for (const std::uint32_t word : words) {
    const std::uint32_t block = word & mask;
    const std::size_t bucket = block >> slice_shift;
    waiting_[bucket * room_ + used_[bucket]] = block;
    if (++used_[bucket] == room_) drain(bucket);
  }
}

void ClaimBits::drain(std::size_t bucket) {
  for (const std::uint32_t block :
       std::span(waiting_).subspan(bucket * room_, std::exchange(used_[bucket], 0)))
    set(block);
}

void ClaimBits::settle() {
  if (waiting_.empty()) return;
  for (std::size_t bucket = 0; bucket < used_.size(); ++bucket) drain(bucket);
  waiting_ = {};
}

std::uint64_t ClaimBits::unclaimed() const {
  std::uint64_t claimed = 0;
  for (const std::uint64_t word : bits_) claimed += static_cast<unsigned>(std::popcount(word));
  return blocks_ - claimed;
}

void ClaimBits::for_each_unclaimed(
    const std::function<void(std::uint64_t first, std::uint64_t count)>& visit) const {
  std::uint64_t block = 0;
  while (block < blocks_) {
    if (block % 64 == 0 && bits_[block / 64] == all_ones) {
      block += 64;
    } else if (claimed(block)) {
      ++block;
    } else {
      const std::uint64_t first = block;
      while (block < blocks_ && !claimed(block)) ++block;
      visit(first, block - first);
    }
  }
}

}  // namespace ndmedic
