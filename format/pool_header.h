// SPDX-License-Identifier: BSD-3-Clause
// Header and block descriptor of a libpmemblk pool file (btt.md 7.1, 7.2). The BTT behind them
// begins at 8192 (pages of 4 KiB).
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

inline constexpr std::uint64_t blk_descriptor_offset = 4096;
inline constexpr std::uint64_t pool_btt_offset = 8192;  ///< with pages of 4 KiB

/// uuids stand in byte order; PMDK's tools print their first three groups swapped (IB-7).
struct PoolHeader {
  std::array<std::uint8_t, 8> sig;
  Le32 major;
  Le32 compat;
  Le32 incompat;
  Le32 ro_compat;
  Guid poolset_uuid;
  Guid uuid;
  Guid prev_part_uuid;
  Guid next_part_uuid;
  Guid prev_repl_uuid;
  Guid next_repl_uuid;
  Le64 crtime;
  Le64 alignment_desc;
  Byte machine_class;
  Byte data;
  std::array<std::uint8_t, 4> reserved;
  Le16 machine;
  std::array<std::uint8_t, 1904> unused;
  std::array<std::uint8_t, 1976> unused2;
  Le64 sds_usc;
  Le64 sds_uid_checksum;
  Byte sds_dirty;
  std::array<std::uint8_t, 39> sds_reserved;
  Le64 sds_checksum;
  Le64 checksum;
};
static_assert(sizeof(PoolHeader) == 4096 && alignof(PoolHeader) == 1);

namespace pool_features {
inline constexpr std::uint32_t check_bad_blocks = 0x1;  // compat
inline constexpr std::uint32_t singlehdr = 0x1;         // incompat, as the next two
inline constexpr std::uint32_t cksum_2k = 0x2;
inline constexpr std::uint32_t sds = 0x4;
inline constexpr std::uint32_t known_incompat = singlehdr | cksum_2k | sds;
}  // namespace pool_features

inline constexpr std::array pool_compat_names = {
    NamedValue{pool_features::check_bad_blocks, "CHECK_BAD_BLOCKS"}};
inline constexpr std::array pool_incompat_names = {
    NamedValue{pool_features::singlehdr, "SINGLEHDR"},
    NamedValue{pool_features::cksum_2k, "CKSUM_2K"}, NamedValue{pool_features::sds, "SDS"}};
inline constexpr std::array pool_machine_class_names = {NamedValue{2, "64 bit"}};
inline constexpr std::array pool_data_names = {NamedValue{1, "little-endian"},
                                               NamedValue{2, "big-endian"}};
inline constexpr std::array pool_machine_names = {
    NamedValue{21, "ppc64"}, NamedValue{62, "x86-64"}, NamedValue{183, "AArch64"},
    NamedValue{243, "RISC-V"}, NamedValue{258, "LoongArch"}};

