// SPDX-License-Identifier: BSD-3-Clause
// Info blocks, flogs and whole BTTs.
#include <algorithm>
#include <utility>

#include <ndmedic/btt/arena_chain.h>
#include <ndmedic/btt/lane_state.h>
#include <ndmedic/format/codec.h>

#include "agreement/compare.h"

namespace agreement {

using namespace ndmedic;

namespace {

/// V-3 needs the namespace's uuid, which the second reader is not given.
const Rules& needs_parent() {
  static const Rules rules = {"V-3"};
  return rules;
}

Rules all_of(const spec_reader::InfoVerdict& verdict) {
  Rules rules = verdict.violations;
  rules.insert(verdict.soft.begin(), verdict.soft.end());
  return rules;
}

spec_reader::FlogLayout second_layout(std::optional<FlogLayout> layout) {
  if (!layout) return spec_reader::FlogLayout::failed;
  return *layout == FlogLayout::slots_0_1 ? spec_reader::FlogLayout::slots_0_1
                                          : spec_reader::FlogLayout::slots_0_2;
}

spec_reader::FlogGroup second_group(const FlogGroup& group) {
  return spec_reader::parse_flog_group(theirs(Bytes(bytes_of(group))));
}

/// The row of 3.6 that a state is; empty for unreachable pairs, which the table does not have.
std::string_view row_of(LaneState state) {
  switch (state) {
    case LaneState::all_zero:
    case LaneState::bad_pair:
      return "R1";
    case LaneState::pristine:
    case LaneState::never_used_or_repaired:
      return "R2";
    case LaneState::bad_lba:
      return "R3";
    case LaneState::bad_block:
      return "R4";
    case LaneState::complete:
      return "R5";
    case LaneState::interrupted:
      return "R6";
    case LaneState::superseded:
      return "R7";
    case LaneState::damaged_pristine:
      return "R9";
    case LaneState::not_checked:
      return "unreadable";
    case LaneState::unreachable_pair:
      break;
  }
  return "";
}

/// True for what known_differences() says of lanes: R2 and R3 against R3 and R4, R7 against R9.
bool row_is_known(std::string_view library, const spec_reader::LaneReading& second) {
  if (!is_known("lane", second.lane_case, Side::second_reader, {})) return false;
  if (second.lane_case == "R7") return library == "R9";
  return (library == "R3" || library == "R4") && second.conditions.contains(std::string(library));
}

void compare_lane(const LaneReading& lane, const spec_reader::LaneReading& second,
                  Differences& out) {
  const bool current_a = lane.current == FlogSlot::a;
  const auto side = !lane.current ? spec_reader::PairSide::invalid
                    : current_a   ? spec_reader::PairSide::a
                                  : spec_reader::PairSide::b;
  if (side != second.side) out.push_back("current entry of lane " + std::to_string(second.lane));
  const std::string_view row = row_of(lane.state);
  if (!row.empty() && row != second.lane_case && !row_is_known(row, second))
    out.push_back("lane " + std::to_string(second.lane) + ": library " + std::string(row) +
                  ", second reader " + second.lane_case);
  if (second.side == spec_reader::PairSide::invalid || lane.torn == second.torn) return;
  constexpr std::uint32_t block_mask = 0x3FFFFFFF;
  const bool repaired = ((second.current.old_map ^ second.current.new_map) & block_mask) == 0;
  const bool first_write = second.inactive.seq == 0 && lane.torn;
  if (repaired && second.torn && is_known("lane", "CC-4", Side::second_reader, {})) return;
  if (first_write && is_known("lane", "CC-4", Side::library, {})) return;
  out.push_back("lane " + std::to_string(second.lane) + " is torn for one reader only");
}

void compare_lanes(const Media& ns, const Arena& arena, const spec_reader::ArenaReading& second,
                   Differences& out) {
  NoFindings sink;
  const auto table = read_lanes(ns, arena, {}, sink);
  if (!table || !second.flog_readable || second.lanes_cut) return;
  if (second_layout(table->layout.strict.layout) != second.layout) out.push_back("flog layout");
  for (std::size_t i = 0; i < std::min(table->lanes.size(), second.lanes.size()); ++i)
    compare_lane(table->lanes[i], second.lanes[i], out);
}

void compare_copy(const InfoCopy& copy, const spec_reader::CopyReading& second, Differences& out) {
  if (!copy.has_bytes() || !second.readable || copy.place.value != second.offset) return;
  compare_rules("info_block", rules_of(copy.violations, needs_parent()), all_of(second.verdict),
                bytes_of(copy.block), out);
}

/// Both readers took the same bytes; they choose by different rules when a copy does not fit.
bool same_copy(const ArenaPlace& place, const spec_reader::ArenaReading& second) {
  const InfoCopy* used = place.used_copy();
  const auto& block = second.used == spec_reader::UsedCopy::primary  ? second.primary
                      : second.used == spec_reader::UsedCopy::backup ? second.backup
                                                                     : second.primary;
  return used != nullptr && second.used != spec_reader::UsedCopy::none &&
         std::ranges::equal(theirs(Bytes(bytes_of(used->block))), block.bytes);
}

spec_reader::NamespaceSource source_of(const Media& ns) {
  return {ns.size(), [&ns](std::uint64_t offset, std::span<std::uint8_t> buffer) {
            return bool(ns.read(offset, std::as_writable_bytes(buffer)));
          }};
}

}  // namespace

Differences compare_info(Bytes bytes, std::uint64_t available) {
  Differences out;
  const auto info = decode<InfoBlock>(bytes);
  const auto verdict = spec_reader::info_violations(theirs(bytes), available);
  compare_rules("info_block", rules_of(validate(info, {available, {}})), all_of(verdict), bytes,
                out);
  compare_fields(info_block_structure, spec_reader::info_fields(theirs(bytes)), bytes, out);
  const auto numbers = spec_reader::info_numbers(theirs(bytes));
  compare_value("nfree", info.nfree.value(), numbers.nfree, out);
  compare_value("internal_nlba", info.internal_nlba.value(), numbers.internal_nlba, out);
  compare_value("external_nlba", info.external_nlba.value(), numbers.external_nlba, out);
  compare_value("infooff", info.infooff.value(), numbers.infooff, out);
  return out;
}

Differences compare_flog_layout(std::span<const FlogGroup> groups) {
  Differences out;
  FlogLayoutDetector detector;
  std::vector<spec_reader::FlogGroup> second;
  for (const FlogGroup& group : groups) {
    detector.feed(group);
    second.push_back(second_group(group));
  }
  if (second_layout(detector.answer().layout) != spec_reader::detect_flog_layout(second))
    out.push_back("flog layout");
  return out;
}

Differences compare_sequence(std::uint32_t seq_a, std::uint32_t seq_b) {
  const auto second = spec_reader::current_side(seq_a, seq_b);
  const auto first = newer(seq_a, seq_b);
  const bool same = !first ? second == spec_reader::PairSide::invalid
                           : second == (*first == FlogSlot::a ? spec_reader::PairSide::a
                                                              : spec_reader::PairSide::b);
  return same ? Differences{} : Differences{"the newer of two flog entries"};
}

Differences compare_map_word(std::uint32_t word, std::uint32_t premap) {
  Differences out;
  const MapEntry entry{word};
  const auto second = spec_reader::decode_map_entry(word, premap);
  const bool same =
      (entry.state() == MapState::initial) == (second.state == spec_reader::MapState::initial) &&
      (entry.state() == MapState::error) == (second.state == spec_reader::MapState::error) &&
      (entry.state() == MapState::zero) == (second.state == spec_reader::MapState::zero);
  if (!same) out.push_back("state of a map entry");
  compare_value("block of a map entry", entry.postmap({premap}).value, second.postmap, out);
  return out;
}

Differences compare_btt(const Media& ns, std::uint64_t initial_offset) {
  Differences out;
  NoFindings sink;
  ChainOptions options;
  options.initial_offset = {initial_offset};
  options.expected = true;
  const auto chain = read_arena_chain(ns, options, sink);
  if (!chain) return out;
  const auto second = spec_reader::read_btt(source_of(ns), initial_offset);
  for (std::size_t i = 0; i < std::min(chain->places.size(), second.arenas.size()); ++i) {
    const ArenaPlace& place = chain->places[i];
    compare_value("start of an arena", place.start.value, second.arenas[i].start, out);
    compare_copy(place.primary, second.arenas[i].primary, out);
    compare_copy(place.backup, second.arenas[i].backup, out);
    if (place.arena && same_copy(place, second.arenas[i]))
      compare_lanes(ns, *place.arena, second.arenas[i], out);
  }
  return out;
}

}  // namespace agreement
