// SPDX-License-Identifier: BSD-3-Clause
// --for cxl:serial=N: the device that an image is the memory of.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include <ndmedic/cli/sizes.h>

namespace ndmedic::cli {

/// The serial number of "cxl:serial=N", decimal or 0x; none for other text, and for 0, with which
/// Linux finds no namespace again (labels.md 5.6).
inline std::optional<std::uint64_t> cxl_target(std::string_view text) {
  constexpr std::string_view prefix = "cxl:serial=";
  if (!text.starts_with(prefix)) return std::nullopt;
  const auto serial = parse_size(text.substr(prefix.size()));
  return serial && *serial != 0 ? serial : std::nullopt;
}

}  // namespace ndmedic::cli
