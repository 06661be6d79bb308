// SPDX-License-Identifier: BSD-3-Clause
// How an NFIT spreads one device's share over an SPA range in lines (labels.md 5.7, type 2).
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

namespace ndmedic {

/// A type 2 structure and what a mapping adds to it. Sizes and offsets in bytes, except
/// `line_offsets`, which count lines.
struct NfitSpread {
  std::uint64_t region_offset = 0;  ///< of the mapping: start of the share in the range
  std::uint32_t ways = 1;           ///< of the mapping
  std::uint64_t line_size = 0;
  std::vector<std::uint32_t> line_offsets{};
};

/// Address arithmetic of one share, both ways. Immutable, thread-safe.
class NfitInterleave {
 public:
  /// None when the spread is no one-to-one arrangement: line_size or ways 0, no lines, more than
  /// 2^16 of them, or two lines of a turn in one place.
  static std::optional<NfitInterleave> make(NfitSpread spread);

  /// Where byte `share_offset` of the share lies in the SPA range, or none beyond 2^64.
  std::optional<std::uint64_t> spa_offset(std::uint64_t share_offset) const;

  /// The byte of the share at `spa_offset` of the range, or none: it belongs to another device.
  std::optional<std::uint64_t> share_offset(std::uint64_t spa_offset) const;

  std::uint64_t line_size() const { return spread_.line_size; }

 private:
  struct Line {
    std::uint64_t place;  // within a turn, in lines
    std::uint64_t turns;  // that the line's offset reaches ahead
    std::uint64_t index;  // in line_offsets
  };

  NfitInterleave(NfitSpread spread, std::vector<Line> by_place);
  std::uint64_t lines_in_turn() const { return spread_.line_offsets.size() * spread_.ways; }

  NfitSpread spread_;
  std::vector<Line> by_place_;  // ascending
};

}  // namespace ndmedic
