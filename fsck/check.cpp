// SPDX-License-Identifier: BSD-3-Clause
#include <ndmedic/fsck/check.h>

#include <utility>

#include <ndmedic/fsck/cross_checks.h>
#include <ndmedic/fsck/kernel_risks.h>

namespace ndmedic {

Result<CheckResult> check(ImageTree& tree, const Progress& progress, FindingSink& findings) {
  report_kernel_risks(tree, findings);
  NDMEDIC_CHECK(report_cross_checks(tree, findings));
  CheckResult result;
  const auto look = [&](std::size_t n, std::size_t a,
                        const CensusOptions& options) -> Result<bool> {
    const NamespaceImage& ns = tree.namespaces[n];
    ArenaImage& image = tree.namespaces[n].btt->arenas[a];
    const Arena& arena = ns.btt->arena(image);
    NDMEDIC_TRY(Ownership ownership,
                read_ownership(*ns.media, arena, image.lanes, options, findings));
    image.census = ownership.census;
    result.cancelled = image.census->cancelled;
    result.entries += arena.geometry.external_nlba - image.census->not_checked;
    result.arenas.push_back({n, a, std::move(ownership)});
    return !result.cancelled;
  };
  NDMEDIC_CHECK(for_each_arena(tree, progress, look));
  return result;
}

}  // namespace ndmedic
