// SPDX-License-Identifier: BSD-3-Clause
// Plain bytes as lines of 16 with their text; equal lines are folded into a "*".
#pragma once

#include <cstddef>
#include <cstdint>
#include <ostream>
#include <span>
#include <string>

namespace ndmedic::cli {

/// Takes a range in pieces, each a multiple of 16 bytes but the last.
class HexLines {
 public:
  explicit HexLines(std::ostream& out) : out_(out) {}

  /// `offset` is that of bytes[0].
  void write(std::span<const std::byte> bytes, std::uint64_t offset);
  /// The offset behind the last byte, as hexdump(1) ends.
  void end(std::uint64_t offset);

 private:
  std::ostream& out_;
  std::string previous_;
  bool folded_ = false;
};

/// "4e 41 4d": two lower-case digits a byte.
std::string byte_text(std::span<const std::byte> bytes);

}  // namespace ndmedic::cli
