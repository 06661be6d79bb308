// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <ndmedic/cli/command.h>
#include <ndmedic/cli/verb.h>

namespace ndmedic::cli {

/// Adds create dimm to the verb create.
void add_create_dimm(const Verb& create, Run& chosen);

}  // namespace ndmedic::cli
