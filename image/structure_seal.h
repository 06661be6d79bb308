// SPDX-License-Identifier: BSD-3-Clause
// Checksums made right: of one structure, and of an NFIT as a whole.
#pragma once

#include <cstddef>
#include <span>

#include <ndmedic/format/field_table.h>
#include <ndmedic/format/result.h>
#include <ndmedic/image/place_map.h>
#include <ndmedic/media/media.h>

namespace ndmedic {

/// True for a structure without a checksum, too. A blank one has none that is right.
bool checksum_is_right(const Structure& structure, std::span<const std::byte> bytes);

/// Sets the checksum in `bytes`, the whole structure, if it has one.
void set_checksum(const Structure& structure, std::span<std::byte> bytes);

/// Makes the checksum of the structure that `target` names right in `media`, unless it is blank.
/// Errors: those of the media.
Status seal_structure(Media& media, const Target& target);

/// The same for the table that begins at 0 of `media` and has a header.
Status seal_nfit(Media& media);

}  // namespace ndmedic
