// SPDX-License-Identifier: BSD-3-Clause
// The families that propose_repairs() asks, in the order of writing (RP-2, RP5).
#pragma once

#include <vector>

#include <ndmedic/fsck/repair.h>

namespace ndmedic::repairs {

/// repair_labels.cpp: index blocks first, then slots.
Status add_label_repairs(ImageTree& tree, const Findings& findings, std::vector<Repair>& out);
/// repair_arena.cpp: flog and map of every arena.
Status add_arena_repairs(ImageTree& tree, const CheckResult& checked, std::vector<Repair>& out);
/// repair_info.cpp: info blocks of BTTs.
Status add_info_repairs(ImageTree& tree, std::vector<Repair>& out);

}  // namespace ndmedic::repairs
