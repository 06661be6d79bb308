// SPDX-License-Identifier: BSD-3-Clause
// Label areas as `ndctl read-labels -j` prints them, its habits included (labels.md 8.4): every
// slot that holds its own number, whatever the bitmap and the checksums say; GUIDs in raw order.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include <ndmedic/format/result.h>
#include <ndmedic/media/media.h>

namespace ndmedic::cli {

/// The object of one area, indented by two blanks, without a trailing newline; none when no slot
/// qualifies and ndctl leaves the DIMM out. `number` is that of "nmemN". Errors: those of reading.
Result<std::optional<std::string>> ndctl_object(const Media& area, std::uint32_t number);

}  // namespace ndmedic::cli
