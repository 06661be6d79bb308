// SPDX-License-Identifier: BSD-3-Clause
#include "oracle.h"

#include <algorithm>
#include <cstring>

namespace ndmedic::laboratory {

void Oracle::expect(std::vector<Expected>& expected, std::span<const Content> contents) {
  expected.push_back({contents, sectors_.size()});
  const std::size_t sector = world_.shape.sector;
  for (const Content content : contents) {
    sectors_.resize(sectors_.size() + sector);
    fill_content(std::span(sectors_).last(sector), content);
  }
}

void Oracle::begin(const History& history) {
  known_ = false;
  sectors_.clear();
  for (std::vector<Expected>& expected : expected_) expected.clear();
  for (std::uint32_t lba = 0; lba < history.sectors(); ++lba) {
    expect(expected_[0], history.possible(lba));
    expect(expected_[1], history.possible_recovered(lba));
  }
}

bool Oracle::may_be(const Demand& demand, Content content) const {
  const auto contents = expected(demand).contents;
  return std::ranges::find(contents, content) != contents.end();
}

std::string Oracle::broken(const Demand& demand) const {
  return std::string(demand.recovered ? "CC-12: after recovery" : "CC-5: before recovery") +
         " LBA " + std::to_string(demand.lba) + " is neither old nor new";
}

/// Notes the blocks that have to be looked at in every image; error and zero entries at once.
std::string Oracle::demand(const MapView& map, std::size_t arena, bool recovered) {
  const bool pool = world_.shape.container == BttContainer::pool;
  for (std::uint32_t premap = 0; premap < world_.shape.lbas; ++premap) {
    const std::uint32_t lba =
        static_cast<std::uint32_t>(world_.arenas[arena].first_lba.value) + premap;
    const Demand demand{world_.arenas[arena].block({map.own[premap]}).value, lba, recovered};
    const MapState state = map.state[premap];
    const bool zeros = state == MapState::zero || (state == MapState::initial && pool);
    if (zeros && !may_be(demand, content_zeros)) return broken(demand);
    if (state == MapState::error && !may_be(demand, content_error)) return broken(demand);
    if (!zeros && state != MapState::error) demands_.push_back(demand);
  }
  return {};
}

std::string Oracle::check_metadata(std::span<const std::byte> image) {
  demands_.clear();
  for (std::size_t arena = 0; arena < world_.arenas.size(); ++arena) {
    ArenaView& view = views_[arena];
    const char* const problem =
        judge_metadata(world_, world_.arenas[arena], layouts_[arena], image, view);
    if (problem != nullptr) return problem;
    if (whole_before_)
      if (std::string text = demand(view.now, arena, false); !text.empty()) return text;
  }
  if (const char* problem = recovery_.run(image)) return problem;
  for (std::size_t arena = 0; arena < world_.arenas.size(); ++arena) {
    ArenaView after;
    const char* const problem =
        judge_metadata(world_, world_.arenas[arena], layouts_[arena], recovery_.recovered(), after);
    if (problem != nullptr) return problem;
    if (after.interrupted != 0) return "CC-12: a lane is interrupted after recovery";
    if (after.now != views_[arena].recovered) return "CC-12: recovery stored other words";
    if (std::string text = demand(after.now, arena, true); !text.empty()) return text;
  }
  return {};
}

bool Oracle::fits(const Demand& demand, std::span<const std::byte> image) const {
  const std::size_t sector = world_.shape.sector;
  std::size_t at = expected(demand).at;
  for (const Content content : expected(demand).contents) {
    if (content != content_error &&
        std::memcmp(image.data() + demand.offset, sectors_.data() + at, sector) == 0)
      return true;
    at += sector;
  }
  return false;
}

std::string Oracle::check(const CrashImage& image) {
  if (!known_ || image.same_from > world_.metadata) {
    metadata_problem_ = check_metadata(image.bytes);
    known_ = true;
  }
  if (!metadata_problem_.empty()) return metadata_problem_;
  for (const Demand& demand : demands_)
    if (!fits(demand, image.bytes)) return broken(demand);
  return {};
}

std::vector<Content> Oracle::recovered_contents(std::span<const std::byte> image) const {
  const bool pool = world_.shape.container == BttContainer::pool;
  const std::size_t sector = world_.shape.sector;
  std::vector<Content> contents;
  for (std::size_t arena = 0; arena < views_.size(); ++arena)
    for (std::uint32_t premap = 0; premap < world_.shape.lbas; ++premap) {
      const MapView& map = views_[arena].recovered;
      const MapState state = map.state[premap];
      const std::size_t lba = contents.size();
      contents.push_back(content_zeros);
      if (state == MapState::error) contents.back() = content_error;
      if (state == MapState::zero || state == MapState::error) continue;
      if (state == MapState::initial && pool) continue;
      const auto bytes = image.subspan(world_.arenas[arena].block({map.own[premap]}).value, sector);
      for (const Content content : expected_[1][lba].contents)
        if (content != content_error && holds(bytes, content)) contents.back() = content;
    }
  return contents;
}

std::uint32_t Oracle::interrupted() const {
  std::uint32_t count = 0;
  for (const ArenaView& view : views_) count += view.interrupted;
  return count;
}

}  // namespace ndmedic::laboratory
