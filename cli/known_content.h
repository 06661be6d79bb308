// SPDX-License-Identifier: BSD-3-Clause
// What stands in the way of a verb that makes something new: content that somebody may miss.
#pragma once

#include <string>

#include <ndmedic/image/image.h>

namespace ndmedic::cli {

/// What a namespace holds, for people; empty: nothing that is known.
std::string known_content(const ImageTree& tree, const NamespaceImage& ns);

/// What a label area holds, for people; empty: nothing.
std::string known_labels(const LabelArea& area);

}  // namespace ndmedic::cli
