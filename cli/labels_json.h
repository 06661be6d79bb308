// SPDX-License-Identifier: BSD-3-Clause
// A label area as JSON text that holds every byte, and back.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <ndmedic/cli/json_fields.h>
#include <ndmedic/labels/label_area.h>
#include <ndmedic/media/media.h>

namespace ndmedic::cli {

/// Layout, index blocks, slots that are not blank, each with its fields and its bytes; under `rest`
/// what else is not zero. Without `rest` where a byte cannot be read: that is no backup.
Json label_area_json(const LabelArea& area, const Media& media);

/// The areas of a document that labels dump --json wrote, or why it is none.
struct LabelDocument {
  std::vector<std::vector<std::byte>> areas{};
  std::string complaint{};  ///< empty when all is well; begins with a JSON pointer or a line
};

/// Reads `text`; area n must have sizes[n] bytes. Bytes are what counts, and all else that the
/// document says about them must agree. Bounded in depth and memory; never throws.
LabelDocument read_label_document(std::string_view text, const std::vector<std::uint64_t>& sizes);

}  // namespace ndmedic::cli
