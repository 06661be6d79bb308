// SPDX-License-Identifier: BSD-3-Clause
// Findings about the contents of active labels, one at a time (labels.md 7.3).
#include <ndmedic/labels/label_report.h>

#include <array>
#include <utility>

#include <ndmedic/labels/slot_states.h>

namespace ndmedic::label_report {
namespace {

constexpr std::uint64_t page_size = 4096;

/// Rules of the codecs that are a problem of their own wherever the label is active.
constexpr std::array<std::pair<std::string_view, ProblemId>, 8> problems_of_rules = {{
    {"LB05", ProblemId::label_rawsize_zero},
    {"LB06", ProblemId::label_extent_wraps},
    {"LB08", ProblemId::label_uuid_null},
    {"LB11", ProblemId::label_name_unterminated},
    {"LB12", ProblemId::label_name_not_text},
    {"LB14", ProblemId::label_reserved_bits},
    {"LB15", ProblemId::label_type_wrong},
    {"LB19", ProblemId::label_read_only},
}};

/// LB16 and LB18.
void report_abstraction(const LabelArea& area, const LabelRecord& record, Reporter& out) {
  const ClaimClass claim = claim_class(record.abstraction);
  if (claim == ClaimClass::unknown) {
    const bool turned = claim_class(swapped(record.abstraction)) != ClaimClass::unknown;
    out.slot(turned ? ProblemId::label_abstraction_swapped : ProblemId::label_abstraction_unknown,
             record);
  }
  if (claim == ClaimClass::btt)
    out.slot(ProblemId::label_abstraction_version, record,
             {text("claim", "btt"), number("major", area.major), number("minor", area.minor)});
}

void report_label(const LabelArea& area, const LabelRecord& record, Reporter& out) {
  const unsigned tests = implausible_tests(record);
  // What makes Linux fail the whole DIMM is told of the most implausible label too (RP8).
  for (const auto& [rule, problem] : problems_of_rules)
    if (record.violates(rule) && (tests <= 1 || rule == "LB05" || rule == "LB06"))
      out.slot(problem, record);
  if (tests > 1) {
    out.slot(ProblemId::label_implausible, record, {number("tests", tests)});
    return;
  }
  if (record.violates("LB13"))
    out.slot(ProblemId::label_lbasize_illegal, record, {number("lbasize", record.lbasize)});
  if (record.dpa % page_size != 0 || record.rawsize % page_size != 0)
    out.slot(ProblemId::label_unaligned, record);
  report_abstraction(area, record, out);
}

}  // namespace

void report_contents(const LabelArea& area, Reporter& out) {
  for (const LabelRecord& record : area.slots)
    if (record.active()) report_label(area, record, out);
}

}  // namespace ndmedic::label_report
