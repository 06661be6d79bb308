// SPDX-License-Identifier: BSD-3-Clause
#include <ndmedic/labels/namespace_writer.h>

#include <array>
#include <utility>

#include <ndmedic/labels/namespace_parts.h>

namespace ndmedic {
namespace {

using namespaces::Changes;

template <class Decide>
Result<NamespaceAnswer> transact(std::span<const LabelTarget> targets, const Decide& decide) {
  SetWriter dimms(targets);
  Changes changes;
  const NamespaceAnswer answer = decide(dimms, changes);
  if (!answer.done() || changes.empty()) return answer;
  NDMEDIC_CHECK(dimms.carry_out(std::move(changes)));
  return answer;
}

}  // namespace

Result<NamespaceAnswer> add_namespace(std::span<const LabelTarget> dimms, const RegionState& region,
                                      const NewNamespace& wanted) {
  return transact(dimms, [&](const SetWriter& presented, Changes& changes) {
    return namespaces::decide_addition(presented, region, wanted, changes);
  });
}

Result<NamespaceAnswer> change_namespace(std::span<const LabelTarget> dimms,
                                         const RegionState& region, const Guid& uuid,
                                         const NamespaceChange& change) {
  return transact(dimms, [&](const SetWriter& presented, Changes& changes) {
    return namespaces::decide_change(presented, region, uuid, change, changes);
  });
}

Result<NamespaceAnswer> remove_namespace(std::span<const LabelTarget> dimms,
                                         const RegionState& region, const Guid& uuid, bool force) {
  return transact(dimms, [&](const SetWriter& presented, Changes& changes) {
    return namespaces::decide_removal(presented, region, uuid, force, changes);
  });
}

std::string_view to_string(Refusal refusal) {
  constexpr std::array<std::string_view, 23> names = {
      "none",          "no region",       "DIMM missing",  "no index",      "untrusted area",
      "mixed formats", "no region label", "no cookie",     "bad uuid",      "duplicate uuid",
      "bad name",      "bad lbasize",     "no such field", "bad alignment", "misaligned",
      "overlap",       "does not fit",    "no free slot",  "not found",     "conflicting",
      "interrupted",   "read only",       "block mode"};
  return names[static_cast<std::size_t>(refusal)];
}

}  // namespace ndmedic
