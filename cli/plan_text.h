// SPDX-License-Identifier: BSD-3-Clause
// A plan as text and as JSON: what would be written where, and in which order.
#pragma once

#include <cstdint>
#include <iosfwd>
#include <limits>

#include <ndmedic/cli/json_fields.h>
#include <ndmedic/media/plan.h>

namespace ndmedic::cli {

/// How many devices of a plan are images; those behind them are label areas of their own (--lsa).
inline constexpr std::size_t all_images = std::numeric_limits<std::size_t>::max();

/// A line for the whole, then one a step.
Status print_plan(const Plan& plan, std::ostream& out, std::size_t images = all_images);

/// An array of {"group", "device", "what", "offset", "offset_hex", "size"}; for a label area of its
/// own "device" is its image, and "lsa" is true.
Result<Json> plan_json(const Plan& plan, std::size_t images = all_images);

}  // namespace ndmedic::cli
