// SPDX-License-Identifier: BSD-3-Clause
#include "set_meaning.h"

#include <algorithm>
#include <cstring>

#include <ndmedic/format/label.h>
#include <ndmedic/media/crash_media.h>

#include "picture.h"
#include "random.h"

namespace ndmedic::laboratory {
namespace {

std::uint64_t hash_of(std::span<const std::byte> bytes) {
  std::uint64_t hash = 0;
  for (std::size_t at = 0; at < bytes.size(); at += 8) {
    std::uint64_t value = 0;
    std::memcpy(&value, bytes.data() + at, std::min<std::size_t>(8, bytes.size() - at));
    hash += crash_unit_hash(at, value);
  }
  return hash;
}

Said said_by(const LabelRecord& label) {
  return {.uuid = label.uuid,
          .name = std::string(label.name()),
          .numbers = {label.flags & ~label_flags::updating, label.nlabel, label.position,
                      label.isetcookie, label.lbasize, label.dpa, label.rawsize, label.alignment},
          .guids = {label.type_guid, label.abstraction, label.region_uuid, label.type}};
}

}  // namespace

std::vector<LabelArea> read_areas(const Areas& areas) {
  std::vector<LabelArea> read;
  for (const Bytes& area : areas) read.push_back(read_label_area(Picture(area)));
  return read;
}

Meaning meaning_of(const std::vector<LabelArea>& areas) {
  Meaning meaning;
  for (const LabelArea& area : areas) {
    auto& said = meaning.emplace_back();
    for (const LabelRecord& label : area.slots)
      if (label.active()) said.push_back(said_by(label));
    std::ranges::sort(said);
  }
  return meaning;
}

bool are_sound(const std::vector<LabelArea>& areas) {
  return std::ranges::all_of(areas, [](const LabelArea& area) {
    return area.has_index() && std::ranges::all_of(area.slots, [](const LabelRecord& label) {
             return !label.marked_in_use || label.active();
           });
  });
}

bool neighbours_kept(const std::vector<LabelArea>& before, const std::vector<LabelArea>& after,
                     const Guid& uuid) {
  for (std::size_t device = 0; device < before.size(); ++device)
    for (const LabelRecord& label : before[device].slots) {
      if (!label.active() || label.uuid == uuid) continue;
      const LabelRecord* now = after[device].find(label.slot);
      if (now == nullptr || !now->active() || now->raw != label.raw) return false;
    }
  return true;
}

std::uint64_t visible_state(const std::vector<LabelArea>& areas) {
  std::uint64_t hash = 0;
  const auto add = [&hash](std::uint64_t value) { hash = mix(hash + value + 1); };
  for (const LabelArea& area : areas) {
    add(area.current.value_or(2));
    for (const IndexBlock& block : area.index) {
      add(static_cast<std::uint64_t>(block.state));
      if (block.state == IndexState::valid) add(hash_of(std::span(block.bytes)));
    }
    for (const LabelRecord& label : area.slots) {
      add(label.slot);
      add(static_cast<std::uint64_t>(label.state));
      if (label.intact()) add(hash_of(label.bytes()));
    }
  }
  return hash;
}

std::uint64_t hash_of(const Areas& areas) {
  std::uint64_t hash = 0;
  for (const Bytes& area : areas) hash = mix(hash + 1) + hash_of(std::span(area));
  return hash;
}

}  // namespace ndmedic::laboratory
