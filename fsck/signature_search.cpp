// SPDX-License-Identifier: BSD-3-Clause
#include <ndmedic/fsck/signature_search.h>

#include <algorithm>
#include <array>
#include <cstring>

#include <ndmedic/format/btt_info.h>
#include <ndmedic/format/guid.h>
#include <ndmedic/format/label.h>
#include <ndmedic/format/label_index.h>
#include <ndmedic/format/pfn_info.h>
#include <ndmedic/format/pool_header.h>

namespace ndmedic {
namespace {

struct Pattern {
  SightingKind kind;
  std::span<const std::uint8_t> bytes;
  std::uint32_t within;
};

// A label without its index block is known by nothing but the GUID of its type (labels.md 2.8).
constexpr std::array patterns = {
    Pattern{SightingKind::btt_info, info_signature, 0},
    Pattern{SightingKind::pfn_info, pfn_signature, 0},
    Pattern{SightingKind::dax_info, dax_signature, 0},
    Pattern{SightingKind::index_block, index_signature, 0},
    Pattern{SightingKind::pool_header, pool_signature, 0},
    Pattern{SightingKind::label_1_2, guids::pm.bytes, sizeof(Label128)},
    Pattern{SightingKind::cxl_namespace, guids::cxl_namespace.bytes, 0},
    Pattern{SightingKind::cxl_region, guids::cxl_region.bytes, 0},
};

constexpr std::size_t chunk = 128;
using Vector [[gnu::vector_size(32)]] = std::uint8_t;
using Words [[gnu::vector_size(32)]] = std::uint32_t;
using Sums [[gnu::vector_size(32)]] = std::uint64_t;

constexpr std::uint32_t first_word(const Guid& guid) {
  std::uint32_t word = 0;
  for (std::size_t i = 4; i-- > 0;) word = word << 8 | guid.bytes[i];
  return word;
}

/// False when no pattern begins in the `chunk` bytes from `at` on, or one byte behind. All
/// signatures have one of "T_", "M_", "E_", "MB" in them.
[[gnu::always_inline]] inline bool may_hold(const std::byte* at) {
  Sums any{};
  for (std::size_t i = 0; i < chunk; i += sizeof(Vector)) {
    Vector first;
    Vector second;
    std::memcpy(&first, at + i, sizeof first);
    std::memcpy(&second, at + i + 1, sizeof second);
    const auto m = first == 'M';
    const auto pair =
        ((second == '_') & ((first == 'T') | m | (first == 'E'))) | (m & (second == 'B'));
    Words words;
    std::memcpy(&words, &first, sizeof words);
    const auto guid = (words == first_word(guids::pm)) |
                      (words == first_word(guids::cxl_namespace)) |
                      (words == first_word(guids::cxl_region));
    any |= reinterpret_cast<Sums>(pair) | reinterpret_cast<Sums>(guid);
  }
  return (any[0] | any[1] | any[2] | any[3]) != 0;
}

[[gnu::always_inline]] inline std::size_t skip(const std::byte* bytes, std::size_t from,
                                               std::size_t count) {
  while (from + chunk <= count && !may_hold(bytes + from)) from += chunk;
  return from;
}

using Skip = std::size_t(const std::byte* bytes, std::size_t from, std::size_t count);

std::size_t skip_plain(const std::byte* bytes, std::size_t from, std::size_t count) {
  return skip(bytes, from, count);
}

#if defined(__x86_64__)
__attribute__((target("avx2"))) std::size_t skip_avx2(const std::byte* bytes, std::size_t from,
                                                      std::size_t count) {
  return skip(bytes, from, count);
}

Skip* best_skip() { return __builtin_cpu_supports("avx2") ? skip_avx2 : skip_plain; }
#else
Skip* best_skip() { return skip_plain; }
#endif

/// The filter sees the middle of a signature, so positions before the chunk are looked at again.
constexpr std::size_t lookback = 16;

void look(std::span<const std::byte> bytes, std::size_t from, std::size_t to,
          std::vector<SignatureHit>& hits) {
  for (std::size_t at = from; at < to; ++at) {
    for (const Pattern& pattern : patterns) {
      if (bytes[at] != std::byte{pattern.bytes[0]} ||
          std::memcmp(&bytes[at], pattern.bytes.data(), pattern.bytes.size()) != 0)
        continue;
      const bool by_guid = pattern.kind >= SightingKind::label_1_1;
      if (!by_guid || at % 4 == 0) hits.push_back({pattern.kind, at, pattern.within});
    }
  }
}

}  // namespace

void search_signatures(std::span<const std::byte> bytes, std::size_t count,
                       std::vector<SignatureHit>& hits) {
  static Skip* const skip_chunks = best_skip();
  // A signature that begins in the last bytes has its telling pair behind `count`.
  const std::size_t filtered = count + lookback;
  std::size_t looked = 0;
  for (std::size_t at = 0; at < filtered; at += chunk) {
    at = skip_chunks(bytes.data(), at, filtered);
    const std::size_t to = std::min(at + chunk, count);
    look(bytes, std::max(looked, at > lookback ? at - lookback : 0), to, hits);
    looked = to;
  }
}

}  // namespace ndmedic
