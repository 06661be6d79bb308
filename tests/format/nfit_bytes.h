// SPDX-License-Identifier: BSD-3-Clause
// NFITs of QEMU 7.2 guests with one and two DIMMs of 64 MiB, and structures to build others from.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include <ndmedic/format/nfit_read.h>

#include "hex.h"

namespace ndmedic::test {

// clang-format off
inline constexpr std::string_view nfit_two_dimms_hex =
    "4e46495498010000" "01ee424f43485320" "4258504320202020" "0100000042585043" "0100000000000000"
    "0000380002000300" "0000000000000000" "79d3f066f3b47440" "ac430d3318b78cdb" "0000000001000000"
    "0000000400000000" "0880000000000000"
    "0100300001000000" "0000000002000300" "0000000400000000" "0000000000000000" "0000000000000000"
    "0000010000000000"
    "0400500003008680" "0100010000000000" "0000000000000000" "5634120001030000" "0000000000000000"
    "0000000000000000" "0000000000000000" "0000000000000000" "0000000000000000" "0000000000000000"
    "0000380004000300" "0000000000000000" "79d3f066f3b47440" "ac430d3318b78cdb" "0000000401000000"
    "0000000400000000" "0880000000000000"
    "0100300002000000" "0000000004000500" "0000000400000000" "0000000000000000" "0000000000000000"
    "0000010000000000"
    "0400500005008680" "0100010000000000" "0000000000000000" "5734120001030000" "0000000000000000"
    "0000000000000000" "0000000000000000" "0000000000000000" "0000000000000000" "0000000000000000";
// clang-format on

inline Bytes nfit_two_dimms() { return hex(nfit_two_dimms_hex); }

/// The guest with one DIMM has the same first three structures.
inline Bytes nfit_one_dimm() {
  Bytes bytes = nfit_two_dimms();
  bytes.resize(224);
  bytes[4] = std::byte{0xe0};
  bytes[5] = std::byte{0};
  bytes[9] = std::byte{0x1c};
  return bytes;
}

/// A structure of `length` bytes that says so, zero but for the words set by `put`.
class NfitBuilder {
 public:
  NfitBuilder& structure(std::uint16_t type, std::uint16_t length) {
    at_ = bytes_.size();
    bytes_.resize(at_ + length);
    put(0, 2, type);
    return put(2, 2, length);
  }
  NfitBuilder& put(std::size_t offset, std::size_t size, std::uint64_t value) {
    for (std::size_t i = 0; i < size; ++i)
      bytes_[at_ + offset + i] = static_cast<std::byte>(value >> 8 * i & 0xff);
    return *this;
  }
  const Bytes& bytes() const { return bytes_; }

 private:
  Bytes bytes_;
  std::size_t at_ = 0;
};

}  // namespace ndmedic::test
