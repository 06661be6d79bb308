// SPDX-License-Identifier: BSD-3-Clause
// Fletcher64 with 16 words a step, and subtraction instead of branches for the words that count
// as zero. Both rest on the sum being linear in the words, modulo 2^32.
#include <ndmedic/format/fletcher64.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cassert>
#include <cstring>

namespace ndmedic {
namespace {

constexpr std::size_t lanes_per_vector = 4;
constexpr std::size_t vectors_per_step = 4;
constexpr std::size_t lanes = lanes_per_vector * vectors_per_step;
constexpr std::size_t step_size = lanes * sizeof(std::uint32_t);

/// The two accumulators of CS-1.
struct Sums {
  std::uint32_t lo = 0;
  std::uint32_t hi = 0;

  void add(std::uint32_t word) {
    lo += word;
    hi += lo;
  }
  std::uint64_t value() const { return std::uint64_t{hi} << 32 | lo; }
};

/// Four 32-bit words side by side: SSE2, NEON, or whatever the compiler makes of it.
using Vector [[gnu::vector_size(sizeof(std::uint32_t) * lanes_per_vector)]] = std::uint32_t;

/// Media order to host order; for one word and for a vector of them.
template <class Words>
void to_host_order(Words& words) {
  if constexpr (std::endian::native == std::endian::big)
    words = words >> 24 | (words >> 8 & 0xff00) | (words << 8 & 0xff0000) | words << 24;
}

std::uint32_t word_at(const std::byte* at) {
  std::uint32_t word;
  std::memcpy(&word, at, sizeof word);
  to_host_order(word);
  return word;
}

/// CS-1 for four lanes, each over every 16th word. Two vectors of lanes do not depend on each
/// other, so a processor works on all four pairs at once.
struct LaneSums {
  Vector lo{};
  Vector hi{};

  void add(const std::byte* at) {
    Vector words;
    std::memcpy(&words, at, sizeof words);
    to_host_order(words);
    lo += words;
    hi += lo;
  }
};

/// The sums over whole steps, `bytes` being a multiple of step_size long.
///
/// With n = 16 B words, the plain loop gives lo = sum of w[i] and hi = sum of (n - i) w[i]. Lane j
/// sees the words i = 16 b + j for b = 0 .. B-1, so its own sums are A[j] = sum of w[16 b + j] and
/// H[j] = sum of (B - b) w[16 b + j]. As n - i = 16 (B - b) - j,
///   lo = sum of A[j],   hi = sum of (16 H[j] - j A[j]),
/// and as only additions and multiplications by constants are involved, all of it may wrap.
Sums sum_steps(std::span<const std::byte> bytes) {
  LaneSums a, b, c, d;
  const std::byte* const end = bytes.data() + bytes.size();
  for (const std::byte* at = bytes.data(); at != end; at += step_size) {
    a.add(at);
    b.add(at + sizeof(Vector));
    c.add(at + 2 * sizeof(Vector));
    d.add(at + 3 * sizeof(Vector));
  }
  Sums sums;
  const Vector hi = a.hi + b.hi + c.hi + d.hi;
  for (std::size_t j = 0; j < lanes_per_vector; ++j) {
    const std::uint32_t lo = a.lo[j] + b.lo[j] + c.lo[j] + d.lo[j];
    // j A[j] of the four vectors, whose first lanes are 0, 4, 8 and 12.
    const std::uint32_t weighted =
        static_cast<std::uint32_t>(j) * lo + 4 * b.lo[j] + 8 * c.lo[j] + 12 * d.lo[j];
    sums.lo += lo;
    sums.hi += static_cast<std::uint32_t>(lanes) * hi[j] - weighted;
  }
  return sums;
}

}  // namespace

std::uint64_t fletcher64(std::span<const std::byte> bytes) {
  const std::size_t whole_steps = bytes.size() / step_size * step_size;
  Sums sums = sum_steps(bytes.first(whole_steps));
  for (std::size_t at = whole_steps; bytes.size() - at >= 4; at += 4)
    sums.add(word_at(bytes.data() + at));
  return sums.value();
}

std::uint64_t fletcher64(std::span<const std::byte> bytes, Extent as_zero) {
  assert(as_zero.offset % 4 == 0 && as_zero.size % 4 == 0);
  const std::uint64_t sum = fletcher64(bytes);
  Sums sums{static_cast<std::uint32_t>(sum), static_cast<std::uint32_t>(sum >> 32)};
  const std::uint64_t words = bytes.size() / 4;
  const std::uint64_t first = std::min(as_zero.offset / 4, words);
  const std::uint64_t end = first + std::min(as_zero.size / 4, words - first);
  // Word i was counted once in lo and (words - i) times in hi.
  for (std::uint64_t i = first; i < end; ++i) {
    const std::uint32_t word = word_at(bytes.data() + 4 * i);
    sums.lo -= word;
    sums.hi -= static_cast<std::uint32_t>(words - i) * word;
  }
  return sums.value();
}

}  // namespace ndmedic
