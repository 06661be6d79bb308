// SPDX-License-Identifier: BSD-3-Clause
// Whether the data of a namespace says that it was in use (labels.md LB10).
#pragma once

#include <set>

#include <ndmedic/format/guid.h>
#include <ndmedic/image/image.h>

namespace ndmedic {

/// Uuids of labels with UPDATING whose extents show an info block of theirs. One is sought where
/// the first or the last lines of a set put it. What cannot be read shows none.
std::set<Guid> uuids_with_data(const ImageTree& tree);

}  // namespace ndmedic
