// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <ndmedic/cli/command.h>
#include <ndmedic/cli/verb.h>

namespace ndmedic::cli {

/// Adds create namespace to the verb create.
void add_create_namespace(const Verb& create, Run& chosen);

}  // namespace ndmedic::cli
