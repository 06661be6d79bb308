// SPDX-License-Identifier: BSD-3-Clause
// Label index block: header, free bitmap, choice of the current one (labels.md 2.2, 4.1).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include <ndmedic/format/endian.h>
#include <ndmedic/format/field_table.h>
#include <ndmedic/format/label_geometry.h>
#include <ndmedic/format/numbers.h>
#include <ndmedic/format/violation.h>

namespace ndmedic {

/// The fixed 72 bytes of an index block; the free bitmap and zero padding follow, up to mysize.
struct IndexHeader {
  std::array<std::uint8_t, 16> sig;
  std::array<std::uint8_t, 3> flags;
  Byte labelsize;
  Le32 seq;
  Le64 myoff;
  Le64 mysize;
  Le64 otheroff;
  Le64 labeloff;
  Le32 nslot;
  Le16 major;
  Le16 minor;
  Le64 checksum;
};
static_assert(sizeof(IndexHeader) == 72 && alignof(IndexHeader) == 1);

inline constexpr std::array index_header_fields = {
    NDMEDIC_FIELD_KEY(IndexHeader, sig, "signature", text, "\"NAMESPACE_INDEX\" and one NUL"),
    NDMEDIC_FIELD(IndexHeader, flags, hex, "no bits defined, zero"),
    NDMEDIC_FIELD(IndexHeader, labelsize, number, "slot size is 128 << labelsize"),
    NDMEDIC_FIELD(IndexHeader, seq, number, "1, 2, 3, cycling; 0 is never current"),
    NDMEDIC_FIELD(IndexHeader, myoff, hex, "offset of this block in the label area"),
    NDMEDIC_FIELD(IndexHeader, mysize, hex, "bytes of this block, a multiple of 256"),
    NDMEDIC_FIELD(IndexHeader, otheroff, hex, "offset of the other block"),
    NDMEDIC_FIELD(IndexHeader, labeloff, hex, "offset of slot 0"),
    NDMEDIC_FIELD(IndexHeader, nslot, number, "number of slots"),
    NDMEDIC_FIELD(IndexHeader, major, number, "1: EFI labels, 2: CXL labels"),
    NDMEDIC_FIELD(IndexHeader, minor, number, "1 or 2 after major 1, 1 after major 2"),
    NDMEDIC_FIELD(IndexHeader, checksum, checksum, "Fletcher64 of the whole block"),
};
static_assert(tiles(index_header_fields, sizeof(IndexHeader)));

inline constexpr Structure index_block_structure = {
    "index_block", "Label index block", "labels.md 2.2", sizeof(IndexHeader), index_header_fields};

inline constexpr std::array<std::uint8_t, 16> index_signature = {
    'N', 'A', 'M', 'E', 'S', 'P', 'A', 'C', 'E', '_', 'I', 'N', 'D', 'E', 'X', 0};

/// The tests of labels.md 4.1, Linux column, and what 7.1 calls harmless.
inline constexpr std::array index_block_rules = {
    Rule{"4.1.1", true, "sig is \"NAMESPACE_INDEX\" and a NUL"},
    Rule{"4.1.2", true, "the slot size that version and labelsize give is the one tried"},
    Rule{"4.1.3", true, "checksum is the Fletcher64 of index_size bytes"},
    Rule{"4.1.4", true, "the two low bits of seq are not 0"},
    Rule{"4.1.5", true, "myoff is where the block stands"},
    Rule{"4.1.6", true, "otheroff is where the other block stands"},
    Rule{"4.1.7", true, "labeloff is twice index_size"},
    Rule{"4.1.8", true, "mysize lies between 72 and index_size"},
    Rule{"4.1.9", true, "all slots lie within the label area and the bitmap within the block"},
    Rule{"IX04", false, "the upper 30 bits of seq are zero"},
    Rule{"IX15", false, "flags are zero"},
    Rule{"IX16", false, "bitmap bits from nslot to the end of their word are zero"},
    Rule{"IX17", false, "padding behind the bitmap is zero"},
};
using IndexViolations = Violations<index_block_rules>;

/// What an index block is judged against: number (0 or 1) and the geometry tried.
struct IndexContext {
  unsigned number = 0;
  LabelGeometry geometry{};  ///< area_size, slot_size and index_size count; nslot does not
};

/// All rules that `block` (the bytes at number * index_size, index_size of them, or fewer when the
/// area is cut) violates. Reads the bitmap up to nslot; never beyond `block`.
IndexViolations validate(std::span<const std::byte> block, const IndexContext& context);

/// Slot size in bytes by Linux's and ndctl's reading of version and labelsize (labels.md 2.2.1):
/// 128 or 256, or none for any other result.
std::optional<std::uint32_t> slot_size_of(const IndexHeader& header);

/// The checksum that `block` should carry, over all its bytes (callers pass index_size of them).
std::uint64_t index_checksum(std::span<const std::byte> block);

/// True when bit `slot` of the free bitmap is 1 (1 = free). False beyond the block's end.
bool is_free(std::span<const std::byte> block, SlotIndex slot);

/// Which of two valid blocks is current (labels.md 4.1 table): sequence numbers are taken modulo 4
/// and must not be 0; equal numbers give block 1.
unsigned newer_index(std::uint32_t seq0, std::uint32_t seq1);

}  // namespace ndmedic
