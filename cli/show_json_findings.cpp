// SPDX-License-Identifier: BSD-3-Clause
// Findings as JSON.
#include <ndmedic/cli/show_json.h>

namespace ndmedic::cli {
namespace {

constexpr std::uint64_t double_exact_max = std::uint64_t{1} << 53;

std::string_view expect_name(Expect expect) {
  switch (expect) {
    case Expect::equal:
      return "equal";
    case Expect::at_least:
      return "at_least";
    case Expect::at_most:
      return "at_most";
    case Expect::multiple_of:
      return "multiple_of";
    case Expect::no_bits_of:
      return "no_bits_of";
    case Expect::one_of:
      break;
  }
  return "one_of";
}

Json arguments_json(const Finding& finding) {
  Json json = Json::object();
  for (const Argument& argument : finding.arguments) {
    if (const auto* text = std::get_if<std::string>(&argument.value)) {
      add_text(json, argument.key, *text);
      continue;
    }
    const std::uint64_t number = *std::get_if<std::uint64_t>(&argument.value);
    if (argument.hex || number > double_exact_max) {
      add_number(json, argument.key, number);
    } else {
      json[std::string(argument.key)] = number;
    }
  }
  return json;
}

}  // namespace

Json violations_json(std::span<const Violation> violations) {
  Json list = Json::array();
  for (const Violation& violation : violations) {
    Json json = {{"rule", violation.rule},
                 {"field", violation.field},
                 {"offset", violation.offset},
                 {"size", violation.size}};
    add_number(json, "read", violation.read);
    json["expect"] = expect_name(violation.expect);
    add_number(json, "expected", violation.expected);
    list.push_back(std::move(json));
  }
  return list;
}

Json finding_json(const Finding& finding) {
  const Problem& row = problem(finding.id);
  Json json = {{"code", code(finding.id)},
               {"name", row.name},
               {"severity", to_string(row.severity)},
               {"repair", to_string(row.repair)},
               {"place", to_string(finding.place)},
               {"message", message_of(finding)}};
  if (is_urgent(finding.id)) json["urgent"] = true;
  json["arguments"] = arguments_json(finding);
  json["count"] = finding.count;
  json["violations"] = violations_json(finding.proof);
  return json;
}

Json summary_json(const FindingCount& count, int exit_code) {
  return {{"notes", count.of(Severity::note)},
          {"needs_recovery", count.of(Severity::needs_recovery)},
          {"damage", count.of(Severity::damage)},
          {"data_loss", count.of(Severity::data_loss)},
          {"exit_code", exit_code}};
}

Json dropped_json(const Findings& findings) {
  Json dropped = Json::object();
  for (const Problem& row : problems())
    if (const std::uint64_t number = findings.dropped(row.id); number > 0)
      dropped[code(row.id)] = number;
  return dropped;
}

}  // namespace ndmedic::cli
