// SPDX-License-Identifier: BSD-3-Clause
// Where a byte of an interleave set lies: the arithmetic of the NFIT's region mappings and
// interleave structures (labels.md 6, types 1 and 2). No media, no I/O.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include <ndmedic/format/result.h>

namespace ndmedic {

/// One device's share of the set, as its region mapping says.
struct InterleaveShare {
  std::uint64_t region_offset = 0;              ///< bytes from the start of the set
  std::span<const std::uint32_t> line_offsets;  ///< in lines; one for each line of a turn
};

/// Maps positions in the set to a share and a byte in it. Lines repeat in turns of `lines` lines
/// for each of `ways` devices. Immutable; any thread may call it.
class Interleave {
 public:
  static constexpr std::uint32_t no_share = 0xFFFFFFFF;
  static constexpr std::uint64_t most_slots = std::uint64_t{1} << 20;  ///< lines in a turn

  /// Where `position` lies. `contiguous` bytes from there lie in the same line.
  struct Location {
    std::uint32_t share = no_share;  ///< index into the shares, or no_share: no device claims it
    std::uint64_t offset = 0;        ///< bytes from the start of the device's share
    std::uint64_t contiguous = 0;
  };

  /// Sizes in bytes. Errors: invalid (a size of 0 or no multiple of a turn, tables of different
  /// length, a line outside its turn, two devices at one line), too_large (most_slots).
  static Result<Interleave> build(std::uint32_t line_size, std::uint32_t ways,
                                  std::uint64_t share_size,
                                  std::span<const InterleaveShare> shares);

  /// `position` < size().
  Location locate(std::uint64_t position) const;

  std::uint64_t size() const { return size_; }
  /// Bytes after which the pattern of devices repeats, in the set and in each share.
  std::uint64_t turn_size() const { return turn_size_; }
  std::uint64_t share_turn_size() const { return share_turn_size_; }
  /// True for one device whose lines lie in order: the set is the share.
  bool linear() const;

 private:
  struct Slot {
    std::uint32_t share = no_share;
    std::uint32_t line = 0;
  };
  Status claim(std::uint32_t share, const InterleaveShare& mapping);

  std::uint32_t line_size_ = 0;
  std::uint64_t size_ = 0;
  std::uint64_t turn_size_ = 0;
  std::uint64_t share_turn_size_ = 0;
  std::vector<Slot> slots_;  // one for each line of a turn of the whole set
};

}  // namespace ndmedic
