// SPDX-License-Identifier: BSD-3-Clause
// --platform FILE: the description of a platform, read.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include <ndmedic/format/platform.h>
#include <ndmedic/format/result.h>

namespace ndmedic::cli {

inline constexpr std::size_t platform_text_max = std::size_t{1} << 20;  ///< bytes

/// A platform without fault, or why there is none: the file could not be read, or what it says.
struct PlatformFile {
  std::string path{};
  std::optional<Platform> platform{};
  std::optional<Error> error{};
  std::string complaint{};  ///< begins with a JSON pointer or a line
};

/// Reads `path`, "-" for standard input.
PlatformFile read_platform_file(const std::string& path);

}  // namespace ndmedic::cli
