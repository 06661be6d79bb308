// SPDX-License-Identifier: BSD-3-Clause
#include <ndmedic/fsck/damage.h>

#include <algorithm>
#include <array>
#include <span>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include <ndmedic/format/btt_map.h>
#include <ndmedic/format/codec.h>
#include <ndmedic/format/endian.h>
#include <ndmedic/fsck/random.h>
#include <ndmedic/fsck/shared_lane.h>
#include <ndmedic/image/place_edit.h>
#include <ndmedic/image/structure_seal.h>

namespace ndmedic {
namespace {

constexpr unsigned shared_writes = 64;

/// The images, and what one seed chooses in them.
class Damager {
 public:
  Damager(ImageTree& tree, std::uint64_t seed, const std::function<void(std::string_view)>& stage)
      : tree_(tree), places_(place_map(tree)), random_(seed), stage_(stage) {}

  Status info_primary() {
    return in_arena([&](const std::string& a) { return flip(a + "/info"); });
  }
  Status info_backup() {
    return in_arena([&](const std::string& a) { return flip(a + "/backup"); });
  }
  Status info_both() {
    return in_arena([&](const std::string& a) -> Status {
      NDMEDIC_CHECK(flip(a + "/info"));
      return flip(a + "/backup");
    });
  }
  Status info_error() {
    return in_arena(
        [&](const std::string& a) { return set(a + "/info.flags", 1, EditMode::forced); });
  }
  Status info_generations() {
    return in_arena([&](const std::string& a) -> Status {
      const std::string backup = a + "/backup";
      NDMEDIC_CHECK(set(backup + ".uuid", random_.next(), EditMode::raw));
      return seal(backup);
    });
  }

  Status map_range() {
    return in_arena([&](const std::string& a) {
      return set(a + "/map/" + any(geometry().external_nlba), normal(beyond_blocks()));
    });
  }
  Status map_error() {
    return in_arena([&](const std::string& a) {
      const auto lba = random_.below(geometry().external_nlba);
      return set(a + "/map/" + std::to_string(lba), map_error_bit | lba);
    });
  }
  Status map_duplicate() {
    return in_arena([&](const std::string& a) -> Status {
      const std::uint64_t count = geometry().external_nlba;
      const std::uint64_t first = random_.below(count);
      const std::uint64_t second = (first + 1 + random_.below(count - 1)) % count;
      NDMEDIC_TRY(const std::uint32_t block, block_of(a, first));
      return set(a + "/map/" + std::to_string(second), normal(block));
    });
  }
  Status map_page() {
    return in_arena([&](const std::string& a) -> Status {
      constexpr std::uint64_t entries = 4096 / map_entry_size;
      const std::uint64_t count = geometry().external_nlba;
      const std::uint64_t first = random_.below(count) / entries * entries;
      return noise(a + "/map/" + std::to_string(first) + ".." +
                   std::to_string(std::min(first + entries, count) - 1));
    });
  }

  Status flog_noise() {
    return in_lane([&](const std::string& lane) { return noise(lane); });
  }
  Status flog_zero() {
    return in_lane([&](const std::string& lane) { return put(lane, PlaceBytes(flog_group_size)); });
  }
  Status flog_seq() {
    return in_lane([&](const std::string& lane) -> Status {
      NDMEDIC_CHECK(set(lane + ".A.seq", 2));
      return set(lane + ".B.seq", 2);
    });
  }
  Status flog_range() {
    return in_lane([&](const std::string& lane) -> Status {
      NDMEDIC_CHECK(set(lane + ".A.new_map", beyond_blocks()));
      return set(lane + ".B.new_map", beyond_blocks());
    });
  }
  /// A lane's free block that a map entry owns as well (XR-02).
  Status flog_mapped() {
    return in_arena([&](const std::string& a) -> Status {
      const std::string lane = a + "/flog/" + any(geometry().nfree);
      NDMEDIC_TRY(const std::uint32_t block, block_of(a, random_.below(geometry().external_nlba)));
      return own_block(lane, block);
    });
  }
  /// Two lanes with one free block (XR-03).
  Status flog_duplicate() {
    return in_arena([&](const std::string& a) -> Status {
      const std::uint64_t count = geometry().nfree;
      if (count < 2) return Error{Errc::not_found, {}, "second lane"};
      const std::uint64_t first = random_.below(count);
      const std::uint64_t second = (first + 1 + random_.below(count - 1)) % count;
      NDMEDIC_TRY(const std::uint32_t block,
                  number_at(a + "/flog/" + std::to_string(first) + ".A.old_map"));
      return own_block(a + "/flog/" + std::to_string(second), block & map_postmap_mask);
    });
  }
  Status shared_lane() {
    return in_arena([&](const std::string& a) -> Status {
      const auto lane = static_cast<std::uint32_t>(random_.below(geometry().nfree));
      tell(a + "/flog/" + std::to_string(lane));
      Media* const media = writable_media(tree_, places_.namespaces[ns_].media);
      return write_through_shared_lane(*media, places_.namespaces[ns_].arenas[arena_], lane,
                                       shared_writes, random_);
    });
  }

