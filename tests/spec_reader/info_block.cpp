// SPDX-License-Identifier: BSD-3-Clause
//
// The BTT info block: table 2.2, checksum 2.3 and the rules V-1 to V-16 of btt.md 2.6.3.
#include <algorithm>

#include "spec_reader/arena.h"
#include "spec_reader/fletcher.h"

namespace spec_reader {

namespace {

// btt.md 2.2, column "libpmemblk name" where it differs from the others.  All offsets stored in
// the block are relative to its own first byte (PL-1).
constexpr FieldRow table[] = {
    {"sig", 0, 16},
    {"uuid", 16, 16},
    {"parent_uuid", 32, 16},
    {"flags", 48, 4},
    {"major", 52, 2},
    {"minor", 54, 2},
    {"external_lbasize", 56, 4},
    {"external_nlba", 60, 4},
    {"internal_lbasize", 64, 4},
    {"internal_nlba", 68, 4},
    {"nfree", 72, 4},
    {"infosize", 76, 4},
    {"nextoff", 80, 8},
    {"dataoff", 88, 8},
    {"mapoff", 96, 8},
    {"flogoff", 104, 8},
    {"infooff", 112, 8},
    {"unused", 120, 3968},
    {"checksum", 4088, 8},
};

// All 16 bytes are compared: "BTT_ARENA_INFO" and two NULs (PF-29).
constexpr std::uint8_t signature[16] = {'B', 'T', 'T', '_', 'A', 'R', 'E', 'N',
                                        'A', '_', 'I', 'N', 'F', 'O', 0,   0};

const char* const all_rules[] = {"V-1",  "V-2",  "V-4",  "V-5",  "V-6",  "V-7",  "V-8",  "V-9",
                                 "V-10", "V-11", "V-12", "V-13", "V-14", "V-16", "IB-09"};

// V-6: counts.
bool counts_right(const InfoBlock& info) {
  // The fields have 32 bits, so the sum is exact in 64.
  return info.nfree >= 1 && info.external_nlba >= 1 &&
         info.internal_nlba == info.external_nlba + info.nfree &&
         info.internal_nlba <= (std::uint64_t{1} << 30);
}

bool offsets_are_multiples_of(const InfoBlock& info, std::uint64_t unit) {
  return info.dataoff % unit == 0 && info.mapoff % unit == 0 && info.flogoff % unit == 0 &&
         info.infooff % unit == 0;
}

// V-8: places; multiples of 4096, "512 at least".
bool offsets_right(const InfoBlock& info) {
  const bool aligned = offsets_are_multiples_of(info, 512);
  const bool increasing =
      info.dataoff < info.mapoff && info.mapoff < info.flogoff && info.flogoff < info.infooff;
  return info.dataoff >= 4096 && aligned && increasing;
}

// V-9: the data area ends before the map.  The product of two 32-bit fields fits.
bool data_fits(const InfoBlock& info) {
  const std::optional<std::uint64_t> end =
      add(info.dataoff, info.internal_nlba * info.internal_lbasize);
  return end && *end <= info.mapoff;
}

// V-10 and V-11: `needed` bytes, rounded up to 4096, fit between two offsets.
bool room_between(std::uint64_t from, std::uint64_t to, std::uint64_t needed) {
  const std::optional<std::uint64_t> rounded = round_up(needed, 4096);
  return rounded && from <= to && to - from >= *rounded;
}

// V-12: the backup block lies within the namespace.
bool backup_inside(const InfoBlock& info, std::uint64_t available) {
  return range_fits(available, info.infooff, info_block_size);
}

// V-13: the chain field.  0 ends the chain; 512 GiB is only right for a full arena with room
// for the smallest possible one behind it.
bool nextoff_right(const InfoBlock& info, std::uint64_t available) {
  if (info.nextoff == 0) {
    return true;
  }
  return info.nextoff == largest_arena && info.infooff == largest_arena - 4096 &&
         available >= largest_arena + smallest_arena;
}

// V-14: the last arena is as large as the namespace allows; otherwise the container was grown
// or truncated.  An arena with a successor is not the last one.
bool last_size_right(const InfoBlock& info, std::uint64_t available) {
  if (info.nextoff != 0) {
    return true;
  }
  const std::uint64_t expected = std::min(largest_arena, round_down(available, 4096));
  const std::optional<std::uint64_t> actual = add(info.infooff, 4096);
  // D-17: one formatter does not round the last arena down.
  return actual && (*actual == expected || *actual == available);
}

// V-15: 2.6.2 from A = infooff + 4096 reproduces the numbers.  The stride is taken from the
// block, as GE-10 demands.
bool formulas_reproduce(const InfoBlock& info) {
  const std::optional<std::uint64_t> size = add(info.infooff, 4096);
  if (!size) {
    return false;
  }
  const ArenaGeometry expected = geometry_of_stride(*size, info.internal_lbasize, info.nfree);
  return expected.possible && expected.internal_nlba == info.internal_nlba &&
         expected.external_nlba == info.external_nlba && expected.dataoff == info.dataoff &&
         expected.mapoff == info.mapoff && expected.flogoff == info.flogoff &&
         expected.infooff == info.infooff;
}

}  // namespace

Fields info_fields(Bytes block) { return cut_fields(clip(block, 0, info_block_size), table); }

InfoBlock info_numbers(Bytes block) {
  InfoBlock info;
  info.flags = number_at(block, 48, 4);
  info.major = number_at(block, 52, 2);
  info.minor = number_at(block, 54, 2);
  info.external_lbasize = number_at(block, 56, 4);
  info.external_nlba = number_at(block, 60, 4);
  info.internal_lbasize = number_at(block, 64, 4);
  info.internal_nlba = number_at(block, 68, 4);
  info.nfree = number_at(block, 72, 4);
  info.infosize = number_at(block, 76, 4);
  info.nextoff = number_at(block, 80, 8);
  info.dataoff = number_at(block, 88, 8);
  info.mapoff = number_at(block, 96, 8);
  info.flogoff = number_at(block, 104, 8);
  info.infooff = number_at(block, 112, 8);
  return info;
}

InfoVerdict info_violations(Bytes block, std::uint64_t available) {
  InfoVerdict result;
  if (block.size() < info_block_size) {
    result.violations.insert(std::begin(all_rules), std::end(all_rules));
    result.soft = {"V-15", "V-8-page"};
    return result;
  }
  const Bytes whole = clip(block, 0, info_block_size);
  // No rule stops the others: each is judged on the numbers as they are stored.
  const InfoBlock info = info_numbers(whole);
  const auto demand = [&result](bool holds, const char* rule) {
    if (!holds) {
      result.violations.insert(rule);
    }
  };
  // V-1 and V-2; the sum alone proves nothing, an all-zero block has it (CS-5).
  demand(same_bytes(clip(whole, 0, 16), signature), "V-1");
  demand(fletcher64(whole, 4088, 8) == number_at(whole, 4088, 8), "V-2");
  // V-3, the parent UUID, needs the namespace and is not evaluated here.
  // V-4: exactly 1.1 or 2.0; any other mixture is unknown.
  const bool version_1_1 = info.major == 1 && info.minor == 1;
  const bool version_2_0 = info.major == 2 && info.minor == 0;
  demand(version_1_1 || version_2_0, "V-4");
  // V-5 to V-9: the block by itself.
  demand(info.infosize == info_block_size, "V-5");
  demand(counts_right(info), "V-6");
  demand(info.external_lbasize >= 1 && info.internal_lbasize >= 512 &&
             info.internal_lbasize >= info.external_lbasize,
         "V-7");
  demand(offsets_right(info), "V-8");
  // Offsets that break both are named once: some are no multiple of 512, others may be.
  for (const std::uint64_t offset : {info.dataoff, info.mapoff, info.flogoff, info.infooff}) {
    if (offset % 4096 != 0 && offset % 512 == 0) {
      result.soft.insert("V-8-page");
    }
  }
  demand(data_fits(info), "V-9");
  // V-10 and V-11: four bytes per map entry, 64 per flog group; "normally equal" is not
  // demanded, only that there is room.
  demand(room_between(info.mapoff, info.flogoff, 4 * info.external_nlba), "V-10");
  demand(room_between(info.flogoff, info.infooff, 64 * info.nfree), "V-11");
  // V-12 to V-14: the block within its container.
  demand(backup_inside(info, available), "V-12");
  demand(nextoff_right(info, available), "V-13");
  demand(last_size_right(info, available), "V-14");
  // V-16: bit 0 is the error flag.  IB-09: reserved bytes are reported, not judged.
  demand((info.flags & ~std::uint64_t{1}) == 0, "V-16");
  demand(all_bytes_are(clip(whole, 120, 3968), 0), "IB-09");
  if (!formulas_reproduce(info)) {
    result.soft.insert("V-15");
  }
  return result;
}

}  // namespace spec_reader
