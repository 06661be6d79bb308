// SPDX-License-Identifier: BSD-3-Clause
// BTT info block: heads every arena, a second copy ends it (btt.md 2.2, 2.3, 2.6.3).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include <ndmedic/format/endian.h>
#include <ndmedic/format/field_table.h>
#include <ndmedic/format/guid.h>
#include <ndmedic/format/violation.h>

namespace ndmedic {

inline constexpr std::uint64_t info_block_size = 4096;
inline constexpr std::uint64_t arena_size_max = std::uint64_t{1} << 39;  ///< 512 GiB (2.6)
inline constexpr std::uint64_t arena_size_min = std::uint64_t{1} << 24;  ///< 16 MiB
inline constexpr std::uint32_t flog_group_size = 64;
inline constexpr std::uint32_t map_entry_size = 4;

/// All offsets are relative to the first byte of this arena's primary info block (PL-1).
struct InfoBlock {
  std::array<std::uint8_t, 16> sig;
  Guid uuid;
  Guid parent_uuid;
  Le32 flags;
  Le16 major;
  Le16 minor;
  Le32 external_lbasize;
  Le32 external_nlba;
  Le32 internal_lbasize;
  Le32 internal_nlba;
  Le32 nfree;
  Le32 infosize;
  Le64 nextoff;
  Le64 dataoff;
  Le64 mapoff;
  Le64 flogoff;
  Le64 infooff;
  std::array<std::uint8_t, 3968> unused;
  Le64 checksum;
};
static_assert(sizeof(InfoBlock) == 4096 && alignof(InfoBlock) == 1);

inline constexpr std::uint32_t info_flag_error = 0x1;
inline constexpr std::array info_flag_names = {NamedValue{info_flag_error, "ERROR"}};

inline constexpr std::array info_block_fields = {
    NDMEDIC_FIELD_KEY(InfoBlock, sig, "signature", text, "\"BTT_ARENA_INFO\" and two NULs"),
    NDMEDIC_FIELD(InfoBlock, uuid, uuid, "identity of this BTT, equal in all arenas"),
    NDMEDIC_FIELD(InfoBlock, parent_uuid, uuid, "uuid of the namespace or pool, or null"),
    NDMEDIC_FIELD(InfoBlock, flags, flags, "bit 0: the arena is in error state", info_flag_names),
    NDMEDIC_FIELD(InfoBlock, major, number, "1 with minor 1, or 2 with minor 0"),
    NDMEDIC_FIELD(InfoBlock, minor, number, "see major"),
    NDMEDIC_FIELD(InfoBlock, external_lbasize, number, "bytes of a sector"),
    NDMEDIC_FIELD(InfoBlock, external_nlba, number, "sectors of this arena"),
    NDMEDIC_FIELD(InfoBlock, internal_lbasize, number, "bytes from block to block"),
    NDMEDIC_FIELD(InfoBlock, internal_nlba, number, "blocks: external_nlba + nfree"),
    NDMEDIC_FIELD(InfoBlock, nfree, number, "spare blocks, lanes, flog groups"),
    NDMEDIC_FIELD(InfoBlock, infosize, number, "bytes of this block, 4096"),
    NDMEDIC_FIELD(InfoBlock, nextoff, hex, "start of the next arena, 0 in the last"),
    NDMEDIC_FIELD(InfoBlock, dataoff, hex, "start of the data area"),
    NDMEDIC_FIELD(InfoBlock, mapoff, hex, "start of the map"),
    NDMEDIC_FIELD_KEY(InfoBlock, flogoff, "logoff", hex, "start of the flog"),
    NDMEDIC_FIELD_KEY(InfoBlock, infooff, "info2off", hex, "start of the backup info block"),
    NDMEDIC_FIELD(InfoBlock, unused, reserved, "zero"),
    NDMEDIC_FIELD(InfoBlock, checksum, checksum, "Fletcher64 of 4096 bytes"),
};
static_assert(tiles(info_block_fields, sizeof(InfoBlock)));

inline constexpr Structure info_block_structure = {"info_block", "BTT info block", "btt.md 2.2",
                                                   sizeof(InfoBlock), info_block_fields};

inline constexpr std::array<std::uint8_t, 16> info_signature = {
    'B', 'T', 'T', '_', 'A', 'R', 'E', 'N', 'A', '_', 'I', 'N', 'F', 'O', 0, 0};

/// What a reader verifies before it trusts an info block (btt.md 2.6.3), and two softer rules.
inline constexpr std::array info_block_rules = {
    Rule{"V-1", true, "sig is \"BTT_ARENA_INFO\" and two NULs"},
    Rule{"V-2", true, "checksum is the Fletcher64 of the block"},
    Rule{"V-3", true, "parent_uuid is the namespace's uuid, or null"},
    Rule{"V-4", true, "version is 1.1 or 2.0"},
    Rule{"V-5", true, "infosize is 4096"},
    Rule{"V-6", true, "nfree >= 1, external_nlba >= 1, internal_nlba is their sum and <= 2^30"},
    Rule{"V-7", true, "external_lbasize >= 1, internal_lbasize >= external_lbasize and >= 512"},
    Rule{"V-8", true, "dataoff >= 4096; the four offsets ascend and are multiples of 512"},
    Rule{"V-8-page", false, "the four offsets are multiples of 4096, as most formatters round"},
    Rule{"V-9", true, "the data area ends before the map"},
    Rule{"V-10", true, "the map ends before the flog"},
    Rule{"V-11", true, "the flog ends before the backup info block"},
    Rule{"V-12", true, "the arena ends within the container"},
    Rule{"V-13", true, "nextoff is 0, or 2^39 behind an arena of that size with one following"},
    Rule{"V-14", false, "the last arena ends where the container's size says"},
    Rule{"V-15", false, "the geometry is the one that a formatter computes for the arena's size"},
    Rule{"V-16", false, "no unknown bits in flags"},
    Rule{"IB-09", false, "unused bytes are zero"},
};
using InfoViolations = Violations<info_block_rules>;

/// What an info block is judged against; parts that are not known are not tested.
struct InfoContext {
  std::optional<std::uint64_t>
      available{};                    ///< bytes from the arena's start to the container's end
  std::optional<Guid> parent_uuid{};  ///< uuid of the namespace or poolset (V-3)
};

/// All rules that the block violates. Rules V-3 and V-12..V-14 need their part of the context.
InfoViolations validate(const InfoBlock& info, const InfoContext& context);

/// The checksum that the block should carry (CS-1).
std::uint64_t checksum_of(const InfoBlock& info);

}  // namespace ndmedic
