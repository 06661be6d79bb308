// SPDX-License-Identifier: BSD-3-Clause
// Repairs in words and as JSON.
#pragma once

#include <string>

#include <ndmedic/cli/json_fields.h>
#include <ndmedic/fsck/repair.h>

namespace ndmedic::cli {

/// What is done and what decides it: "LBA 6 gets block 3830; a flog entry of lane 1 tells (EV-1)".
std::string repair_text(const Repair& repair);

/// {"code", "name", "consent", "action", "basis", "place", "arguments", "lost"}.
Json repair_json(const Repair& repair);

}  // namespace ndmedic::cli
