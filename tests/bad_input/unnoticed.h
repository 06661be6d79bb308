// SPDX-License-Identifier: BSD-3-Clause
// The single-bit changes that no reader can notice, and why. bit_flips_test.cpp finds out by trying
// and fails for a change that is missing here as well as for one that is listed but noticed.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace bad_input {

/// Bits [first, last] of a field; bit 0 is the lowest one of the field's first byte.
struct UnnoticedField {
  std::string_view structure;
  std::string_view field;
  std::uint32_t first;
  std::uint32_t last;
  std::string_view reason;
};

inline constexpr std::array unnoticed_fields = {
    UnnoticedField{"label_1_1", "name", 0, 6, "no checksum; any other ASCII character is a name"},
    UnnoticedField{"label_1_1", "name", 8, 14, "the same, for a character more"},
    UnnoticedField{"label_1_1", "flags", 1, 1, "LOCAL: a namespace of one label reads the same"},
    UnnoticedField{"label_1_1", "flags", 4, 4, "SPACOOKIE_BOUND: there is no cookie to miss"},
    UnnoticedField{"label_1_1", "lbasize", 9, 9, "0 and 512 are both right, and mean the same"},
    UnnoticedField{"pool_header", "sds_usc", 0, 63, "the shutdown state lies behind CKSUM_2K"},
    UnnoticedField{"pool_header", "sds_uid_checksum", 0, 63, "as sds_usc"},
    UnnoticedField{"pool_header", "sds_dirty", 0, 7, "as sds_usc"},
    UnnoticedField{"pool_header", "sds_reserved", 0, 311, "as sds_usc"},
    UnnoticedField{"pool_header", "sds_checksum", 0, 63, "as sds_usc; not judged by any reader"},
    UnnoticedField{"pool_desc", "is_zeroed", 0, 0, "0 and 1 are both right"},
};

/// A kind of word in a flog or a map, as bit_flips_test.cpp names it.
struct UnnoticedWord {
  std::string_view kind;
  std::string_view reason;
};

inline constexpr std::array unnoticed_words = {
    UnnoticedWord{
        "flog pristine lane, current lba zero",
        "libpmemblk formats lba 0 where Linux writes the lane's number: both are pristine"},
    UnnoticedWord{"flog superseded lane, current lba",
                  "a later write to another LBA looks the same; blocks, not LBAs, are unique"},
    UnnoticedWord{"flog used lane, inactive lba", "the inactive entry carries no state (CC-4)"},
    UnnoticedWord{"flog used lane, inactive lba zero", "as above"},
    UnnoticedWord{"flog used lane, inactive new_map block", "as above"},
    UnnoticedWord{"flog used lane, inactive new_map block beyond", "as above"},
    UnnoticedWord{"flog used lane, inactive new_map flags", "as above"},
    UnnoticedWord{"flog used lane, inactive old_map flags",
                  "as above; its block continues into the current entry"},
    UnnoticedWord{"flog pristine torn lane, inactive lba",
                  "half of a first write (T-0b): already told as torn, and without state"},
    UnnoticedWord{"flog pristine torn lane, inactive old_map block", "as above"},
    UnnoticedWord{"flog pristine torn lane, inactive old_map block beyond", "as above"},
    UnnoticedWord{"flog pristine torn lane, inactive old_map flags", "as above"},
    UnnoticedWord{"flog pristine torn lane, inactive new_map block", "as above"},
    UnnoticedWord{"flog pristine torn lane, inactive new_map block beyond", "as above"},
    UnnoticedWord{"flog pristine torn lane, inactive new_map flags", "as above"},
    UnnoticedWord{"map normal unnamed block",
                  "another block of the arena: who owns a block is a question to all entries and "
                  "lanes at once (CC-1)"},
};

}  // namespace bad_input
