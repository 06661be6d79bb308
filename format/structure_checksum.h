// SPDX-License-Identifier: BSD-3-Clause
// The checksum that any structure with a checksum field should carry, by its field table.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include <ndmedic/format/field_table.h>

namespace ndmedic {

/// Fletcher64 over all of `bytes` with the structure's checksum field as zero; for a pool header
/// over the part that its features say (PH-1). `bytes` are the whole structure, a variable tail
/// (the bitmap of an index block) included. None for a structure without such a field.
std::optional<std::uint64_t> structure_checksum(const Structure& structure,
                                                std::span<const std::byte> bytes);

/// The row of that checksum: 8 bytes, Fletcher64; or nullptr.
const Field* checksum_field(const Structure& structure);

}  // namespace ndmedic