  Status index_current() {
    return in_labels([&](const std::string& d) { return flip(d + "index" + current_index(d)); });
  }
  Status index_both() {
    return in_labels([&](const std::string& d) -> Status {
      NDMEDIC_CHECK(flip(d + "index0"));
      return flip(d + "index1");
    });
  }
  Status label_checksum() {
    return in_label(
        [&](const std::string& label) { return set(label + ".rawsize", random_.next()); });
  }
  Status label_extent() { return sealed_label(".rawsize", std::uint64_t{1} << 50); }
  Status label_cookie() { return sealed_label(".isetcookie", random_.next() | 1); }
  Status label_slot() { return sealed_label(".slot", 1000 + random_.below(1000)); }

 private:
  const ArenaGeometry& geometry() const { return places_.namespaces[ns_].arenas[arena_].geometry; }
  std::string any(std::uint64_t limit) { return std::to_string(random_.below(limit)); }
  static std::uint32_t normal(std::uint32_t block) { return block | map_normal_bits; }
  std::uint32_t beyond_blocks() {
    const std::uint32_t blocks = geometry().internal_nlba;
    return blocks + static_cast<std::uint32_t>(random_.below(map_postmap_mask - blocks));
  }

  void tell(std::string_view place) {
    if (stage_) stage_(place);
  }

  /// Calls damage(place) with one of the arenas.
  template <class Damage>
  Status in_arena(Damage damage) {
    std::vector<std::pair<std::size_t, std::size_t>> arenas;
    for (std::size_t ns = 0; ns < places_.namespaces.size(); ++ns)
      for (std::size_t i = 0; i < places_.namespaces[ns].arenas.size(); ++i)
        if (places_.namespaces[ns].media != nullptr && places_.namespaces[ns].arenas[i].known)
          arenas.emplace_back(ns, i);
    if (arenas.empty()) return Error{Errc::not_found, {}, "BTT"};
    std::tie(ns_, arena_) = arenas[random_.below(arenas.size())];
    const std::string place = "ns/" + std::to_string(ns_) + "/arena" + std::to_string(arena_);
    return damage(place);
  }

  template <class Damage>
  Status in_lane(Damage damage) {
    return in_arena(
        [&](const std::string& a) { return damage(a + "/flog/" + any(geometry().nfree)); });
  }

  /// Calls damage("dN/labels/") with one of the label areas.
  template <class Damage>
  Status in_labels(Damage damage) {
    std::vector<const DeviceImage*> devices;
    for (const DeviceImage& device : tree_.devices)
      if (device.area && device.area->has_index()) devices.push_back(&device);
    if (devices.empty()) return Error{Errc::not_found, {}, "label area"};
    device_ = devices[random_.below(devices.size())];
    return damage("d" + std::to_string(device_->index) + "/labels/");
  }

  std::string current_index(const std::string&) const {
    return std::to_string(*device_->area->current);
  }

  /// Calls damage(place) with a slot that is in use.
  template <class Damage>
  Status in_label(Damage damage) {
    return in_labels([&](const std::string& d) -> Status {
      std::vector<std::uint32_t> slots;
      for (const LabelNamespace& ns : tree_.labels.namespaces)
        for (const NamespaceExtent& extent : ns.extents)
          if (extent.device == device_->index) slots.push_back(extent.slot);
      if (slots.empty()) return Error{Errc::not_found, {}, "label"};
      return damage(d + "slot/" + std::to_string(slots[random_.below(slots.size())]));
    });
  }

  Status sealed_label(const char* field, std::uint64_t value) {
    return in_label(
        [&](const std::string& label) { return set(label + field, value, EditMode::forced); });
  }

  /// Both entries: whichever is current, its free block is this one.
  Status own_block(const std::string& lane, std::uint32_t block) {
    NDMEDIC_CHECK(set(lane + ".A.old_map", block));
    NDMEDIC_TRY(const std::uint64_t seq, number_at(lane + ".B.seq"));
    return seq == 0 ? Status() : set(lane + ".B.old_map", block);
  }

  Result<Target> target_of(const std::string& text) {
    NDMEDIC_TRY(const Place place, parse_place(text));
    return locate(places_, place);
  }

