// SPDX-License-Identifier: BSD-3-Clause
#include "workload.h"

#include <algorithm>
#include <cstring>

namespace interop {
namespace {

std::uint64_t mix(std::uint64_t x) {
  x += 0x9E3779B97F4A7C15U;
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9U;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EBU;
  return x ^ (x >> 31);
}

}  // namespace

std::uint64_t lba_of(std::uint32_t place, std::uint64_t sectors) {
  return place < places / 2 ? place : sectors - places + place;
}

Operation Round::operation(unsigned thread, std::uint32_t number) const {
  constexpr std::uint32_t groups = places / group_size;
  const std::uint64_t chance = mix(mix(seed) ^ mix(std::uint64_t{thread} << 32 | number));
  const auto own = static_cast<std::uint32_t>(chance >> 8) % (groups / threads);
  Operation operation;
  operation.place = (own * threads + thread) * group_size;
  operation.version = mix(seed) << 40 | std::uint64_t{thread} << 32 | number;
  const std::uint64_t percent = chance % 100;
  if (percent < 15) {
    operation.count = group_size;
    return operation;
  }
  operation.place += static_cast<std::uint32_t>(chance >> 40) % group_size;
  if (percent >= 85) operation.kind = OperationKind::zero;
  if (percent >= 92) operation.kind = OperationKind::mark_error;
  return operation;
}

PlaceState state_after(const Operation& operation) {
  if (operation.kind == OperationKind::mark_error) return {true, 0};
  return {false, operation.kind == OperationKind::zero ? 0 : operation.version};
}

void fill(std::span<std::byte> sector, std::uint64_t lba, std::uint64_t version) {
  for (std::size_t at = 0; at < sector.size(); at += 8) {
    const std::uint64_t unit = version == 0 ? 0 : mix(mix(lba) ^ version) + at;
    std::memcpy(sector.data() + at, &unit, std::min<std::size_t>(8, sector.size() - at));
  }
}

bool holds(const PlaceState& state, std::uint64_t lba,
           const std::optional<std::vector<std::byte>>& sector) {
  if (state.error || !sector) return state.error && !sector;
  std::vector<std::byte> expected(sector->size());
  fill(expected, lba, state.version);
  return *sector == expected;
}

void Model::apply(const Operation& operation) {
  for (std::uint32_t i = 0; i < operation.count; ++i)
    states_[operation.place + i] = {state_after(operation)};
}

void Model::apply_perhaps(const Operation& operation) {
  for (std::uint32_t i = 0; i < operation.count; ++i)
    states_[operation.place + i].push_back(state_after(operation));
}

}  // namespace interop
