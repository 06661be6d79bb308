// SPDX-License-Identifier: BSD-3-Clause
// --for qemu:slot=N: what an image is made for.
#pragma once

#include <charconv>
#include <cstdint>
#include <optional>
#include <string_view>

#include <ndmedic/format/platform.h>

namespace ndmedic::cli {

inline constexpr const char* qemu_target_wanted = "\"qemu:slot=N\" is wanted, N from 0 to 255";

/// The slot of "qemu:slot=N", or none.
inline std::optional<std::uint32_t> qemu_target(std::string_view text) {
  constexpr std::string_view prefix = "qemu:slot=";
  if (!text.starts_with(prefix)) return std::nullopt;
  text.remove_prefix(prefix.size());
  std::uint32_t slot = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), slot);
  if (error != std::errc{} || stop != text.data() + text.size() || slot >= qemu_slots)
    return std::nullopt;
  return slot;
}

}  // namespace ndmedic::cli
