// SPDX-License-Identifier: BSD-3-Clause
// What the harnesses share: the head of a binary input, checks that abort, and a sink that looks at
// every finding. A harness is one file that defines LLVMFuzzerTestOneInput().
//
// A binary input is a head of 16 bytes and a body; missing bytes of the head are zero:
//   0 flags | 1 choice | 2 small (16 bits) | 4 number (32 bits) | 8 size (64 bits) | 16 body
// What they mean stands in the first lines of each harness; flag bit 0 always says that checksums
// are to be made right.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <ndmedic/format/finding.h>
#include <ndmedic/format/violation.h>

#include "agreement/agree.h"
#include "agreement/patched_media.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace fuzz {

using Bytes = std::span<const std::byte>;
using Buffer = std::vector<std::byte>;

struct Head {
  std::uint8_t flags = 0;
  std::uint8_t choice = 0;
  std::uint16_t small = 0;
  std::uint32_t number = 0;
  std::uint64_t size = 0;
  bool flag(unsigned bit) const { return (flags >> bit & 1) != 0; }
  bool dressed() const { return flag(0); }
};
inline constexpr std::size_t head_size = 16;

struct Input {
  Head head{};
  Bytes body{};
};
Input split(const std::uint8_t* data, std::size_t size);

/// The input as text.
inline std::string_view text_of(const std::uint8_t* data, std::size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

/// `body`, cut or filled up with zeros.
Buffer padded(Bytes body, std::size_t size);

/// Takes little-endian numbers from the front of a body; zeros behind its end.
class Taker {
 public:
  explicit Taker(Bytes bytes) : bytes_(bytes) {}
  bool done() const { return bytes_.empty(); }
  std::uint64_t number(std::size_t size);
  Bytes bytes(std::size_t size);

 private:
  Bytes bytes_;
};

/// Tells what is wrong and aborts: to libFuzzer and to a replay, a crash.
void require(bool holds, std::string_view what);
void require_agreement(const agreement::Differences& differences);

/// Every violation names bytes of the structure.
template <class List>
void require_inside(const List& violations, std::uint64_t size) {
  for (const auto& violation : violations) {
    require(std::uint64_t{violation.offset} + violation.size <= size, "violation within structure");
    require(!violation.rule.empty(), "violation of a rule");
  }
}

/// Keeps nothing; every finding must have a message that its arguments fill in.
class CheckedSink final : public ndmedic::FindingSink {
 public:
  void add(ndmedic::Finding finding) override;
  std::uint64_t count() const { return count_; }

 private:
  std::uint64_t count_ = 0;
};

/// A label area from a body: choice picks the size, flag 1 slots of 128 bytes; dressed: index
/// blocks by the geometry of that slot size, and labels.
Buffer label_area_of(const Input& input);

}  // namespace fuzz
