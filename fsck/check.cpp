// SPDX-License-Identifier: BSD-3-Clause
#include <ndmedic/fsck/check.h>

namespace ndmedic {

Result<CheckResult> check(ImageTree& tree, const Progress& progress, FindingSink& findings) {
  NDMEDIC_CHECK(count_maps(tree, progress, findings));
  CheckResult result;
  for (const NamespaceImage& ns : tree.namespaces) {
    if (!ns.btt) continue;
    for (const ArenaImage& arena : ns.btt->arenas) {
      result.cancelled = result.cancelled || !arena.census || arena.census->cancelled;
      if (arena.census)
        result.entries += ns.btt->chain.places[arena.place].arena->geometry.external_nlba -
                          arena.census->not_checked;
    }
  }
  return result;
}

}  // namespace ndmedic
