// SPDX-License-Identifier: BSD-3-Clause
// Linearizability by the set of all states that the calls so far allow.

#include "history.h"

#include <algorithm>
#include <array>
#include <cassert>

namespace ndmedic::laboratory {

/// One pass over the events. A state is the sector's value and which of the open calls have had
/// their moment.
class Linearizer {
 public:
  Linearizer(const SectorHistory& history, bool with_reads)
      : history_(history), with_reads_(with_reads), slot_of_(history.calls_.size(), 0) {
    states_.push_back({history.initial_, 0});
  }

  std::vector<Content> run() {
    for (const SectorHistory::Event& event : history_.events_) {
      const SectorHistory::Call& call = history_.calls_[event.op];
      if (!call.write && (!call.ended || !with_reads_)) continue;
      event.end ? end(event.op) : begin(event.op);
    }
    close();
    std::vector<Content> values;
    for (const State& state : states_) values.push_back(state.value);
    std::ranges::sort(values);
    values.erase(std::ranges::unique(values).begin(), values.end());
    return values;
  }

 private:
  struct State {
    Content value;
    std::uint64_t happened;  // a bit for each slot
    friend auto operator<=>(const State&, const State&) = default;
  };

  void begin(SectorHistory::Op op) {
    std::size_t slot = 0;
    while (used_ >> slot & 1) ++slot;
    assert(slot < 64);
    slot_of_[op] = slot;
    open_[slot] = op;
    used_ |= std::uint64_t{1} << slot;
  }

  /// Keeps the states in which the call has happened, and forgets it.
  void end(SectorHistory::Op op) {
    close();
    const std::uint64_t bit = std::uint64_t{1} << slot_of_[op];
    std::erase_if(states_, [&](const State& state) { return (state.happened & bit) == 0; });
    for (State& state : states_) state.happened &= ~bit;
    used_ &= ~bit;
    std::ranges::sort(states_);
    states_.erase(std::ranges::unique(states_).begin(), states_.end());
  }

  /// Adds what open calls can make of the states, in every order.
  void close() {
    for (std::size_t i = 0; i < states_.size(); ++i)
      for (std::size_t slot = 0; slot < 64; ++slot)
        if ((used_ >> slot & 1) != 0) let_happen(State(states_[i]), slot);
  }

  void let_happen(State state, std::size_t slot) {
    const std::uint64_t bit = std::uint64_t{1} << slot;
    if ((state.happened & bit) != 0) return;
    const SectorHistory::Call& call = history_.calls_[open_[slot]];
    if (call.behind && is_open(*call.behind) && (state.happened >> slot_of_[*call.behind] & 1) == 0)
      return;
    if (!call.write && call.content != state.value) return;
    if (call.write) state.value = call.content;
    state.happened |= bit;
    if (std::ranges::find(states_, state) == states_.end()) states_.push_back(state);
  }

  bool is_open(SectorHistory::Op op) const {
    const std::size_t slot = slot_of_[op];
    return (used_ >> slot & 1) != 0 && open_[slot] == op;
  }

  const SectorHistory& history_;
  bool with_reads_;
  std::vector<State> states_;
  std::vector<std::size_t> slot_of_;
  std::array<SectorHistory::Op, 64> open_{};
  std::uint64_t used_ = 0;
};

SectorHistory::Op SectorHistory::begin_write(Content content, std::optional<Op> behind) {
  const auto op = static_cast<Op>(calls_.size());
  calls_.push_back({true, false, content, behind});
  events_.push_back({op, false});
  return op;
}

SectorHistory::Op SectorHistory::begin_read() {
  const auto op = static_cast<Op>(calls_.size());
  calls_.push_back({});
  events_.push_back({op, false});
  return op;
}

void SectorHistory::end_write(Op op) {
  calls_[op].ended = true;
  events_.push_back({op, true});
}

void SectorHistory::end_read(Op op, Content content) {
  calls_[op].ended = true;
  calls_[op].content = content;
  events_.push_back({op, true});
}

std::vector<Content> SectorHistory::possible(bool with_reads) const {
  return Linearizer(*this, with_reads).run();
}

bool SectorHistory::state_change_open() const {
  return std::ranges::any_of(calls_, [](const Call& call) {
    return call.write && !call.ended &&
           (call.content == content_zeros || call.content == content_error);
  });
}

std::vector<Content> SectorHistory::known() const {
  std::vector<Content> contents{initial_};
  for (const Call& call : calls_)
    if (call.write) contents.push_back(call.content);
  return contents;
}

History::History(std::span<const Content> initial) {
  for (const Content content : initial) sectors_.push_back({SectorHistory(content)});
}

Content History::next_content(std::uint32_t lba) {
  return (static_cast<Content>(lba) + 1) << 8 | ++sectors_[lba].versions;
}

SectorHistory& History::change(std::uint32_t lba) {
  sectors_[lba].known = false;
  return sectors_[lba].history;
}

SectorHistory::Op History::begin_write(std::uint32_t lba, Content content,
                                       std::optional<SectorHistory::Op> behind) {
  return change(lba).begin_write(content, behind);
}

SectorHistory::Op History::begin_read(std::uint32_t lba) { return change(lba).begin_read(); }

void History::end_write(std::uint32_t lba, SectorHistory::Op op) {
  ++returns_;
  change(lba).end_write(op);
}

void History::end_read(std::uint32_t lba, SectorHistory::Op op, Content content) {
  ++returns_;
  change(lba).end_read(op, content);
}

const History::Sector& History::know(std::uint32_t lba) const {
  Sector& sector = sectors_[lba];
  if (sector.known) return sector;
  sector.possible = sector.history.possible(false);
  sector.recovered = sector.history.possible(!sector.history.state_change_open());
  sector.known = true;
  return sector;
}

std::span<const Content> History::possible(std::uint32_t lba) const { return know(lba).possible; }

std::span<const Content> History::possible_recovered(std::uint32_t lba) const {
  return know(lba).recovered;
}

std::optional<Content> History::recognise(std::uint32_t lba,
                                          std::span<const std::byte> bytes) const {
  for (const Content content : sectors_[lba].history.known())
    if (content != content_error && holds(bytes, content)) return content;
  return std::nullopt;
}

}  // namespace ndmedic::laboratory
