// SPDX-License-Identifier: BSD-3-Clause
// BTT flog: one group of 64 bytes a lane, two live entries in it (btt.md 2.5).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include <ndmedic/format/btt_map.h>
#include <ndmedic/format/endian.h>
#include <ndmedic/format/field_table.h>
#include <ndmedic/format/numbers.h>

namespace ndmedic {

/// 16 bytes. old_map and new_map may carry the map's flag bits: mask to interpret (FL-4, FL-6).
struct FlogEntry {
  Le32 lba;
  Le32 old_map;
  Le32 new_map;
  Le32 seq;

  PostmapLba old_block() const { return {old_map.value() & map_postmap_mask}; }
  PostmapLba new_block() const { return {new_map.value() & map_postmap_mask}; }
  /// All four words zero: padding, or never written (2.5.2).
  bool is_zero() const {
    return (lba.value() | old_map.value() | new_map.value() | seq.value()) == 0;
  }
};
static_assert(sizeof(FlogEntry) == 16 && alignof(FlogEntry) == 1);

/// Four slots of which two are live, by the layout of the arena; the others are zero.
struct FlogGroup {
  std::array<FlogEntry, 4> slot;
};
static_assert(sizeof(FlogGroup) == 64 && alignof(FlogGroup) == 1);

inline constexpr std::array flog_entry_fields = {
    NDMEDIC_FIELD(FlogEntry, lba, number, "premap LBA of the last write through this lane"),
    NDMEDIC_FIELD(FlogEntry, old_map, hex, "block that the write freed"),
    NDMEDIC_FIELD(FlogEntry, new_map, hex, "block that the write filled"),
    NDMEDIC_FIELD(FlogEntry, seq, number, "1, 2, 3, cycling; 0: never written"),
};
static_assert(tiles(flog_entry_fields, sizeof(FlogEntry)));
inline constexpr Structure flog_entry_structure = {"flog_entry", "BTT flog entry", "btt.md 2.5.1",
                                                   sizeof(FlogEntry), flog_entry_fields};

/// The live entry A lies in slot 0; B in slot 1, or in slot 2 before Linux 4.15.
enum class FlogLayout : std::uint8_t { slots_0_1, slots_0_2 };
enum class FlogSlot : std::uint8_t { a, b };

/// Index of a live entry within FlogGroup::slot.
constexpr std::size_t slot_index(FlogLayout layout, FlogSlot slot) {
  if (slot == FlogSlot::a) return 0;
  return layout == FlogLayout::slots_0_1 ? 1 : 2;
}

/// The current entry of a pair by UEFI's rule (2.5.3 table), or none for an inconsistent pair.
std::optional<FlogSlot> newer(std::uint32_t seq_a, std::uint32_t seq_b);

/// True for pairs that no formatter and writer can reach: (2,0), (3,0), (0,n) (SQ-3, FL-06).
bool is_unreachable(std::uint32_t seq_a, std::uint32_t seq_b);

/// Successor of a sequence number: 1, 2, 3, 1; 0 for anything else (SQ-1).
constexpr std::uint32_t next_seq(std::uint32_t seq) {
  return seq == 1 ? 2 : seq == 2 ? 3 : seq == 3 ? 1 : 0;
}

/// Finds the live slots of an arena by feeding every group in lane order (2.5.2), with the
/// project's correction: a non-zero slot 3 is always a failure.
class FlogLayoutDetector {
 public:
  void feed(const FlogGroup& group);
  /// `count` groups that are zero from end to end, at the cost of one (holes of sparse files).
  void feed_zero(std::uint64_t count);

  struct Answer {
    std::optional<FlogLayout> layout;    ///< none: the arena cannot be attached (FL-08)
    bool written = false;                ///< false: all lanes pristine, the layout is by definition
    std::optional<Lane> first_conflict;  ///< the first lane that contradicts
  };
  Answer answer() const;

 private:
  bool first_seen_ = false;              ///< a lane with slot 0 in use was met
  std::optional<unsigned> second_slot_;  ///< slot of B, once a lane told
  std::optional<Lane> conflict_;
  std::uint64_t lanes_ = 0;
};

}  // namespace ndmedic
