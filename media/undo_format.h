// SPDX-License-Identifier: BSD-3-Clause
// The bytes of an undo file, docs/UNDO.md: header, devices, names, records, content.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include <ndmedic/format/endian.h>

namespace ndmedic {

inline constexpr char undo_magic[8] = {'N', 'D', 'M', 'E', 'D', 'U', 'N', 'D'};
inline constexpr std::uint32_t undo_version = 1;
/// Bytes of devices and names together, so that a hostile header costs nothing.
inline constexpr std::uint32_t undo_header_max = std::uint32_t{1} << 20;
inline constexpr std::uint32_t undo_devices_max = 4096;

/// How far the command came, or its undoing. Written in place, as one 8-byte unit (PM-2).
enum class UndoState : std::uint32_t {
  begun = 1,     ///< the images may have been changed, in part or whole
  finished = 2,  ///< all changes are durable
  undoing = 3,   ///< the changes may have been taken back, in part or whole
  undone = 4,    ///< all are taken back
};

struct UndoHeader {
  char magic[8];
  Le32 version;
  Le32 header_size;   ///< bytes of header, devices and names
  Le32 compatible;    ///< features that a reader may ignore
  Le32 incompatible;  ///< features that it must know
  Le32 device_count;
  Le32 reserved;
  Le64 record_count;
  Le64 file_size;
  Le32 crc;  ///< of header_size bytes, this field and all of `state` taken as zero
  Le32 reserved2;
  Le32 state;
  Le32 state_crc;  ///< of the 4 bytes before
};

struct UndoDeviceEntry {
  Le64 size;
  Le32 flags;
  Le32 reserved;
};

/// What stands in for content.
enum class UndoContent : std::uint8_t { zero = 0, stored = 1, unknown = 2 };

struct UndoRecordEntry {
  Le64 group;
  Le64 offset;   ///< in the device
  Le64 content;  ///< in the undo file: what is stored of before, then of after
  Le32 size;
  Le32 device;
  Byte before;  ///< UndoContent
  Byte after;   ///< UndoContent, never unknown
  Le16 reserved;
  Le32 content_crc;  ///< of before, then after, as far as stored
  Le32 reserved2;
  Le32 crc;  ///< of this entry up to here
};

static_assert(sizeof(UndoHeader) == 64);
static_assert(sizeof(UndoDeviceEntry) == 16);
static_assert(sizeof(UndoRecordEntry) == 48);
static_assert(offsetof(UndoHeader, state) % 8 == 0);

/// CRC-32C of the bytes of `first`, then of `second`.
std::uint32_t undo_crc(std::span<const std::byte> first, std::span<const std::byte> second = {});

/// The state as it is stored, with its checksum.
struct UndoStateWord {
  Le32 state;
  Le32 crc;
};
UndoStateWord undo_state_word(UndoState state);

}  // namespace ndmedic
