// SPDX-License-Identifier: BSD-3-Clause
// Findings in bounded memory, and their messages.

#include <ndmedic/format/finding.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>

#include <ndmedic/format/checked.h>
#include <ndmedic/format/untrusted_text.h>

namespace ndmedic {
namespace {

/// Kinds whose places are numbered in a row: `first`..`last` may grow.
bool is_run(PlaceKind kind) {
  switch (kind) {
    case PlaceKind::slot:
    case PlaceKind::flog:
    case PlaceKind::flog_entry:
    case PlaceKind::map:
    case PlaceKind::block:
      return true;
    default:
      return false;
  }
}

bool equal(const std::vector<Argument>& a, const std::vector<Argument>& b) {
  return std::ranges::equal(a, b, [](const Argument& x, const Argument& y) {
    return x.key == y.key && x.value == y.value && x.hex == y.hex;
  });
}

/// True when the places differ in nothing but their numbers.
bool equal_but_numbers(const Place& a, Place b) {
  b.first = a.first;
  b.last = a.last;
  return a == b;
}

/// Grows `place` by `next` when that adjoins it.
bool extend(Place& place, const Place& next) {
  if (!equal_but_numbers(place, next)) return false;
  if (place.kind == PlaceKind::range) {
    if ((Checked(place.first) + place.last).get() != next.first) return false;
    const auto size = (Checked(place.last) + next.last).get();
    if (size) place.last = *size;
    return size.has_value();
  }
  if (!is_run(place.kind) || (Checked(place.last) + 1).get() != next.first) return false;
  place.last = next.last;
  return true;
}

std::uint64_t saturating_sum(std::uint64_t a, std::uint64_t b) {
  return (Checked(a) + b).get().value_or(std::numeric_limits<std::uint64_t>::max());
}

std::string text_of(const Argument& argument) {
  if (const auto* text = std::get_if<std::string>(&argument.value)) return escape_untrusted(*text);
  std::array<char, 20> digits{};
  const auto end =
      std::to_chars(digits.begin(), digits.end(), *std::get_if<std::uint64_t>(&argument.value),
                    argument.hex ? 16 : 10);
  return (argument.hex ? "0x" : "") + std::string(digits.data(), end.ptr);
}

}  // namespace

Findings::Tally& Findings::tally(ProblemId id) {
  const auto at = std::ranges::find(tallies_, id, &Tally::id);
  return at != tallies_.end() ? *at : tallies_.emplace_back(Tally{.id = id});
}

void Findings::add(Finding finding) {
  const Severity severity = problem(finding.id).severity;
  worst_ = std::max(worst_.value_or(severity), severity);

  Place& place = finding.place;
  if (is_run(place.kind)) place.last = std::max(place.first, place.last);
  Tally& tally = this->tally(finding.id);
  if (tally.kept > 0) {
    Finding& last = list_[tally.last];
    if (equal(last.arguments, finding.arguments) && extend(last.place, place)) {
      last.count = saturating_sum(last.count, finding.count);
      return;
    }
  }
  if (tally.kept == limit_) {
    tally.dropped = saturating_sum(tally.dropped, finding.count);
    return;
  }
  ++tally.kept;
  tally.last = list_.size();
  list_.push_back(std::move(finding));
}

std::uint64_t Findings::dropped(ProblemId id) const {
  const auto at = std::ranges::find(tallies_, id, &Tally::id);
  return at != tallies_.end() ? at->dropped : 0;
}

std::string fill_message(std::string_view message, std::span<const Argument> arguments) {
  std::string filled;
  while (true) {
    const std::size_t open = message.find('{');
    const std::size_t close = message.find('}', open);
    if (close == std::string_view::npos) return filled.append(message);
    filled += message.substr(0, open);
    const std::string_view key = message.substr(open + 1, close - open - 1);
    const auto argument = std::ranges::find(arguments, key, &Argument::key);
    filled += argument != arguments.end() ? text_of(*argument)
                                          : std::string(message.substr(open, close - open + 1));
    message.remove_prefix(close + 1);
  }
}

std::string message_of(const Finding& finding) {
  return fill_message(problem(finding.id).message, finding.arguments);
}

}  // namespace ndmedic
