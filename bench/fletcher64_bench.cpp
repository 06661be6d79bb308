// SPDX-License-Identifier: BSD-3-Clause
// Speed of the checksum: against a plain scalar loop in cache (bar: 3 times as fast) and against
// the read bandwidth of the machine in memory (bar: 80 % of it).
#include <benchmark/benchmark.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <vector>

#include <ndmedic/format/fletcher64.h>

namespace {

constexpr std::int64_t cache_hot = 16 * 1024;
constexpr std::int64_t in_memory = 256 * 1024 * 1024;

std::vector<std::byte> patterned(std::int64_t size) {
  std::vector<std::byte> bytes(static_cast<std::size_t>(size));
  std::uint32_t state = 1;
  for (std::byte& byte : bytes) {
    state = state * 1664525 + 1013904223;
    byte = static_cast<std::byte>(state >> 24);
  }
  return bytes;
}

/// The definition of the sum, word by word (btt.md CS-1).
[[gnu::noinline]] std::uint64_t scalar_loop(std::span<const std::byte> bytes) {
  std::uint32_t lo = 0;
  std::uint32_t hi = 0;
  for (std::size_t at = 0; at + 4 <= bytes.size(); at += 4) {
    std::uint32_t word = 0;
    std::memcpy(&word, bytes.data() + at, sizeof word);
    lo += word;
    hi += lo;
  }
  return std::uint64_t{hi} << 32 | lo;
}

/// The least that a checksum must do: bring every byte into a register once. Eight independent
/// vectors, so that neither latency nor the adder is the limit.
[[gnu::noinline]] std::uint64_t read_limit(std::span<const std::byte> bytes) {
  using Vector [[gnu::vector_size(16)]] = std::uint64_t;
  constexpr std::size_t count = 8;
  Vector sum[count] = {};
  for (std::size_t at = 0; at + sizeof sum <= bytes.size(); at += sizeof sum) {
#pragma GCC unroll 8
    for (std::size_t i = 0; i < count; ++i) {
      Vector words;
      std::memcpy(&words, bytes.data() + at + i * sizeof words, sizeof words);
      sum[i] += words;
    }
  }
  Vector total{};
  for (const Vector& part : sum) total += part;
  return total[0] + total[1];
}

template <std::uint64_t (*Sum)(std::span<const std::byte>)>
void sum_of(benchmark::State& state) {
  const std::vector<std::byte> bytes = patterned(state.range(0));
  for ([[maybe_unused]] auto _ : state) benchmark::DoNotOptimize(Sum(bytes));
  state.SetBytesProcessed(state.iterations() * state.range(0));
}

std::uint64_t ours(std::span<const std::byte> bytes) { return ndmedic::fletcher64(bytes); }

BENCHMARK(sum_of<ours>)->Name("fletcher64/ours")->Arg(cache_hot)->Arg(in_memory);
BENCHMARK(sum_of<scalar_loop>)->Name("fletcher64/scalar")->Arg(cache_hot)->Arg(in_memory);
BENCHMARK(sum_of<read_limit>)->Name("fletcher64/read_limit")->Arg(cache_hot)->Arg(in_memory);

}  // namespace
