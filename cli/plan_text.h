// SPDX-License-Identifier: BSD-3-Clause
// A plan as text and as JSON: what would be written where, and in which order.
#pragma once

#include <cstdint>
#include <iosfwd>

#include <ndmedic/cli/json_fields.h>
#include <ndmedic/media/plan.h>

namespace ndmedic::cli {

/// A line for the whole, then one a step.
Status print_plan(const Plan& plan, std::ostream& out);

/// An array of {"group", "device", "what", "offset", "offset_hex", "size"}.
Result<Json> plan_json(const Plan& plan);

}  // namespace ndmedic::cli
