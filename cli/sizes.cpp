// SPDX-License-Identifier: BSD-3-Clause
#include <ndmedic/cli/sizes.h>

#include <charconv>

#include <ndmedic/format/checked.h>

namespace ndmedic::cli {

std::optional<std::uint64_t> parse_size(std::string_view text) {
  const bool hex = text.starts_with("0x") || text.starts_with("0X");
  if (hex) text.remove_prefix(2);
  std::uint64_t number = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number, hex ? 16 : 10);
  if (error != std::errc{}) return std::nullopt;
  const std::string_view unit(stop, static_cast<std::size_t>(end - stop));
  if (unit.empty()) return number;
  const auto power = std::string_view("KMGT").find(unit.front());
  if (hex || power == std::string_view::npos || (unit.size() > 1 && unit.substr(1) != "iB"))
    return std::nullopt;
  return (Checked(number) * (std::uint64_t{1024} << (10 * power))).get();
}

}  // namespace ndmedic::cli
