// SPDX-License-Identifier: BSD-3-Clause
// What of an opened image both readers can judge, as one call for each part.
#pragma once

#include <ndmedic/image/image.h>

#include "agreement/agree.h"
#include "agreement/structures.h"

namespace agreement {

/// Every label area, BTT and NFIT of the tree, as a whole.
Differences compare_tree(const ndmedic::ImageTree& tree);

/// The label area or the BTT that `found` lies in, with the bytes of `found` replaced.
Differences compare_around(const ndmedic::ImageTree& tree, const FoundStructure& found,
                           std::span<const std::byte> bytes);

/// One structure with other bytes, alone.
Differences compare_structure(const ndmedic::ImageTree& tree, const FoundStructure& found,
                              std::span<const std::byte> bytes);

}  // namespace agreement
