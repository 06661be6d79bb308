// SPDX-License-Identifier: BSD-3-Clause
// Seeded damage of the kinds that media really show, checksums right where the kind wants them so:
// for tests of tools that find and repair it.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string_view>

#include <ndmedic/image/image.h>

namespace ndmedic {

/// The names of all kinds: info blocks, maps, flogs, ownership, index blocks, labels; the shared
/// lane last.
std::span<const std::string_view> damage_kinds();

/// Damages the images of `tree`, always alike for one seed. `stage` is told each place before it is
/// written. Errors: invalid (no such kind), not_found (`what` names the structure that the images
/// do not have), those of Media.
Status make_damage(ImageTree& tree, std::string_view kind, std::uint64_t seed,
                   const std::function<void(std::string_view)>& stage = {});

}  // namespace ndmedic
