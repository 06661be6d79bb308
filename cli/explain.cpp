// SPDX-License-Identifier: BSD-3-Clause
// The verb explain: what a finding means, from the problem catalogue.
#include <memory>
#include <ostream>

#include <ndmedic/cli/command.h>
#include <ndmedic/cli/exit_codes.h>
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
    "  ndmedic explain               every finding there is, a line each";

struct Arguments {
  std::vector<std::string> ids;
};

void explain(const Problem& problem, std::ostream& out) {
  out << code(problem.id) << "  " << problem.name << '\n'
      << "  severity  " << to_string(problem.severity) << '\n'
      << "  repair    " << to_string(problem.repair) << '\n'
      << "  rules     " << problem.rules << '\n'
      << "  message   " << problem.message << '\n'
      << '\n'
      << wrapped(problem.explanation, 2, 78);
}

int run(const Arguments& arguments, Io& io) {
  if (arguments.ids.empty()) {
    for (const Problem& problem : problems())
      io.out << code(problem.id) << "  " << problem.name << '\n';
    return exit_ok;
  }
  bool first = true;
  for (const std::string& id : arguments.ids) {
    const Problem* problem = find_problem(id);
    if (problem == nullptr) {
      io.err << "ndmedic: \"" << escape_untrusted(id)
             << "\" is not the code or the name of a finding: \"ndmedic explain\" lists them all\n";
      return exit_usage;
    }
    if (!first) io.out << '\n';
    first = false;
    explain(*problem, io.out);
  }
  return exit_ok;
}

}  // namespace

void add_explain(CLI::App& app, Run& chosen) {
  auto arguments = std::make_shared<Arguments>();
  const Verb verb(app, "explain", "What a finding means, and what to do about it");
  verb.footer(footer);
  verb.arguments("ID", arguments->ids, 0, "Codes (LBL-104) or names of findings");
  verb.runs(chosen, [arguments](Io& io) { return run(*arguments, io); });
}

}  // namespace ndmedic::cli
