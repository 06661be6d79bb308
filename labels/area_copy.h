// SPDX-License-Identifier: BSD-3-Clause
// A label area replaced as a whole by another one of its size: what a backup is put back with.
#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <string_view>

#include <ndmedic/media/media.h>

namespace ndmedic {

/// Makes `area` hold `content`, writing only what differs. Old index blocks lose their signatures
/// first, the current one last (V13); then comes everything but the index blocks of `content`, then
/// its current one, then the other; each step is durable before the next. A power loss leaves the
/// old labels, no index, or the new labels. `stage` is told the name of each step. Errors: invalid
/// (`content` has another size; nothing is written), those of the media. Not thread-safe.
Status replace_label_area(Media& area, std::span<const std::byte> content,
                          const std::function<void(std::string_view)>& stage = {});

}  // namespace ndmedic
