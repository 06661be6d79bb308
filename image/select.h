// SPDX-License-Identifier: BSD-3-Clause
// Which namespace of a tree a user means: --namespace SEL (docs/CLI.md).
#pragma once

#include <string_view>

#include <ndmedic/image/image.h>

namespace ndmedic {

/// The namespace that `selector` names: its index in decimal, else its uuid, else its name, all of
/// it. An empty selector means the only one. Errors: not_found (none is so named, or there is
/// none), invalid (several are). The tree owns what is returned.
Result<NamespaceImage*> select_namespace(ImageTree& tree, std::string_view selector);

}  // namespace ndmedic
