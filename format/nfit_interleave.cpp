// SPDX-License-Identifier: BSD-3-Clause
// A share of n lines repeats every n * ways lines of the range; a line is found by its place in
// that turn.

#include <ndmedic/format/nfit_interleave.h>

#include <algorithm>
#include <utility>

#include <ndmedic/format/checked.h>

namespace ndmedic {

NfitInterleave::NfitInterleave(NfitSpread spread, std::vector<Line> by_place)
    : spread_(std::move(spread)), by_place_(std::move(by_place)) {}

std::optional<NfitInterleave> NfitInterleave::make(NfitSpread spread) {
  constexpr std::size_t most = std::size_t{1} << 16;
  const std::size_t count = spread.line_offsets.size();
  if (spread.line_size == 0 || spread.ways == 0 || count == 0 || count > most) return std::nullopt;

  const std::uint64_t turn = count * std::uint64_t{spread.ways};
  std::vector<Line> by_place;
  by_place.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    const std::uint64_t offset = spread.line_offsets[i];
    by_place.push_back({.place = offset % turn, .turns = offset / turn, .index = i});
  }
  std::ranges::sort(by_place, {}, &Line::place);
  if (std::ranges::adjacent_find(by_place, {}, &Line::place) != by_place.end()) return std::nullopt;
  return NfitInterleave(std::move(spread), std::move(by_place));
}

std::optional<std::uint64_t> NfitInterleave::spa_offset(std::uint64_t share_offset) const {
  const std::uint64_t size = spread_.line_size;
  const std::uint64_t count = spread_.line_offsets.size();
  const std::uint64_t line = share_offset / size;
  const Checked lines =
      Checked(line / count) * lines_in_turn() + spread_.line_offsets[line % count];
  return (Checked(spread_.region_offset) + lines * size + share_offset % size).get();
}

std::optional<std::uint64_t> NfitInterleave::share_offset(std::uint64_t spa_offset) const {
  const auto inside = (Checked(spa_offset) - spread_.region_offset).get();
  if (!inside) return std::nullopt;
  const std::uint64_t size = spread_.line_size;
  const std::uint64_t line = *inside / size;
  const auto at = std::ranges::lower_bound(by_place_, line % lines_in_turn(), {}, &Line::place);
  if (at == by_place_.end() || at->place != line % lines_in_turn()) return std::nullopt;
  const Checked turn = Checked(line / lines_in_turn()) - at->turns;
  return ((turn * spread_.line_offsets.size() + at->index) * size + *inside % size).get();
}

}  // namespace ndmedic
