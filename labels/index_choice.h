// SPDX-License-Identifier: BSD-3-Clause
// Finds the index blocks of a label area and chooses the current one (labels.md 3.3, 3.6, 4.1).
// Looks at the index blocks only, never at slots (V14).
#pragma once

#include <cstdint>
#include <vector>

#include <ndmedic/labels/label_area.h>
#include <ndmedic/media/media.h>

namespace ndmedic {

/// Fills everything of `area` that the index blocks decide: size, layout, index, other_size,
/// current, reason, version, linux_accepts. Without a valid block the reason is blank,
/// not_checked, no_layout, remains (a signature), or other_content; labels may turn the others into
/// remains.
void choose_index(const Media& media, LabelArea& area);

/// True when `block` is valid but marks every slot free.
bool lists_nothing(const IndexBlock& block);

/// Slots below nslot that `block` marks free.
std::uint64_t free_bits(const IndexBlock& block);

/// Offsets at which an index block may stand by any generation; ascending, without repetition.
std::vector<std::uint64_t> index_offsets(std::uint64_t area_size);

/// The layouts that a lost area may have had, most likely first, without repetition (7.5 step 1).
std::vector<LabelLayout> possible_layouts(const LabelArea& area);

}  // namespace ndmedic
