// SPDX-License-Identifier: BSD-3-Clause
// A metadump file: the parts of one image that were kept (docs/METADUMP.md). Header, table of
// extents, then the bytes of those that hold data. All numbers little-endian.
#pragma once

#include <cstddef>
#include <cstdint>

#include <ndmedic/format/endian.h>

namespace ndmedic {

inline constexpr char metadump_magic[8] = {'N', 'D', 'M', 'D', 'U', 'M', 'P', 0};
inline constexpr std::uint32_t metadump_version = 1;
inline constexpr std::uint32_t metadump_anonymised = 0x1;  ///< compatible: names, uuids replaced
inline constexpr std::uint64_t metadump_piece = std::uint64_t{64} << 10;  ///< most of one extent
inline constexpr std::uint64_t metadump_extents_max = std::uint64_t{1} << 20;

struct MetadumpHeader {
  char magic[8];
  Le32 version;
  Le32 header_size;   ///< 64
  Le32 compatible;    ///< features that a reader may ignore
  Le32 incompatible;  ///< features that it must know
  Le64 image_size;
  Le64 extent_count;
  Le64 file_size;
  Le64 reserved;
  Le32 table_crc;  ///< of the table
  Le32 crc;        ///< of the header up to here
};

/// What a part of the image is. What no extent covers is absent: dropped.
enum class MetadumpKind : std::uint8_t {
  zero = 0,
  data = 1,
  bad = 2,  ///< it could not be read
};

struct MetadumpExtent {
  Le64 offset;   ///< in the image, ascending; extents do not overlap
  Le64 size;     ///< of data at most metadump_piece
  Le64 content;  ///< of data: in the file
  Le32 crc;      ///< of data
  Byte kind;     ///< MetadumpKind
  Byte reserved[3];
};

static_assert(sizeof(MetadumpHeader) == 64 && sizeof(MetadumpExtent) == 32);

}  // namespace ndmedic
