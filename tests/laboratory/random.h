// SPDX-License-Identifier: BSD-3-Clause
// SplitMix64: everything the laboratory chooses comes from one number, so that it can be replayed.
#pragma once

#include <cstdint>

namespace ndmedic::laboratory {

constexpr std::uint64_t mix(std::uint64_t z) {
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9U;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBU;
  return z ^ (z >> 31);
}

class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(mix(seed + 0x9E3779B97F4A7C15U)) {}

  std::uint64_t next() { return mix(state_ += 0x9E3779B97F4A7C15U); }
  /// Below `limit` > 0.
  std::uint32_t below(std::uint64_t limit) { return static_cast<std::uint32_t>(next() % limit); }
  bool one_in(std::uint64_t n) { return next() % n == 0; }

 private:
  std::uint64_t state_;
};

}  // namespace ndmedic::laboratory
