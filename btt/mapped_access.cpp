// SPDX-License-Identifier: BSD-3-Clause
// Copies past the caches with the widest stores this processor has.

#include <ndmedic/btt/mapped_access.h>

#include <algorithm>

#if defined(__x86_64__)
#include <cpuid.h>
#endif

namespace ndmedic {

#if defined(__x86_64__)

namespace {

constexpr std::size_t line_size = 64;

__attribute__((target("avx512f"))) void copy_lines_avx512(std::byte* into, const std::byte* from,
                                                          std::size_t size) {
  for (std::size_t at = 0; at < size; at += line_size)
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

__attribute__((target("clwb"))) void clean_lines(const std::byte* line, std::size_t count) {
  for (; count > 0; --count, line += line_size) _mm_clwb(const_cast<std::byte*>(line));
}

__attribute__((target("clflushopt"))) void flush_lines(const std::byte* line, std::size_t count) {
  for (; count > 0; --count, line += line_size) _mm_clflushopt(const_cast<std::byte*>(line));
}

void flush_lines_in_order(const std::byte* line, std::size_t count) {
  for (; count > 0; --count, line += line_size) _mm_clflush(line);
}

using WriteBack = void (*)(const std::byte*, std::size_t);

/// GCC's __builtin_cpu_supports does not know these two.
WriteBack best_write_back() {
  unsigned a = 0, b = 0, c = 0, d = 0;
  if (__get_cpuid_count(7, 0, &a, &b, &c, &d) == 0) return flush_lines_in_order;
  if ((b & bit_CLWB) != 0) return clean_lines;
  if ((b & bit_CLFLUSHOPT) != 0) return flush_lines;
  return flush_lines_in_order;
}

const WriteBack write_back = best_write_back();

/// A part of one line: ordinary stores, and the line written back.
void copy_ragged(std::byte* into, const std::byte* from, std::size_t size) {
  if (size == 0) return;
  std::memcpy(into, from, size);
  write_back(into, 1);
}

}  // namespace

void stream_copy(std::byte* into, const std::byte* from, std::size_t size) {
  const std::size_t lead =
      std::min((line_size - reinterpret_cast<std::uintptr_t>(into) % line_size) % line_size, size);
  const std::size_t lines = (size - lead) / line_size * line_size;
  copy_ragged(into, from, lead);
  if (lines > 0) copy_lines(into + lead, from + lead, lines);
  copy_ragged(into + lead + lines, from + lead + lines, size - lead - lines);
}

void write_back_lines(const std::byte* at, std::size_t size) {
  const std::size_t lead = reinterpret_cast<std::uintptr_t>(at) % line_size;
  write_back(at - lead, (lead + size + line_size - 1) / line_size);
}

bool stream_supported() { return true; }

#else

void stream_copy(std::byte* into, const std::byte* from, std::size_t size) {
  std::memcpy(into, from, size);
}

void write_back_lines(const std::byte*, std::size_t) {}

bool stream_supported() { return false; }

#endif

}  // namespace ndmedic
