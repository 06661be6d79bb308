// SPDX-License-Identifier: BSD-3-Clause
#include <ndmedic/cli/hex_lines.h>

#include <fmt/format.h>

#include <algorithm>

namespace ndmedic::cli {
namespace {

constexpr std::size_t width = 16;

std::string printable(std::span<const std::byte> bytes) {
  std::string text;
  for (const std::byte byte : bytes) {
    const auto c = std::to_integer<unsigned char>(byte);
    text += c >= 0x20 && c < 0x7F ? static_cast<char>(c) : '.';
  }
  return text;
}

}  // namespace

std::string byte_text(std::span<const std::byte> bytes) {
  std::string text;
  for (const std::byte byte : bytes)
    text += fmt::format("{}{:02x}", text.empty() ? "" : " ", std::to_integer<unsigned>(byte));
  return text;
}

void HexLines::write(std::span<const std::byte> bytes, std::uint64_t offset) {
  while (!bytes.empty()) {
    const auto part = bytes.first(std::min(width, bytes.size()));
    std::string line = fmt::format("{:<47}  {}", byte_text(part), printable(part));
    if (line != previous_) {
      out_ << fmt::format("  {:#012x}  {}\n", offset, line);
      folded_ = false;
    } else if (!folded_) {
      out_ << "  *\n";
      folded_ = true;
    }
    previous_ = std::move(line);
    bytes = bytes.subspan(part.size());
    offset += part.size();
  }
}

void HexLines::end(std::uint64_t offset) { out_ << fmt::format("  {:#012x}\n", offset); }

}  // namespace ndmedic::cli
