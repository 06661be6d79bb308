// SPDX-License-Identifier: BSD-3-Clause
//
// Map entries (btt.md 2.4), flog groups, slot layout and current slot (2.5), and the recovery
// cases of one lane (3.6).
#include "spec_reader/arena.h"

namespace spec_reader {

namespace {

// btt.md 2.5.1: four slots of 16 bytes, of which two are live.
constexpr FieldRow group_table[] = {
    {"lba0", 0, 4},  {"old_map0", 4, 4},  {"new_map0", 8, 4},  {"seq0", 12, 4},
    {"lba1", 16, 4}, {"old_map1", 20, 4}, {"new_map1", 24, 4}, {"seq1", 28, 4},
    {"lba2", 32, 4}, {"old_map2", 36, 4}, {"new_map2", 40, 4}, {"seq2", 44, 4},
    {"lba3", 48, 4}, {"old_map3", 52, 4}, {"new_map3", 56, 4}, {"seq3", 60, 4},
};

// FL-6: interpret old_map and new_map without the two flag bits.
constexpr std::uint32_t low_mask = 0x3FFFFFFF;

// 2.5.2: a slot is padding when its four words are all zero.
bool is_padding(const FlogSlot& slot) {
  return slot.lba == 0 && slot.old_map == 0 && slot.new_map == 0 && slot.seq == 0;
}

std::uint32_t word_at(Bytes bytes, std::uint64_t offset) {
  return static_cast<std::uint32_t>(number_at(bytes, offset, 4));
}

}  // namespace

MapEntry decode_map_entry(std::uint32_t word, std::uint32_t premap) {
  MapEntry entry;
  entry.low_bits = word & low_mask;
  const bool error_bit = (word >> 30 & 1) != 0;  // E
  const bool zero_bit = (word >> 31 & 1) != 0;   // Z
  if (!zero_bit && !error_bit) {
    // MP-1: an initial entry owns block = premap; its low bits are ignored.
    entry.state = MapState::initial;
    entry.postmap = premap;
    return entry;
  }
  entry.postmap = entry.low_bits;
  if (zero_bit && error_bit) {
    entry.state = MapState::normal;
  } else if (error_bit) {
    entry.state = MapState::error;
  } else {
    entry.state = MapState::zero;
  }
  return entry;
}

Fields flog_group_fields(Bytes group) {
  return cut_fields(clip(group, 0, flog_group_size), group_table);
}

FlogGroup parse_flog_group(Bytes group) {
  FlogGroup result;
  for (std::size_t i = 0; i < 4; ++i) {
    result[i].lba = word_at(group, 16 * i);
    result[i].old_map = word_at(group, 16 * i + 4);
    result[i].new_map = word_at(group, 16 * i + 8);
    result[i].seq = word_at(group, 16 * i + 12);
  }
  return result;
}

FlogLayout detect_flog_layout(std::span<const FlogGroup> groups) {
  std::optional<std::size_t> x;
  std::optional<std::size_t> y;
  bool never_written = true;  // every lane had at least three padding slots
  for (const FlogGroup& group : groups) {
    unsigned padding = 0;  // counted per lane, and only until Y is known
    for (std::size_t i = 0; i < 4; ++i) {
      const bool pad = is_padding(group[i]);
      // The [proj] correction behind rule 6: slot 3 is never live.
      if (i == 3 && !pad) {
        return FlogLayout::failed;
      }
      if (!x || !y) {
        // Rule 2.
        if (pad) {
          ++padding;
        } else if (!x) {
          x = i;
        } else if (i != *x) {
          y = i;
        }
        continue;
      }
      // Rule 3: slot X is used, slot Y may be anything, the others are padding.  It starts with
      // the slot behind Y, in the same lane.
      const bool wrong_x = i == *x && pad;
      const bool wrong_other = i != *x && i != *y && !pad;
      if (wrong_x || wrong_other) {
        return FlogLayout::failed;
      }
    }
    if (padding < 3) {
      never_written = false;
    }
  }
  if (never_written) {
    y = 1;  // rule 4
  }
  if (!x || !y) {
    return FlogLayout::failed;  // rule 5, and nothing met at all
  }
  // Rule 6.
  if (*x == 0 && *y == 1) {
    return FlogLayout::slots_0_1;
  }
  if (*x == 0 && *y == 2) {
    return FlogLayout::slots_0_2;
  }
  return FlogLayout::failed;
}

PairSide current_side(std::uint32_t seq_a, std::uint32_t seq_b) {
  constexpr PairSide a = PairSide::a;
  constexpr PairSide b = PairSide::b;
  constexpr PairSide inv = PairSide::invalid;
  // The decision table of 2.5.3: rows seq A, columns seq B.  A* counts as A.
  constexpr PairSide table[4][4] = {
      {inv, b, b, b},
      {a, inv, b, a},
      {a, a, inv, b},
      {a, b, a, inv},
  };
  // Row and column ">= 4".
  if (seq_a > 3 || seq_b > 3) {
    return inv;
  }
  return table[seq_a][seq_b];
}

LaneReading lane_slots(const FlogGroup& group, FlogLayout layout, std::uint32_t lane) {
  LaneReading reading;
  reading.lane = lane;
  if (layout == FlogLayout::failed) {
    return reading;
  }
  // 2.5.1: entry A is at byte 0 in both layouts, entry B at 16 or at 32.
  const FlogSlot& slot_a = group[0];
  const FlogSlot& slot_b = group[layout == FlogLayout::slots_0_1 ? 1 : 2];
  reading.side = current_side(slot_a.seq, slot_b.seq);
  if (reading.side == PairSide::invalid) {
    return reading;
  }
  // The other one of the two live slots carries no state (EV-6).
  const bool a_is_current = reading.side == PairSide::a;
  reading.current = a_is_current ? slot_a : slot_b;
  reading.inactive = a_is_current ? slot_b : slot_a;
  // CC-4: only a pair whose both slots were written can show a torn inactive slot.
  const bool used = slot_a.seq != 0 && slot_b.seq != 0;
  const std::uint32_t inactive_old = reading.inactive.old_map & low_mask;
  const std::uint32_t current_new = reading.current.new_map & low_mask;
  reading.torn = used && inactive_old != current_new;
  return reading;
}

bool lane_needs_map(const LaneReading& lane, const InfoBlock& info) {
  // R1 has no current slot; R3 has no map entry.  R2 and R4 need none, but the conditions of
  // R5..R9 are still worth knowing when the entry exists.
  return lane.side != PairSide::invalid && lane.current.lba < info.external_nlba;
}

void judge_lane(LaneReading& lane, const InfoBlock& info, MapWord map_word) {
  if (lane.side == PairSide::invalid) {
    lane.lane_case = "R1";
    lane.conditions.insert("R1");
    return;
  }
  // All comparisons are on block numbers, without flags (3.6, FL-6).
  const std::uint32_t old_block = lane.current.old_map & low_mask;
  const std::uint32_t new_block = lane.current.new_map & low_mask;
  // R2: never used since format, or repaired.  The free block is old.
  if (old_block == new_block) {
    lane.conditions.insert("R2");
  }
  // R3: lba is a plain premap LBA (FL-7).
  if (lane.current.lba >= info.external_nlba) {
    lane.conditions.insert("R3");
  }
  // R4: the bound is internal_nlba (PF-54).
  if (old_block >= info.internal_nlba || new_block >= info.internal_nlba) {
    lane.conditions.insert("R4");
  }
  if (lane_needs_map(lane, info) && map_word) {
    lane.map_word = map_word;
    // m = postmap of map[lba], identity for an initial entry; E and Z are ignored (RC-4).
    const std::uint32_t m = decode_map_entry(*map_word, lane.current.lba).postmap;
    // SQ-5: the formatter's pair, recognised by (1,0), lba = lane, new = external_nlba + lane.
    const bool first_pair = lane.side == PairSide::a && lane.current.seq == 1 &&
                            lane.inactive.seq == 0 && lane.current.lba == lane.lane &&
                            new_block == info.external_nlba + lane.lane;
    if (m == old_block && first_pair && old_block != new_block) {
      lane.conditions.insert("R9");
    }
    // R5: complete.
    if (m == new_block) {
      lane.conditions.insert("R5");
    }
    // R6: interrupted; the direction is always forward (RC-1).
    if (m == old_block) {
      lane.conditions.insert("R6");
    }
    // R7: superseded by a later write through another lane; normal (PF-13).
    if (m != old_block && m != new_block) {
      lane.conditions.insert("R7");
    }
  }
  // The first row of 3.6 that holds; R9 is the exception to R6 and is asked before it.  R8
  // needs ownership of blocks and is not evaluated: such a lane is R6 here.
  for (const char* name : {"R2", "R3", "R4", "R5", "R9", "R6", "R7"}) {
    if (lane.conditions.contains(name)) {
      lane.lane_case = name;
      return;
    }
  }
  lane.lane_case = "unreadable";
}

}  // namespace spec_reader
