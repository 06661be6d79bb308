// SPDX-License-Identifier: BSD-3-Clause
// From a PLACE to bytes: where the structures of opened or freshly made media lie. An Image fills
// a PlaceMap with what it read, a recipe with what it laid out; dump, findings, recipes and fuzz
// locate through it.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include <ndmedic/format/btt_flog.h>
#include <ndmedic/format/btt_geometry.h>
#include <ndmedic/format/field_table.h>
#include <ndmedic/format/label_geometry.h>
#include <ndmedic/format/place.h>
#include <ndmedic/media/media.h>

namespace ndmedic {

/// One arena of a BTT: `offset` is relative to the namespace's (or pool's) first byte.
struct ArenaPlaces {
  std::uint64_t offset = 0;
  ArenaGeometry geometry{};
  FlogLayout layout = FlogLayout::slots_0_1;
  bool known = true;  ///< false: no info block can be used; of `geometry` only infooff counts
};

/// One namespace: offsets are relative to `media`, the view of its bytes.
struct NamespacePlaces {
  Guid uuid{};
  const Media* media = nullptr;
  const Structure* info = nullptr;  ///< structure of its info block, nullptr for a raw namespace
  std::uint64_t info_offset = 0;
  std::vector<ArenaPlaces> arenas{};
};

/// One device (one IMAGE argument). Media are not owned.
struct DevicePlaces {
  const Media* whole = nullptr;   ///< nullptr: it could not be opened
  const Media* labels = nullptr;  ///< the label area, or nullptr
  LabelGeometry geometry{};       ///< of the label area
  std::uint16_t label_major = 1;  ///< of the current index: 2 means CXL labels
  bool pool = false;              ///< a libpmemblk pool: header at 0, descriptor at 4096
  const Media* nfit = nullptr;    ///< an NFIT dump
  bool nfit_header = true;        ///< it begins with the 40-byte ACPI header
};

struct PlaceMap {
  std::vector<DevicePlaces> devices{};
  std::vector<NamespacePlaces> namespaces{};
};

/// Bytes that a PLACE names. `structure` is nullptr for plain bytes; `field` is set when the PLACE
/// ends in a .field, and `range` is then the field's.
struct Target {
  const Media* media = nullptr;
  Extent range{};
  const Structure* structure = nullptr;
  std::uint64_t structure_offset = 0;  ///< where the structure begins in `media`
  const Field* field = nullptr;
};

/// Finds the bytes of `place`. Errors: not_found (no such device, namespace, arena, lane, slot,
/// field; `what` says which), out_of_range (index beyond the structure), wrong_kind (a PLACE that
/// names no bytes). Several devices or namespaces and none chosen: not_found with
/// what = "namespace not unique" or "device not unique".
Result<Target> locate(const PlaceMap& map, const Place& place);

}  // namespace ndmedic
