// SPDX-License-Identifier: BSD-3-Clause
// Plain image maker for label areas: for recipes, tests and fuzz. It leaves on fresh media what
// Linux and ndctl leave there, but in no particular order of stores: not a writer for media in use.
#pragma once

#include <cstdint>

#include <ndmedic/format/cxl_label.h>
#include <ndmedic/format/label.h>
#include <ndmedic/format/label_geometry.h>
#include <ndmedic/media/media.h>

namespace ndmedic {

/// How an area is initialised (labels.md 4.3).
struct LabelAreaPlan {
  std::uint16_t major = 1;
  std::uint16_t minor = 2;
  LabelGeneration generation = LabelGeneration::g3;
  bool tail64 = false;  ///< set the bitmap's bits up to a multiple of 64, as ndctl does (2.2.2)
};

/// Lays out both index blocks over the whole of `area`: block 0 with seq 3, block 1 with seq 2, all
/// slots free. Errors: invalid (no such version, or the generation refuses the size), and those of
/// Media::write.
Result<LabelGeometry> build_label_area(Media& area, const LabelAreaPlan& plan);

/// Adds a label as Linux does (4.4, 4.5): an UPDATING copy into the lowest free slot, the label
/// itself into the next one, which frees the first; two index updates. `label` has all fields but
/// slot, flags and checksum. Errors: too_large (fewer than two free slots), invalid (an index block
/// has sequence number 0), and those of Media.
Status build_label(Media& area, const LabelGeometry& geometry, const Label128& label);
Status build_label(Media& area, const LabelGeometry& geometry, const Label256& label);
Status build_label(Media& area, const LabelGeometry& geometry, const CxlNamespaceLabel& label);
Status build_label(Media& area, const LabelGeometry& geometry, const CxlRegionLabel& label);

/// Clears or sets the bit of a slot in index block `number` and recomputes its checksum. Errors:
/// not_found (the block has no such bit), and those of Media.
Status mark_slot(Media& area, const LabelGeometry& geometry, unsigned number, SlotIndex slot,
                 bool free);

}  // namespace ndmedic
