// SPDX-License-Identifier: BSD-3-Clause
// A counter of mixed radix over the units in flight, patched into one buffer.

#include <ndmedic/media/crash_images.h>

#include <algorithm>
#include <bit>
#include <cstring>

#include <ndmedic/format/checked.h>

namespace ndmedic {
namespace {

/// SplitMix64: one number after the other, from any seed.
std::uint64_t next_random(std::uint64_t& state) {
  state += 0x9E3779B97F4A7C15U;
  std::uint64_t z = state;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9U;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBU;
  return z ^ (z >> 31);
}

}  // namespace

void CrashImages::take(const CrashMedia& media, std::uint64_t seed) {
  seed_ = seed;
  size_ = media.durable().size();
  bytes_.assign((size_ + 7) / 8 * 8, std::byte{0});
  std::ranges::copy(media.durable(), bytes_.begin());
  hash_ = media.durable_hash();
  choices_.clear();
  values_.clear();
  for (const CrashMedia::Unit& unit : media.in_flight()) {
    const auto first = static_cast<std::uint32_t>(values_.size());
    for (const std::uint64_t value : unit.values)
      if (std::find(values_.begin() + first, values_.end(), value) == values_.end())
        values_.push_back(value);
    const auto count = static_cast<std::uint32_t>(values_.size()) - first;
    if (count > 1) choices_.push_back({unit.offset, first, count, 0});
  }
  std::ranges::sort(choices_, {}, &Choice::offset);
  Checked product(std::uint64_t{1});
  for (const Choice& choice : choices_) product = product * std::uint64_t{choice.count};
  count_ = product.get().value_or(~std::uint64_t{0});
}

void CrashImages::choose(Choice& choice, std::uint32_t which) {
  if (choice.now == which) return;
  hash_ -= crash_unit_hash(choice.offset, values_[choice.first + choice.now]);
  choice.now = which;
  const std::uint64_t value = values_[choice.first + which];
  hash_ += crash_unit_hash(choice.offset, value);
  std::memcpy(bytes_.data() + choice.offset, &value, sizeof value);
}

/// The next combination; gives the highest choice that changed, or none behind the last one.
std::optional<std::size_t> CrashImages::step() {
  for (std::size_t i = 0; i < choices_.size(); ++i) {
    Choice& choice = choices_[i];
    if (choice.now + 1 < choice.count) {
      choose(choice, choice.now + 1);
      return i;
    }
    choose(choice, 0);
  }
  return std::nullopt;
}

void CrashImages::draw(std::uint64_t number) {
  std::uint64_t state = seed_ * 0x2545F4914F6CDD1DU + number;
  const unsigned rarity = static_cast<unsigned>(next_random(state) % 6) + 1;
  const bool mostly_new = next_random(state) % 2 == 0;
  const std::uint64_t turn = number / 4;  // the choice number turn - 1 stands out, once
  const bool in_turn = turn >= 1 && turn <= choices_.size();
  for (std::size_t i = 0; i < choices_.size(); ++i) {
    const std::uint64_t random = next_random(state);
    const std::uint32_t newest = choices_[i].count - 1;
    const bool rare = (random >> 32) % (std::uint64_t{1} << rarity) == 0;
    const bool stands_out = i + 1 == turn;
    auto which = static_cast<std::uint32_t>(random % choices_[i].count);
    if (number < 2) which = number == 0 ? 0 : newest;
    if (in_turn && number % 4 == 0) which = stands_out ? 0 : newest;
    if (in_turn && number % 4 == 1) which = stands_out ? newest : 0;
    if (number % 4 == 2 && !rare) which = mostly_new ? newest : 0;
    choose(choices_[i], which);
  }
}

void CrashImages::decompose(std::uint64_t number) {
  for (Choice& choice : choices_) {
    choose(choice, static_cast<std::uint32_t>(number % choice.count));
    number /= choice.count;
  }
}

void CrashImages::for_each(std::uint64_t samples,
                           const std::function<bool(const CrashImage&)>& visit) {
  if (!exhaustive()) {
    for (std::uint64_t number = 0; number < samples; ++number)
      if (!visit(image(number))) return;
    return;
  }
  if (!visit(image(0))) return;
  for (std::uint64_t number = 1; const auto changed = step(); ++number) {
    const std::uint64_t same_from = choices_[*changed].offset + 8;
    if (!visit({number, {bytes_.data(), size_}, hash_, same_from})) return;
  }
}

CrashImage CrashImages::image(std::uint64_t number) {
  if (exhaustive()) {
    decompose(number);
  } else {
    draw(number);
  }
  return {number, {bytes_.data(), size_}, hash_, size_};
}

}  // namespace ndmedic
