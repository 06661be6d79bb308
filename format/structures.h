// SPDX-License-Identifier: BSD-3-Clause
// Every on-media structure that the project knows. Documentation, JSON schema, recipes and fuzz
// dressing walk this list.
#pragma once

#include <span>
#include <string_view>

#include <ndmedic/format/field_table.h>

namespace ndmedic {

/// All structures, in the order of the documentation: labels, BTT, siblings, pools, NFIT.
std::span<const Structure* const> all_structures();

/// The structure of that name, or nullptr.
const Structure* find_structure(std::string_view name);

}  // namespace ndmedic
