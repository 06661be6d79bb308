// SPDX-License-Identifier: BSD-3-Clause
// Base lines of recipes that add labels and fill namespaces: namespace, region. Internal to the
// recipe_*.cpp files.
#pragma once

#include <optional>

#include <ndmedic/image/build_btt.h>
#include <ndmedic/image/recipe_state.h>

namespace ndmedic {

/// None: the keyword is neither `namespace` nor `region`.
std::optional<Status> run_label_statement(RecipeState& state, WordReader& words);

/// Formats a BTT where its version puts it (0 for 2.0, 4096 for 1.1) and notes its places.
Status add_btt(Media& media, const FormatPlan& plan, NamespacePlaces& places);

}  // namespace ndmedic
