// SPDX-License-Identifier: BSD-3-Clause
#include <ndmedic/fsck/repair.h>

#include <array>

#include <ndmedic/fsck/repair_parts.h>

namespace ndmedic {

std::string_view to_string(RepairAction action) {
  constexpr std::array<std::string_view, 9> names = {
      "store_info",  "complete_write", "set_entry", "mark_entry",   "set_lane",
      "renew_index", "put_label",      "free_slot", "finish_labels"};
  return names[static_cast<std::size_t>(action)];
}

std::string_view to_string(RepairBasis basis) {
  constexpr std::array<std::string_view, 10> names = {
      "structure", "arithmetic", "moved",     "pristine", "last_write",
      "lost_word", "precedence", "own_entry", "any",      "undecided"};
  return names[static_cast<std::size_t>(basis)];
}

Result<std::vector<Repair>> propose_repairs(ImageTree& tree, const CheckResult& checked,
                                            const Findings& findings) {
  std::vector<Repair> all;
  NDMEDIC_CHECK(repairs::add_label_repairs(tree, findings, all));
  NDMEDIC_CHECK(repairs::add_arena_repairs(tree, checked, all));
  NDMEDIC_CHECK(repairs::add_info_repairs(tree, all));
  return all;
}

}  // namespace ndmedic
