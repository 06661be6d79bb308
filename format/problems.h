// SPDX-License-Identifier: BSD-3-Clause
// The problem catalogue: everything that can be wrong with media, in one table. Text, JSON, exit
// codes, `ndmedic explain`, docs/PROBLEMS.md and tests derive from it. Ids are never reused or
// renumbered. The chapters hold the rows, ids ascending:
//       X(id, name, severity, repair, rules, message, explanation)
// `message` may use {keys} that the Finding carries as arguments.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include <ndmedic/format/problems_btt.h>
#include <ndmedic/format/problems_image.h>
#include <ndmedic/format/problems_label.h>

namespace ndmedic {

enum class Severity : std::uint8_t {
  note,            // legal, but worth knowing
  needs_recovery,  // an interrupted write that any reader completes
  damage,          // something is wrong; user data is not lost by it
  data_loss,       // user data is, or may be, lost
};

enum class RepairClass : std::uint8_t {
  safe,    // can be repaired without losing anything
  lossy,   // can be repaired, with consent to what is lost
  manual,  // needs a decision of the operator
  none,    // nothing to repair
};

#define NDMEDIC_PROBLEMS(X) \
  NDMEDIC_LABEL_PROBLEMS(X) \
  NDMEDIC_BTT_PROBLEMS(X)   \
  NDMEDIC_IMAGE_PROBLEMS(X)

/// Number of a problem; the code users see is code(id), e.g. "LBL-101".
enum class ProblemId : std::uint16_t {
#define NDMEDIC_ROW(id, name, severity, repair, rules, message, explanation) name = id,
  NDMEDIC_PROBLEMS(NDMEDIC_ROW)
#undef NDMEDIC_ROW
};

struct Problem {
  ProblemId id;
  std::string_view name;
  Severity severity;
  RepairClass repair;
  std::string_view rules;  ///< rule ids of the specification, separated by blanks
  std::string_view message;
  std::string_view explanation;
};

/// All rows, ids ascending.
std::span<const Problem> problems();

/// The row of an id (every ProblemId has one).
const Problem& problem(ProblemId id);

/// The row for a code ("LBL-101", any case) or a name, or nullptr.
const Problem* find_problem(std::string_view code_or_name);

/// True for problems with which mere use of the media by Linux destroys data (labels.md RP8).
bool is_urgent(ProblemId id);

/// "LBL-101": LBL 100..299, BTT 300..499, PFN 500..549, POOL 550..599, NFIT 600..699, IMG 700..799.
std::string code(ProblemId id);

std::string_view to_string(Severity severity);
std::string_view to_string(RepairClass repair);

}  // namespace ndmedic
