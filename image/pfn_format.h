// SPDX-License-Identifier: BSD-3-Clause
// Plain image maker for PFN (fsdax) and DAX (devdax) info blocks: for recipes, tests and fuzz.
#pragma once

#include <cstdint>

#include <ndmedic/format/pfn_info.h>
#include <ndmedic/media/media.h>

namespace ndmedic {

struct PfnPlan {
  PfnKind kind = PfnKind::fsdax;
  Guid uuid{};
  Guid parent_uuid{};
  std::uint64_t align = std::uint64_t{2} << 20;
};

/// Writes the info block of version 1.4 that Linux writes for a namespace of media.size() bytes at
/// an aligned address, page map on the device (btt.md 6.4). Errors: invalid (too small, or no such
/// align), and those of Media::write.
Status build_pfn(Media& media, const PfnPlan& plan);

}  // namespace ndmedic
