// SPDX-License-Identifier: BSD-3-Clause
// Copies past the caches with the widest stores this processor has.

#include <ndmedic/btt/mapped_access.h>

#include <algorithm>

namespace ndmedic {

#if defined(__x86_64__)

namespace {

constexpr std::size_t line = 64;

__attribute__((target("avx512f"))) void copy_lines_avx512(std::byte* into, const std::byte* from,
                                                          std::size_t size) {
  for (std::size_t at = 0; at < size; at += line)
    _mm512_stream_si512(reinterpret_cast<__m512i*>(into + at), _mm512_loadu_si512(from + at));
}

__attribute__((target("avx"))) void copy_lines_avx(std::byte* into, const std::byte* from,
                                                   std::size_t size) {
  for (std::size_t at = 0; at < size; at += 32)
    _mm256_stream_si256(reinterpret_cast<__m256i*>(into + at),
                        _mm256_loadu_si256(reinterpret_cast<const __m256i*>(from + at)));
}

void copy_lines_sse2(std::byte* into, const std::byte* from, std::size_t size) {
  for (std::size_t at = 0; at < size; at += 16)
    _mm_stream_si128(reinterpret_cast<__m128i*>(into + at),
                     _mm_loadu_si128(reinterpret_cast<const __m128i*>(from + at)));
}

using CopyLines = void (*)(std::byte*, const std::byte*, std::size_t);

CopyLines widest_copy() {
  if (__builtin_cpu_supports("avx512f")) return copy_lines_avx512;
  if (__builtin_cpu_supports("avx")) return copy_lines_avx;
  return copy_lines_sse2;
}

const CopyLines copy_lines = widest_copy();

/// A part of one line: ordinary stores, and the line written back. CLFLUSH is everywhere, and
/// ordered enough with the fence that follows.
void copy_ragged(std::byte* into, const std::byte* from, std::size_t size) {
  if (size == 0) return;
  std::memcpy(into, from, size);
  _mm_clflush(into);
}

}  // namespace

void stream_copy(std::byte* into, const std::byte* from, std::size_t size) {
  const std::size_t lead =
      std::min((line - reinterpret_cast<std::uintptr_t>(into) % line) % line, size);
  const std::size_t lines = (size - lead) / line * line;
  copy_ragged(into, from, lead);
  if (lines > 0) copy_lines(into + lead, from + lead, lines);
  copy_ragged(into + lead + lines, from + lead + lines, size - lead - lines);
}

bool stream_supported() { return true; }

#else

void stream_copy(std::byte* into, const std::byte* from, std::size_t size) {
  std::memcpy(into, from, size);
}

bool stream_supported() { return false; }

#endif

}  // namespace ndmedic