inline constexpr std::array pool_header_fields = {
    NDMEDIC_FIELD_KEY(PoolHeader, sig, "signature", text, "\"PMEMBLK\" and a NUL"),
    NDMEDIC_FIELD(PoolHeader, major, number, "1"),
    NDMEDIC_FIELD(PoolHeader, compat, flags, "features to ignore if unknown", pool_compat_names),
    NDMEDIC_FIELD(PoolHeader, incompat, flags, "features to refuse if unknown",
                  pool_incompat_names),
    NDMEDIC_FIELD(PoolHeader, ro_compat, hex, "features to read only if unknown; none defined"),
    NDMEDIC_FIELD(PoolHeader, poolset_uuid, uuid, "parent_uuid of the BTT"),
    NDMEDIC_FIELD(PoolHeader, uuid, uuid, "uuid of this part"),
    NDMEDIC_FIELD(PoolHeader, prev_part_uuid, uuid, "ring of parts"),
    NDMEDIC_FIELD(PoolHeader, next_part_uuid, uuid, "ring of parts"),
    NDMEDIC_FIELD(PoolHeader, prev_repl_uuid, uuid, "ring of replicas"),
    NDMEDIC_FIELD(PoolHeader, next_repl_uuid, uuid, "ring of replicas"),
    NDMEDIC_FIELD(PoolHeader, crtime, number, "creation, seconds since 1970"),
    NDMEDIC_FIELD(PoolHeader, alignment_desc, hex, "alignment - 1 of eleven C types, 4 bits each"),
    NDMEDIC_FIELD(PoolHeader, machine_class, number, "word size", pool_machine_class_names),
    NDMEDIC_FIELD(PoolHeader, data, number, "byte order", pool_data_names),
    NDMEDIC_FIELD(PoolHeader, reserved, reserved, "zero"),
    NDMEDIC_FIELD(PoolHeader, machine, number, "ELF machine", pool_machine_names),
    NDMEDIC_FIELD(PoolHeader, unused, reserved, "zero"),
    NDMEDIC_FIELD(PoolHeader, unused2, reserved, "zero; not in the checksum with CKSUM_2K"),
    NDMEDIC_FIELD(PoolHeader, sds_usc, number, "unsafe shutdown count"),
    NDMEDIC_FIELD(PoolHeader, sds_uid_checksum, hex, "sum over device ids"),
    NDMEDIC_FIELD(PoolHeader, sds_dirty, number, "1 while a process has the pool open"),
    NDMEDIC_FIELD(PoolHeader, sds_reserved, reserved, "zero"),
    NDMEDIC_FIELD(PoolHeader, sds_checksum, hex, "sum of the shutdown state"),
    NDMEDIC_FIELD(PoolHeader, checksum, checksum, "Fletcher64 of 4096 bytes; see CKSUM_2K"),
};
static_assert(tiles(pool_header_fields, sizeof(PoolHeader)));

inline constexpr Structure pool_header_structure = {
    "pool_header", "libpmemblk pool header", "btt.md 7.2", sizeof(PoolHeader), pool_header_fields};

/// At 4096. What follows up to 8192 is the run-time state of the last process: never read.
struct BlkDescriptor {
  Le32 bsize;
  Le32 is_zeroed;
};
static_assert(sizeof(BlkDescriptor) == 8 && alignof(BlkDescriptor) == 1);

inline constexpr std::array blk_descriptor_fields = {
    NDMEDIC_FIELD(BlkDescriptor, bsize, number, "bytes of a sector"),
    NDMEDIC_FIELD(BlkDescriptor, is_zeroed, number, "1: the file was zero when it was made"),
};
static_assert(tiles(blk_descriptor_fields, sizeof(BlkDescriptor)));

inline constexpr Structure blk_descriptor_structure = {"pool_desc", "libpmemblk block descriptor",
                                                       "btt.md 7.1", sizeof(BlkDescriptor),
                                                       blk_descriptor_fields};

inline constexpr std::array<std::uint8_t, 8> pool_signature = {'P', 'M', 'E', 'M',
                                                               'B', 'L', 'K', 0};

inline constexpr std::array pool_header_rules = {
    Rule{"7.2-sig", true, "sig is \"PMEMBLK\" and a NUL"},
    Rule{"PH-1", true, "checksum is the Fletcher64 of the part that CKSUM_2K says"},
    Rule{"PH-2", true, "no unknown bits in incompat"},
    Rule{"PH-7", true, "major is 1"},
    Rule{"PH-2-ro", false, "no bits in ro_compat"},
    Rule{"PH-3", false, "machine_class is 64 bit and data little-endian"},
    Rule{"PH-4", false, "all uuids of the rings are the part's own: a pool of a single file"},
    Rule{"7.2-zero", false, "reserved and unused bytes are zero"},
};
using PoolHeaderViolations = Violations<pool_header_rules>;

PoolHeaderViolations validate(const PoolHeader& header);

/// The checksum that the header should carry (PH-1).
std::uint64_t checksum_of(const PoolHeader& header);

inline constexpr std::array blk_descriptor_rules = {
    Rule{"PH-5", true, "bsize is not 0"},
    Rule{"PH-6", true, "bsize is external_lbasize of the arenas"},
    Rule{"7.1-zeroed", false, "is_zeroed is 0 or 1"},
};
using BlkDescriptorViolations = Violations<blk_descriptor_rules>;

/// PH-6 is tested only when the sector size of the arenas is known.
BlkDescriptorViolations validate(const BlkDescriptor& descriptor,
                                 std::optional<std::uint32_t> external_lbasize);

}  // namespace ndmedic
