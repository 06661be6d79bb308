// SPDX-License-Identifier: BSD-3-Clause
// What the labels of several areas say, wherever they lie: what a transaction may end in.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <ndmedic/format/guid.h>
#include <ndmedic/labels/label_area.h>
#include <ndmedic/labels/label_set.h>

namespace ndmedic::laboratory {

using Bytes = std::vector<std::byte>;
using Areas = std::vector<Bytes>;  ///< by device

/// Fields of a label in use, all but flag UPDATING, slot number and checksum.
struct Said {
  Guid uuid{};
  std::string name{};
  std::vector<std::uint64_t> numbers{};
  std::vector<Guid> guids{};
  friend auto operator<=>(const Said&, const Said&) = default;
};
using Meaning = std::vector<std::vector<Said>>;  ///< by device, sorted

std::vector<LabelArea> read_areas(const Areas& areas);
Meaning meaning_of(const std::vector<LabelArea>& areas);

/// Every area has an index, and every slot in use an intact label (V1, V4).
bool are_sound(const std::vector<LabelArea>& areas);

/// Labels of other uuids are in the slots where they were, byte for byte.
bool neighbours_kept(const std::vector<LabelArea>& before, const std::vector<LabelArea>& after,
                     const Guid& uuid);

/// A hash of all that recovery could look at; bytes of torn labels and blocks are not.
std::uint64_t visible_state(const std::vector<LabelArea>& areas);

/// A hash of all bytes.
std::uint64_t hash_of(const Areas& areas);

}  // namespace ndmedic::laboratory
