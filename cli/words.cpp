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
  switch (clue) {
    case Clue::option:
      return "option";
    case Clue::index_valid:
      return "index_valid";
    case Clue::index_damaged:
      return "index_damaged";
    case Clue::labels_without_index:
      return "labels_without_index";
    case Clue::area_cut:
      return "area_cut";
    case Clue::index_elsewhere:
      return "index_elsewhere";
    case Clue::area_ambiguous:
      return "area_ambiguous";
    case Clue::size_suggests_area:
      return "size_suggests_area";
    case Clue::pool_head:
      return "pool_head";
    case Clue::other_pool_signature:
      return "other_pool_signature";
    case Clue::poolset_text:
      return "poolset_text";
    case Clue::nfit_head:
      return "nfit_head";
    case Clue::label_abstraction:
      return "label_abstraction";
    case Clue::btt_info:
      return "btt_info";
    case Clue::btt_info_elsewhere:
      return "btt_info_elsewhere";
    case Clue::btt_damaged:
      return "btt_damaged";
    case Clue::pfn_info:
      return "pfn_info";
    case Clue::dax_info:
      return "dax_info";
    case Clue::nested_image:
      return "nested_image";
    case Clue::contradiction:
      return "contradiction";
    case Clue::nothing_found:
      return "nothing_found";
    case Clue::not_readable:
      break;
  }
  return "not_readable";
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

}  // namespace ndmedic::cli
