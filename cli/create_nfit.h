// SPDX-License-Identifier: BSD-3-Clause
// The verb create nfit.
#pragma once

#include <ndmedic/cli/command.h>
#include <ndmedic/cli/verb.h>

namespace ndmedic::cli {

void add_create_nfit(const Verb& create, Run& chosen);

}  // namespace ndmedic::cli
