// SPDX-License-Identifier: BSD-3-Clause
// The catalogue as a table, proven well-formed at compile time.

#include <ndmedic/format/problems.h>

#include <algorithm>
#include <array>
#include <cassert>

#include <ndmedic/format/problem_rules.h>

namespace ndmedic {
namespace {

constexpr std::array rows = {
#define NDMEDIC_ROW(id, name, severity, repair, rules, message, explanation) \
  Problem{ProblemId::name, #name,   Severity::severity, RepairClass::repair, \
          rules,           message, explanation},
    NDMEDIC_PROBLEMS(NDMEDIC_ROW)
#undef NDMEDIC_ROW
};
static_assert(ids_ascend(rows), "problem ids must strictly ascend: find the place of the new row");
static_assert(texts_are_present(rows), "a problem lacks its rules, message or explanation");
static_assert(messages_are_well_formed(rows), "a message has a bad {key}");
static_assert(ids_have_chapters(rows), "a problem id lies in no chapter");

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }

bool equal_in_any_case(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, {}, lower, lower);
}

}  // namespace

std::span<const Problem> problems() { return rows; }

const Problem& problem(ProblemId id) {
  const auto* row = std::ranges::lower_bound(rows, id, {}, &Problem::id);
  assert(row != rows.end() && row->id == id);
  return *row;
}

const Problem* find_problem(std::string_view code_or_name) {
  for (const Problem& row : rows)
    if (row.name == code_or_name || equal_in_any_case(code(row.id), code_or_name)) return &row;
  return nullptr;
}

bool is_urgent(ProblemId id) {
  switch (id) {
    case ProblemId::index_nslot_hides_labels:  // RP8: the space of those labels is offered
    case ProblemId::index_version_hides_labels:
    case ProblemId::flog_lba_bad:           // FL-03: recovery writes behind the map
    case ProblemId::flog_pair_unreachable:  // FL-06: Linux hands out block 0
    case ProblemId::linux_shows_region_raw:
    case ProblemId::linux_offers_space:
      return true;
    default:
      return false;
  }
}

std::string code(ProblemId id) {
  const auto number = static_cast<unsigned>(id);
  return std::string(chapter_of(number)) + '-' + std::to_string(number);
}

std::string_view to_string(Severity severity) {
  switch (severity) {
    case Severity::note:
      return "note";
    case Severity::needs_recovery:
      return "needs recovery";
    case Severity::damage:
      return "damage";
    case Severity::data_loss:
      return "data loss";
  }
  return "";
}

std::string_view to_string(RepairClass repair) {
  switch (repair) {
    case RepairClass::safe:
      return "safe";
    case RepairClass::lossy:
      return "lossy";
    case RepairClass::manual:
      return "manual";
    case RepairClass::none:
      return "none";
  }
  return "";
}

}  // namespace ndmedic
