// SPDX-License-Identifier: BSD-3-Clause
// Exit codes, those of fsck(8) where they fit. Several images: the codes are or-ed.
#pragma once

#include <optional>

#include <ndmedic/format/problems.h>

namespace ndmedic::cli {

inline constexpr int exit_ok = 0;          ///< nothing worse than notes and interrupted writes
inline constexpr int exit_damage = 4;      ///< damage found and not repaired
inline constexpr int exit_unreadable = 8;  ///< could not read, or could not write the output
inline constexpr int exit_usage = 16;      ///< wrong arguments
inline constexpr int exit_cancelled = 32;  ///< cancelled by the user

/// The code for the worst finding. `strict` counts notes and interrupted writes as damage.
constexpr int exit_code(std::optional<Severity> worst, bool strict) {
  if (!worst) return exit_ok;
  if (strict) return exit_damage;
  return *worst >= Severity::damage ? exit_damage : exit_ok;
}

}  // namespace ndmedic::cli
