// SPDX-License-Identifier: BSD-3-Clause
// A medium that knows every image a power loss could leave, under the model "words" (btt.md 4.1,
// PM-2): for tests that take fences away, and for proofs that none may be.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include <ndmedic/media/media.h>

namespace ndmedic {

/// Hash of one aligned 8-byte unit; the hash of an image is the sum over its units. Zeros weigh
/// nothing, so that large empty media cost nothing.
constexpr std::uint64_t crash_unit_hash(std::uint64_t offset, std::uint64_t value) {
  if (value == 0) return 0;
  std::uint64_t h = value ^ (offset * 0x9E3779B97F4A7C15U);
  h = (h ^ (h >> 32)) * 0xD6E8FEB86659FD93U;
  h = (h ^ (h >> 29)) * 0xC2B2AE3D27D4EB4FU;
  return h ^ (h >> 32);
}

/// An array of bytes in memory whose aligned 8-byte units each remember what was stored since they
/// were last known durable. A flush takes the stores made so far on its behalf; the next fence of
/// the same thread makes those durable, a later store to the unit not. Until then a power loss
/// leaves the durable value or any value stored since, in any combination of units. One real thread
/// at a time; which thread of the program is meant, run_as() tells.
class CrashMedia final : public Media {
 public:
  static constexpr unsigned threads_max = 16;

  /// Whom a fence serves.
  enum class FenceReach : std::uint8_t {
    own_flushes,  // store fences of a processor
    all_flushes,  // fdatasync: what any thread has flushed
  };

  /// A unit that a power loss may leave in more than one state.
  struct Unit {
    std::uint64_t offset = 0;             ///< bytes, a multiple of 8
    std::vector<std::uint64_t> values{};  ///< as loaded from the bytes: the durable one, then those
                                          ///< stored since in their order; neighbours differ
    std::array<std::uint32_t, threads_max> flushed{};  ///< by thread: values its fence settles
  };

  /// All of `durable` is durable. A size that is no multiple of 8 ends in a short unit.
  explicit CrashMedia(std::span<const std::byte> durable = {},
                      FenceReach reach = FenceReach::own_flushes);

  /// Power is back, and `durable` (of any size) is what was left. Calls are counted on.
  void restart(std::span<const std::byte> durable);

  /// The calls from here on are of this thread, below threads_max.
  void run_as(unsigned thread);
  unsigned thread() const { return thread_; }

  /// Called at each fence before it has an effect: the moment with the most images. Not when the
  /// fence is dropped, which is as if the program had none.
  void before_fence(std::function<void()> hook) { before_fence_ = std::move(hook); }

  /// The `n`-th flush, or fence, from now does nothing (1 is the next), once; 0: none.
  void drop_flush(std::uint64_t n) { flush_to_drop_ = n == 0 ? 0 : flushes_ + n; }
  void drop_fence(std::uint64_t n) { fence_to_drop_ = n == 0 ? 0 : fences_ + n; }
  std::uint64_t flushes() const { return flushes_; }
  std::uint64_t fences() const { return fences_; }
  /// Values that entered a unit: stores that changed nothing are none.
  std::uint64_t stores() const { return stores_; }

  /// Units in flight, in no order. Empty: a power loss leaves what is visible.
  std::span<const Unit> in_flight() const { return {units_.data(), live_}; }
  /// Every unit at its durable value.
  std::span<const std::byte> durable() const { return {durable_.data(), size_}; }
  /// What read() gives.
  std::span<const std::byte> visible() const { return {visible_.data(), size_}; }
  /// Sum of crash_unit_hash() over durable().
  std::uint64_t durable_hash() const { return durable_hash_; }

  std::uint64_t size() const override { return size_; }
  Status read(std::uint64_t offset, std::span<std::byte> into) const override;
  Status write(std::uint64_t offset, std::span<const std::byte> from) override;
  Status flush(Extent range) override;
  Status fence() override;
  MediaTraits traits() const override;

 private:
  static constexpr std::uint32_t no_slot = ~std::uint32_t{0};

  Unit& unit_at(std::uint64_t number);
  void settle(std::size_t slot, std::size_t count);
  void forget(std::size_t slot);
  unsigned account() const { return reach_ == FenceReach::all_flushes ? 0 : thread_; }

  FenceReach reach_;
  std::uint64_t size_ = 0;
  std::vector<std::byte> durable_;  // whole units
  std::vector<std::byte> visible_;
  std::vector<std::uint32_t> slot_of_;  // by unit number
  std::vector<Unit> units_;             // the first live_ count; the others keep their memory
  std::size_t live_ = 0;
  std::uint64_t durable_hash_ = 0;
  unsigned thread_ = 0;
  std::uint64_t flushes_ = 0;
  std::uint64_t fences_ = 0;
  std::uint64_t stores_ = 0;
  std::uint64_t flush_to_drop_ = 0;
  std::uint64_t fence_to_drop_ = 0;
  std::function<void()> before_fence_;
};

}  // namespace ndmedic
