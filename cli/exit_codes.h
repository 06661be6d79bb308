// SPDX-License-Identifier: BSD-3-Clause
// Exit codes, those of fsck(8) where they fit. Several images: the codes are or-ed.
#pragma once

#include <ndmedic/format/problems.h>

namespace ndmedic::cli {

inline constexpr int exit_ok = 0;          ///< nothing worse than notes and interrupted writes
inline constexpr int exit_differs = 1;     ///< labels diff: the areas do not say the same
inline constexpr int exit_repaired = 1;    ///< repair: something was changed
inline constexpr int exit_damage = 4;      ///< damage found and not repaired
inline constexpr int exit_unreadable = 8;  ///< could not read or could not write
inline constexpr int exit_usage = 16;      ///< wrong arguments
inline constexpr int exit_cancelled = 32;  ///< cancelled by the user

/// True for the findings that say: these bytes could not be read.
constexpr bool tells_unreadable(ProblemId id) {
  switch (id) {
    case ProblemId::index_unreadable:
    case ProblemId::slot_unreadable:
    case ProblemId::info_unreadable:
    case ProblemId::flog_unreadable:
    case ProblemId::map_unreadable:
    case ProblemId::image_unreadable_part:
      return true;
    default:
      return false;
  }
}

}  // namespace ndmedic::cli
