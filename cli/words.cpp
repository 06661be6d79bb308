// SPDX-License-Identifier: BSD-3-Clause
#include <ndmedic/cli/words.h>

#include <fmt/format.h>

#include <array>
#include <cstddef>

namespace ndmedic::cli {
namespace {

template <class Enum, std::size_t N>
std::string_view name_of(Enum value, const std::array<std::string_view, N>& names) {
  return names.at(static_cast<std::size_t>(value));
}

}  // namespace

std::string_view copy_state_name(CopyState state) {
  static constexpr std::array<std::string_view, 7> names = {"valid",  "unfit", "invalid", "blank",
                                                            "absent", "bad",   "nowhere"};
  return name_of(state, names);
}

std::string_view lane_state_text(LaneState state) {
  static constexpr std::array<std::string_view, lane_state_count> names = {
      "pristine",
      "complete",
      "never used or repaired",
      "interrupted",
      "superseded",
      "damaged while pristine",
      "without current entry",
      "with an LBA out of range",
      "with a block out of range",
      "all zero",
      "with an impossible pair",
      "not checked"};
  return name_of(state, names);
}

std::string_view flog_encoding_text(FlogEncoding encoding) {
  static constexpr std::array<std::string_view, 4> names = {
      "entries of no known writer", "entries as Linux writes them",
      "entries as libpmemblk writes them", "entries of two kinds of writers"};
  return name_of(encoding, names);
}

std::string_view clue_name(Clue clue) {
  static constexpr std::array<std::string_view, 24> names = {
      "option",         "index_valid",        "index_damaged",     "labels_without_index",
      "area_ambiguous", "size_suggests_area", "pool_signature",    "other_pool_signature",
      "poolset_text",   "nfit_signature",     "label_abstraction", "index_version",
      "btt_info",       "btt_info_elsewhere", "btt_backup_only",   "btt_damaged",
      "pfn_info",       "dax_info",           "info_damaged",      "parent_mismatch",
      "nested_image",   "contradiction",      "nothing_found",     "blank"};
  return clue == Clue::not_readable ? "not_readable" : name_of(clue, names);
}

std::string_view device_kind_name(DeviceKind kind) {
  static constexpr std::array<std::string_view, 5> names = {"dimm", "label_area", "bare", "pool",
                                                            "nfit"};
  return name_of(kind, names);
}

std::string count_text(std::uint64_t count, std::string_view singular) {
  return fmt::format("{} {}{}", count, singular, count == 1 ? "" : "s");
}

bool is_ordinary(const LaneReading& lane) {
  switch (lane.state) {
    case LaneState::pristine:
    case LaneState::complete:
    case LaneState::never_used_or_repaired:
    case LaneState::superseded:
      return !lane.torn;
    default:
      return false;
  }
}

std::string_view unreachable_name(Unreachable why) {
  static constexpr std::array<std::string_view, 5> names = {"reachable", "no_data", "incomplete",
                                                            "interleave_unknown", "outside"};
  return name_of(why, names);
}

}  // namespace ndmedic::cli
