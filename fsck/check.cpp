// SPDX-License-Identifier: BSD-3-Clause
#include <ndmedic/fsck/check.h>

#include <utility>

#include <ndmedic/fsck/cross_checks.h>
#include <ndmedic/fsck/kernel_risks.h>

namespace ndmedic {

Result<CheckResult> check(ImageTree& tree, const Progress& progress, FindingSink& findings) {
  std::uint64_t total = 0;
  std::uint64_t before = 0;
  for (const NamespaceImage& ns : tree.namespaces)
    if (ns.btt) total += ns.btt->chain.external_nlba();
  report_kernel_risks(tree, findings);
  NDMEDIC_CHECK(report_cross_checks(tree, findings));
  CheckResult result;
  for (std::size_t n = 0; n < tree.namespaces.size(); ++n) {
    NamespaceImage& ns = tree.namespaces[n];
    const std::size_t arenas = ns.btt ? ns.btt->arenas.size() : 0;
    for (std::size_t a = 0; a < arenas; ++a) {
      ArenaImage& image = ns.btt->arenas[a];
      const Arena& arena = *ns.btt->chain.places[image.place].arena;
      CensusOptions options;
      options.context = ns.btt->options.context;
      if (progress)
        options.progress = [&](std::uint64_t done, std::uint64_t) {
          return progress(before + done, total);
        };
      NDMEDIC_TRY(Ownership ownership,
                  read_ownership(*ns.media, arena, image.lanes, options, findings));
      image.census = ownership.census;
      before += arena.geometry.external_nlba;
      result.cancelled = image.census->cancelled;
      result.entries += arena.geometry.external_nlba - image.census->not_checked;
      result.arenas.push_back({n, a, std::move(ownership)});
      if (result.cancelled) return result;
    }
  }
  return result;
}

}  // namespace ndmedic
