// SPDX-License-Identifier: BSD-3-Clause
// The verb explain: what a finding means, from the problem catalogue.
#include <memory>
#include <ostream>

#include <ndmedic/cli/command.h>
#include <ndmedic/cli/exit_codes.h>
#include <ndmedic/cli/json_fields.h>
#include <ndmedic/cli/output.h>
#include <ndmedic/cli/verb.h>
#include <ndmedic/cli/wrap.h>
#include <ndmedic/format/problems.h>
#include <ndmedic/format/untrusted_text.h>

namespace ndmedic::cli {
namespace {

constexpr const char* footer =
    "Examples:\n"
    "  ndmedic explain LBL-104       one finding, by its code\n"
    "  ndmedic explain index_current_bad\n"
    "                                the same, by its name\n"
    "  ndmedic explain               every finding there is, a line each\n"
    "  ndmedic explain --json        every finding with all that is known of it";

struct Arguments {
  std::vector<std::string> ids;
  std::string output;
  bool json = false;
};

void explain(const Problem& problem, std::ostream& out) {
  out << code(problem.id) << "  " << problem.name << '\n'
      << "  severity  " << to_string(problem.severity)
      << (is_urgent(problem.id) ? "; urgent: Linux destroys data by using the media" : "") << '\n'
      << "  repair    " << to_string(problem.repair) << '\n'
      << "  rules     " << problem.rules << '\n'
      << "  message   " << problem.message << '\n'
      << '\n'
      << wrapped(problem.explanation, 2, 78);
}

Json problem_json(const Problem& problem) {
  return {{"code", code(problem.id)},
          {"name", problem.name},
          {"severity", to_string(problem.severity)},
          {"urgent", is_urgent(problem.id)},
          {"repair", to_string(problem.repair)},
          {"rules", problem.rules},
          {"message", problem.message},
          {"explanation", problem.explanation}};
}

void print_json(const std::vector<const Problem*>& rows, std::ostream& out) {
  Json json = json_head("explain");
  json["problems"] = Json::array();
  for (const Problem* row : rows) json["problems"].push_back(problem_json(*row));
  write_json(json, out);
}

int run(const Arguments& arguments, Io& io) {
  std::vector<const Problem*> rows;
  for (const std::string& id : arguments.ids) {
    const Problem* problem = find_problem(id);
    if (problem == nullptr) {
      io.err << "ndmedic: \"" << escape_untrusted(id)
             << "\" is not the code or the name of a finding: \"ndmedic explain\" lists them all\n";
      return exit_usage;
    }
    rows.push_back(problem);
  }
  if (arguments.ids.empty())
    for (const Problem& problem : problems()) rows.push_back(&problem);
  if (arguments.json) {
    print_json(rows, io.out);
    return exit_ok;
  }
  for (const Problem* row : rows) {
    if (arguments.ids.empty()) {
      io.out << code(row->id) << "  " << row->name << '\n';
      continue;
    }
    if (row != rows.front()) io.out << '\n';
    explain(*row, io.out);
  }
  return exit_ok;
}

}  // namespace

void add_explain(CLI::App& app, Run& chosen) {
  auto arguments = std::make_shared<Arguments>();
  const Verb verb(app, "explain", "What a finding means, and what to do about it");
  verb.footer(footer);
  verb.arguments("ID", arguments->ids, 0, "Codes (LBL-104) or names of findings");
  verb.flag("--json", arguments->json, "For programs");
  add_output_option(verb, arguments->output);
  verb.runs(chosen, [arguments](Io& io) {
    return run_into(arguments->output, {}, io, [&](Io& into) { return run(*arguments, into); });
  });
}

}  // namespace ndmedic::cli
