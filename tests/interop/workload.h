// SPDX-License-Identifier: BSD-3-Clause
// What is written to pools: operations that a seed decides, sectors that say what they are, and
// what must be there after so many operations.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace interop {

/// Sectors that are worked on: the first and the last of a pool, in groups that belong to one
/// thread each.
inline constexpr std::uint32_t places = 256;
inline constexpr std::uint32_t group_size = 8;

/// External LBA of a place in a pool of `sectors`.
std::uint64_t lba_of(std::uint32_t place, std::uint64_t sectors);

enum class OperationKind : std::uint8_t { write, zero, mark_error };

/// `count` places from `place` on, all of one group.
struct Operation {
  OperationKind kind = OperationKind::write;
  std::uint32_t place = 0;
  std::uint32_t count = 1;
  std::uint64_t version = 0;  ///< of what is written: never the same twice
};

/// Who does which operations: a round of one workload. Pure: `number` counts from 1.
struct Round {
  std::uint64_t seed = 0;
  unsigned threads = 1;
  Operation operation(unsigned thread, std::uint32_t number) const;
};

/// What a place holds. Version 0: zeros.
struct PlaceState {
  bool error = false;
  std::uint64_t version = 0;
  friend bool operator==(const PlaceState&, const PlaceState&) = default;
};
PlaceState state_after(const Operation& operation);

/// Each 8 bytes say what and where they are.
void fill(std::span<std::byte> sector, std::uint64_t lba, std::uint64_t version);
/// A sector as read; none: reading it failed as an error entry does.
bool holds(const PlaceState& state, std::uint64_t lba,
           const std::optional<std::vector<std::byte>>& sector);

/// The places of a pool. A place may hold one of two things after a crash, until it is read.
class Model {
 public:
  void apply(const Operation& operation);
  /// An operation that nobody has acknowledged: each of its places holds the old or the new.
  void apply_perhaps(const Operation& operation);
  const std::vector<PlaceState>& candidates(std::uint32_t place) const { return states_[place]; }
  /// What was seen there is what stays.
  void settle(std::uint32_t place, const PlaceState& state) { states_[place] = {state}; }

 private:
  std::vector<std::vector<PlaceState>> states_ =
      std::vector<std::vector<PlaceState>>(places, {PlaceState{}});
};

}  // namespace interop
