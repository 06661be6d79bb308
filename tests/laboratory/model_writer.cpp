// SPDX-License-Identifier: BSD-3-Clause
// Writers of a page: straight lines of stores and fences as btt.md 4.1 writes them down. One thread
// at a time; one arena.

#include <array>
#include <cstring>
#include <string_view>

#include <boost/endian/conversion.hpp>

#include "subject.h"

namespace ndmedic::laboratory {
namespace {

class ModelWriter final : public Subject {
 public:
  ModelWriter(Writer writer, CrashAccess& access, const World& world, ArenaStart start)
      : writer_(writer), access_(access), world_(world), start_(std::move(start)) {}

  Status read(std::uint32_t lba, std::span<std::byte> into) override {
    const MapEntry entry = map_entry(lba);
    if (entry.state() == MapState::error) return Error{Errc::bad_media, {lba, 1}, "error entry"};
    if (entry.state() == MapState::zero || (entry.state() == MapState::initial && pool()))
      std::ranges::fill(into, std::byte{0});
    else
      access_.load_data(context_, start_.arena.block(entry.postmap({lba})).value, into);
    return {};
  }

  /// As many sectors at once as there are lanes; a repeated LBA begins a new batch (WP-R1).
  Status write(std::span<const std::pair<std::uint32_t, const std::byte*>> sectors) override {
    while (!sectors.empty()) {
      items_.clear();
      for (const auto& [lba, bytes] : sectors) {
        if (items_.size() == start_.lanes.size() || has(lba)) break;
        items_.push_back({lba, bytes, items_.size(), map_entry(lba)});
      }
      commit();
      sectors = sectors.subspan(items_.size());
    }
    return {};
  }

  Status zero(std::uint32_t lba, std::uint32_t count) override {
    return change_states(lba, count, map_zero_bit);
  }
  Status mark_error(std::uint32_t lba, std::uint32_t count) override {
    return change_states(lba, count, map_error_bit);
  }
  Status flush() override {
    access_.fence(context_, Site::flush);
    return {};
  }

 private:
  struct Item {
    std::uint32_t lba;
    const std::byte* bytes;
    std::size_t lane;
    MapEntry before;
  };

  bool pool() const { return world_.shape.container == BttContainer::pool; }
  bool has(std::uint32_t lba) const {
    for (const Item& item : items_)
      if (item.lba == lba) return true;
    return false;
  }

  MapEntry map_entry(std::uint32_t lba) {
    std::uint32_t word = 0;
    access_.load_words(context_, start_.arena.map_entry({lba}).value, {&word, 1});
    return {word};
  }

  void commit() {
    for (const Item& item : items_) data(item);
    if (writer_ == Writer::model_wp4 || writer_ == Writer::model_map_early)
      access_.fence(context_, Site::data);
    for (const Item& item : items_) first_half(item);
    if (writer_ != Writer::model_map_early && writer_ != Writer::model_commit_early)
      access_.fence(context_, Site::data);
    for (const Item& item : items_) second_half(item);
    if (writer_ != Writer::model_map_early && writer_ != Writer::model_map_with_h2)
      access_.fence(context_, Site::second_half);
    for (const Item& item : items_) map(item);
    if (writer_ != Writer::model_wp2) access_.fence(context_, Site::map);
    for (const Item& item : items_) {
      LaneStart& lane = start_.lanes[item.lane];
      lane.free_block = item.before.postmap({item.lba});
      lane.current = other(lane.current);
      lane.seq = next_seq(lane.seq);
    }
  }

  static FlogSlot other(FlogSlot slot) { return slot == FlogSlot::a ? FlogSlot::b : FlogSlot::a; }

  std::uint32_t flagged(PostmapLba block) const {
    return pool() ? block.value | map_normal_bits : block.value;
  }

  void data(const Item& item) {
    const std::uint64_t offset = start_.arena.block(start_.lanes[item.lane].free_block).value;
    access_.store_data(context_, Site::data, offset, {item.bytes, world_.shape.sector});
    access_.write_back(context_, Site::data, {offset, world_.shape.sector});
  }
  void first_half(const Item& item) {
    const std::uint64_t old = flagged(item.before.postmap({item.lba}));
    half(item, Site::first_half, 0, item.lba | old << 32);
  }
  void second_half(const Item& item) {
    const LaneStart& lane = start_.lanes[item.lane];
    const std::uint64_t seq = next_seq(lane.seq);
    half(item, Site::second_half, 1, flagged(lane.free_block) | seq << 32);
  }
  void half(const Item& item, Site site, unsigned which, std::uint64_t value) {
    LaneStart& lane = start_.lanes[item.lane];
    const std::uint64_t group =
        start_.arena.flog_group({static_cast<std::uint32_t>(item.lane)}).value;
    const auto unit =
        static_cast<unsigned>(2 * slot_index(start_.layout, other(lane.current)) + which);
    FlogImage image;
    std::memcpy(image.units.data(), &lane.group, sizeof lane.group);
    image.units[unit] = boost::endian::native_to_little(value);
    std::memcpy(&lane.group, image.units.data(), sizeof lane.group);
    const FlogHalf placed{&image, unit};
    access_.store_halves(context_, site, group, {&placed, 1});
    access_.write_back(context_, site, placed.range(group));
  }
  void map(const Item& item) {
    const std::uint32_t word = start_.lanes[item.lane].free_block.value | map_normal_bits;
    const std::uint64_t offset = start_.arena.map_entry({item.lba}).value;
    access_.store_words(context_, Site::map, offset, {&word, 1});
    access_.write_back(context_, Site::map, {offset, 4});
  }

  Status change_states(std::uint32_t lba, std::uint32_t count, std::uint32_t state) {
    for (; count > 0; --count, ++lba) {
      const std::uint32_t word = map_entry(lba).postmap({lba}).value | state;
      const std::uint64_t offset = start_.arena.map_entry({lba}).value;
      access_.store_words(context_, Site::map_state, offset, {&word, 1});
      access_.write_back(context_, Site::map_state, {offset, 4});
      access_.fence(context_, Site::map_state);
    }
    return {};
  }

  Writer writer_;
  CrashAccess& access_;
  const World& world_;
  ArenaStart start_;
  AccessContext context_;
  std::vector<Item> items_;
};

constexpr std::array<std::string_view, 8> names{
    "engine-wp3a", "engine-wp2",      "model-wp4",          "model-wp3a",
    "model-wp2",   "model-map-early", "model-commit-early", "model-map-with-h2"};

}  // namespace

std::string_view to_string(Writer writer) { return names[static_cast<std::size_t>(writer)]; }

std::unique_ptr<Subject> make_model(Writer writer, CrashAccess& access, const World& world,
                                    std::vector<ArenaStart> starts) {
  return std::make_unique<ModelWriter>(writer, access, world, std::move(starts.front()));
}

}  // namespace ndmedic::laboratory
