// SPDX-License-Identifier: BSD-3-Clause
// One place of an image, read and ready to be rendered: as annotated text or as JSON.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include <ndmedic/cli/json_fields.h>
#include <ndmedic/format/btt_flog.h>
#include <ndmedic/image/image.h>
#include <ndmedic/image/place_map.h>

namespace ndmedic::cli {

/// Places up to this size are annotated; larger ones are streamed as plain bytes.
inline constexpr std::uint64_t annotated_size_max = std::uint64_t{1} << 20;

struct DumpedPlace {
  Place place{};
  Target target{};
  std::vector<std::byte> bytes{};              ///< of the whole structure or range
  std::optional<std::uint64_t> file_offset{};  ///< of bytes[0], where it is one piece of one file
  FlogLayout flog_layout = FlogLayout::slots_0_1;  ///< of the arena, for PlaceKind::flog

  /// Where bytes[0] lies in the medium: the structure, also where the place names a field of it.
  std::uint64_t start() const {
    return target.structure != nullptr ? target.structure_offset : target.range.offset;
  }
  /// Offset that is shown for bytes[0].
  std::uint64_t shown_offset() const { return file_offset.value_or(start()); }
};

/// Annotated lines: offset, bytes, field, value, meaning.
void dump_text(const DumpedPlace& dumped, std::ostream& out);

/// {"place", "offset", "file_offset", "size", "structure", "fields" | "entries" | "bytes"}.
Json dump_json(const DumpedPlace& dumped);

}  // namespace ndmedic::cli
