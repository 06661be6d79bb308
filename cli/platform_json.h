// SPDX-License-Identifier: BSD-3-Clause
// A platform as JSON text for people to write (docs/CLI.md, "Describing a platform"), and back.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <ndmedic/cli/json_fields.h>
#include <ndmedic/format/platform.h>

namespace ndmedic::cli {

inline constexpr int platform_schema_version = 1;

/// The platform of a description, or why it is none.
struct PlatformDocument {
  std::optional<Platform> platform{};  ///< without fault
  std::string complaint{};             ///< begins with a JSON pointer or a line
};

/// Reads `text`; never throws. Keys that are not known are refused.
PlatformDocument read_platform_document(std::string_view text);

/// A description that reads as the same platform.
Json platform_json(const Platform& platform);

/// JSON pointer and sentence for a fault.
std::string platform_fault_text(const PlatformFinding& finding);

}  // namespace ndmedic::cli