  Result<std::uint32_t> number_at(const std::string& text) {
    NDMEDIC_TRY(const Target target, target_of(text));
    NDMEDIC_TRY(const Le32 word, read_structure<Le32>(*target.media, target.range.offset));
    return word.value();
  }

  Result<std::uint32_t> block_of(const std::string& arena, std::uint64_t lba) {
    NDMEDIC_TRY(const std::uint32_t word, number_at(arena + "/map/" + std::to_string(lba)));
    return MapEntry{word}.postmap({static_cast<std::uint32_t>(lba)}).value;
  }

  Status put(const std::string& text, const PlaceBytes& value, EditMode mode = EditMode::raw) {
    NDMEDIC_TRY(const Place place, parse_place(text));
    PlaceEdit edit(tree_, mode);
    NDMEDIC_CHECK(edit.change(place, value));
    return edit.write(stage_);
  }

  Status set(const std::string& text, std::uint64_t value, EditMode mode = EditMode::raw) {
    NDMEDIC_TRY(const Target target, target_of(text));
    PlaceBytes bytes(static_cast<std::size_t>(target.range.size));
    const Le64 word(value);
    const auto low = bytes_of(word).first(std::min(bytes.size(), sizeof word));
    std::ranges::copy(low, bytes.begin());
    return put(text, bytes, mode);
  }

  /// The checksum of one copy alone.
  Status seal(const std::string& text) {
    NDMEDIC_TRY(const Target target, target_of(text));
    Media* const media = writable_media(tree_, target.media);
    tell(text);
    NDMEDIC_CHECK(seal_structure(*media, target));
    NDMEDIC_CHECK(media->flush(target.range));
    return media->fence();
  }

  /// One bit of the first 64 bytes, so that it hits something that counts.
  Status flip(const std::string& text) {
    NDMEDIC_TRY(const Target target, target_of(text));
    PlaceBytes bytes(static_cast<std::size_t>(target.range.size));
    NDMEDIC_CHECK(target.media->read(target.range.offset, bytes));
    const std::uint64_t bit = random_.below(512);
    bytes[bit / 8] ^= static_cast<std::byte>(1U << bit % 8);
    return put(text, bytes);
  }

  Status noise(const std::string& text) {
    NDMEDIC_TRY(const Target target, target_of(text));
    PlaceBytes bytes(static_cast<std::size_t>(target.range.size));
    for (std::byte& byte : bytes) byte = static_cast<std::byte>(random_.next());
    return put(text, bytes);
  }

  ImageTree& tree_;
  PlaceMap places_;
  SeededRandom random_;
  const std::function<void(std::string_view)>& stage_;
  std::size_t ns_ = 0;
  std::size_t arena_ = 0;
  const DeviceImage* device_ = nullptr;
};

struct Kind {
  std::string_view name;
  Status (Damager::*make)();
};

constexpr std::array kinds = {
    Kind{"info-primary", &Damager::info_primary},
    Kind{"info-backup", &Damager::info_backup},
    Kind{"info-both", &Damager::info_both},
    Kind{"info-error", &Damager::info_error},
    Kind{"info-generations", &Damager::info_generations},
    Kind{"map-range", &Damager::map_range},
    Kind{"map-error", &Damager::map_error},
    Kind{"map-duplicate", &Damager::map_duplicate},
    Kind{"map-page", &Damager::map_page},
    Kind{"flog-noise", &Damager::flog_noise},
    Kind{"flog-zero", &Damager::flog_zero},
    Kind{"flog-seq", &Damager::flog_seq},
    Kind{"flog-range", &Damager::flog_range},
    Kind{"flog-mapped", &Damager::flog_mapped},
    Kind{"flog-duplicate", &Damager::flog_duplicate},
    Kind{"index-current", &Damager::index_current},
    Kind{"index-both", &Damager::index_both},
    Kind{"label-checksum", &Damager::label_checksum},
    Kind{"label-extent", &Damager::label_extent},
    Kind{"label-cookie", &Damager::label_cookie},
    Kind{"label-slot", &Damager::label_slot},
    Kind{"shared-lane", &Damager::shared_lane},
};

constexpr auto kind_names = [] {
  std::array<std::string_view, kinds.size()> names{};
  for (std::size_t i = 0; i < kinds.size(); ++i) names[i] = kinds[i].name;
  return names;
}();

}  // namespace

std::span<const std::string_view> damage_kinds() { return kind_names; }

Status make_damage(ImageTree& tree, std::string_view kind, std::uint64_t seed,
                   const std::function<void(std::string_view)>& stage) {
  for (const Kind& one : kinds)
    if (one.name == kind) return (Damager(tree, seed, stage).*one.make)();
  return Error{Errc::invalid, {}, "kind"};
}

}  // namespace ndmedic
