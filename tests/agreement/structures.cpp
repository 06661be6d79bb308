// SPDX-License-Identifier: BSD-3-Clause
#include "agreement/structures.h"

#include <algorithm>
#include <array>

#include <ndmedic/format/codec.h>
#include <ndmedic/format/nfit_read.h>
#include <ndmedic/format/structure_checksum.h>

namespace agreement {

using namespace ndmedic;

namespace {

class Collector {
 public:
  Collector(const ImageTree& tree, std::size_t most)
      : tree_(tree), map_(place_map(tree)), most_(most) {}

  std::vector<FoundStructure> run() && {
    for (const DeviceImage& device : tree_.devices) collect(device);
    for (const NamespaceImage& ns : tree_.namespaces)
      if (ns.media) collect(ns);
    return std::move(found_);
  }

 private:
  void add(const Place& place, std::string_view name = {}) {
    const auto target = locate(map_, place);
    if (!target) return;
    FoundStructure found{
        place,         std::string(name), target->structure,
        target->media, target->range,     std::vector<std::byte>(target->range.size)};
    if (target->structure != nullptr && name.empty()) found.name = target->structure->name;
    if (target->media->read(found.range.offset, found.bytes)) found_.push_back(std::move(found));
  }

  static Place in_device(PlaceKind kind, std::uint32_t device, std::uint64_t number) {
    Place place;
    place.kind = kind;
    place.device = device;
    place.first = place.last = number;
    return place;
  }

  void collect(const DeviceImage& device) {
    if (device.area) {
      for (const std::uint64_t number : {0U, 1U})
        add(in_device(PlaceKind::index, device.index, number));
      std::size_t kept = 0;
      for (const LabelRecord& slot : device.area->slots)
        if (kept++ < most_) add(in_device(PlaceKind::slot, device.index, slot.slot));
    }
    if (device.pool) {
      add(in_device(PlaceKind::pool_header, device.index, 0));
      add(in_device(PlaceKind::pool_desc, device.index, 0));
    }
    if (device.nfit) {
      Place place = in_device(PlaceKind::range, device.index, 0);
      place.last = device.whole->size();
      add(place, "nfit");
    }
  }

  static Place in_namespace(PlaceKind kind, std::uint32_t ns, std::uint32_t arena,
                            std::uint64_t first, std::uint64_t last) {
    Place place;
    place.kind = kind;
    place.ns = ns;
    place.arena = arena;
    place.first = first;
    place.last = last;
    return place;
  }

  void collect(const NamespaceImage& ns) {
    if (ns.pfn) add(in_namespace(PlaceKind::ns_info, ns.index, 0, 0, 0));
    if (!ns.btt) return;
    for (std::uint32_t arena = 0; arena < ns.btt->arenas.size(); ++arena) {
      add(in_namespace(PlaceKind::info, ns.index, arena, 0, 0));
      add(in_namespace(PlaceKind::backup, ns.index, arena, 0, 0));
      std::size_t kept = 0;
      for (const LaneReading& lane : ns.btt->arenas[arena].lanes.lanes) {
        const bool plain = lane.state == LaneState::pristine && lane.lane.value > 0;
        if (plain || kept == most_) continue;
        ++kept;
        add(in_namespace(PlaceKind::flog, ns.index, arena, lane.lane.value, lane.lane.value),
            "flog");
      }
      add(in_namespace(PlaceKind::map, ns.index, arena, 0, 63), "map");
    }
  }

  const ImageTree& tree_;
  PlaceMap map_;
  std::size_t most_;
  std::vector<FoundStructure> found_;
};

std::uint64_t new_value(std::uint64_t old, unsigned bits, Random& random) {
  constexpr std::array<std::uint64_t, 10> steps = {1,   2,    3,    8,          64,
                                                   512, 4096, 4097, 1ULL << 20, 1ULL << 39};
  const std::uint64_t step = steps[random() % steps.size()];
  switch (random() % 8) {
    case 0:
      return old + step;
    case 1:
      return old - step;
    case 2:
      return 0;
    case 3:
      return ~std::uint64_t{0};
    case 4:
      return step;
    case 5:
      return (std::uint64_t{1} << random() % bits) - random() % 2;
    case 6:
      return random();
    default:
      return old ^ std::uint64_t{1} << random() % bits;
  }
}

void change_bytes(std::span<std::byte> bytes, Random& random) {
  switch (random() % 4) {
    case 0:
      std::ranges::fill(bytes, std::byte{0});
      return;
    case 1:
      std::ranges::fill(bytes, std::byte{0xFF});
      return;
    default:
      bytes[random() % bytes.size()] ^= std::byte(static_cast<unsigned char>(1 + random() % 255));
  }
}

void change_field(const Field& field, std::span<std::byte> structure, Random& random) {
  if (field.offset + std::uint64_t{field.size} > structure.size()) return;
  const auto bytes = structure.subspan(field.offset, field.size);
  if (field.size > 8) return change_bytes(bytes, random);
  const std::uint64_t value = new_value(field_number(field, structure), field.size * 8, random);
  for (std::size_t i = 0; i < bytes.size(); ++i)
    bytes[i] = std::byte(static_cast<unsigned char>(value >> (8 * i) & 0xFF));
}

}  // namespace

std::vector<FoundStructure> structures_of(const ImageTree& tree, std::size_t most) {
  return Collector(tree, most).run();
}

void change_fields(const Structure* table, std::span<std::byte> bytes, Random& random) {
  if (bytes.empty()) return;
  for (std::uint64_t left = 1 + random() % 3; left > 0; --left) {
    const std::size_t rows = table == nullptr ? 0 : table->fields.size();
    // One more than the rows: what stands behind the fixed part, or any byte.
    const std::size_t row = random() % (rows + 1);
    if (row < rows)
      change_field(table->fields[row], bytes, random);
    else
      bytes[random() % bytes.size()] ^= std::byte(static_cast<unsigned char>(1 + random() % 255));
  }
}

void dress(const Structure* table, std::span<std::byte> bytes) {
  if (table == nullptr || bytes.size() < table->size) return;
  const Field* field = checksum_field(*table);
  const auto sum = structure_checksum(*table, bytes);
  if (field != nullptr && sum) encode(Le64(*sum), bytes.subspan(field->offset));
}

void dress_nfit(std::span<std::byte> table) {
  if (table.size() < sizeof(NfitHeader)) return;
  auto header = decode<NfitHeader>(table);
  const std::size_t length = std::min<std::size_t>(header.length.value(), table.size());
  header.checksum = nfit_checksum(table.first(length));
  encode(header, table);
}

}  // namespace agreement
