// SPDX-License-Identifier: BSD-3-Clause
// The command line as a whole: verbs, help, version; CLI11's exit codes translated in one place.
// No other source includes CLI11 (cli/verb.h says why).
#include <CLI/CLI.hpp>
#include <ostream>
#include <utility>

#include <ndmedic/cli/command.h>
#include <ndmedic/cli/exit_codes.h>
#include <ndmedic/cli/image_options.h>
#include <ndmedic/cli/verb.h>
#include <ndmedic/format/untrusted_text.h>

namespace ndmedic::cli {
namespace {

constexpr const char* description =
    "Look into NVDIMM and CXL persistent-memory media (namespace labels, BTT, PFN/DAX, libpmemblk\n"
    "pools, NFIT), make, read and write BTTs, and mend what is damaged. Only create, write, "
    "import,\n"
    "repair, edit, wipe, undo, damage --in-place and the labels verbs that change something open\n"
    "an image for writing; every other verb opens it read-only.";

constexpr const char* footer =
    "Examples:\n"
    "  ndmedic show nvdimm.img                 what is in the image, and is it sound?\n"
    "  ndmedic show --json dimm0.img dimm1.img two DIMMs of one set, for programs\n"
    "  ndmedic check nvdimm.img                everything that is wrong with it\n"
    "  ndmedic dump nvdimm.img labels/index0   every field of an index block\n"
    "  ndmedic labels dump --ndctl nvdimm.img  as ndctl read-labels -j prints it\n"
    "  ndmedic explain LBL-104                 what a finding means\n"
    "  ndmedic create btt --size 1G disk.img   a new image with an empty BTT\n"
    "  ndmedic import -i raw.img disk.img      a raw image into its sectors\n"
    "  ndmedic export -o raw.img disk.img      and out again\n"
    "  ndmedic repair -n disk.img              what can be mended of it, and how\n"
    "  ndmedic undo disk.img.undo              take back what create changed\n"
    "\n"
    "Exit codes: 0 nothing worse than notes, 1 repaired, 4 damage found, 8 could not read or\n"
    "write, 16 wrong arguments, 32 cancelled; or-ed where several apply.";

/// What CLI11 found wrong, with what to do next.
std::string usage_text(const CLI::App* app, const CLI::Error& error) {
  std::string help = "ndmedic";
  for (const CLI::App* verb = app; !verb->get_subcommands().empty();) {
    verb = verb->get_subcommands().front();
    help += " " + verb->get_name();
  }
  std::string what = escape_untrusted(error.what());
  if (what == "A subcommand is required") what = "a verb is required";
  return "ndmedic: " + what + "; see \"" + help + " --help\"\n";
}

/// The first word when it is no verb. CLI11 tells a missing verb and an unknown one alike.
std::string unknown_verb(const CLI::App& app, const std::vector<std::string>& arguments) {
  if (arguments.empty() || arguments.front().starts_with("-")) return {};
  const auto is_it = [&](const CLI::App* verb) { return verb->check_name(arguments.front()); };
  return app.get_subcommands(is_it).empty() ? arguments.front() : std::string();
}

}  // namespace

Verb::Verb(CLI::App& parent, const std::string& name, const std::string& help)
    : app_(*parent.add_subcommand(name, help)) {}

void Verb::footer(const std::string& text) const { app_.footer(text); }

void Verb::needs_verb() const { app_.require_subcommand(1); }

void Verb::runs(Run& chosen, Run run) const {
  app_.callback([&chosen, run = std::move(run)] { chosen = run; });
}

void Verb::flag(const std::string& names, bool& value, const std::string& help) const {
  app_.add_flag(names, value, help);
}

void Verb::option(const std::string& names, const std::string& type,
                  std::function<void(const std::string&)> take, const std::string& help) const {
  const auto store = [names, take = std::move(take)](const std::string& text) {
    try {
      take(text);
    } catch (const WrongValue& wrong) {
      throw CLI::ValidationError(names, wrong.what());
    }
  };
  app_.add_option_function<std::string>(names, store, help)->type_name(type);
}

void Verb::required_option(const std::string& names, const std::string& type,
                           std::function<void(const std::string&)> take,
                           const std::string& help) const {
  option(names, type, std::move(take), help);
  app_.get_option(names.substr(names.rfind(',') + 1))->required();
}

void Verb::size(const std::string& names, std::function<void(std::uint64_t)> take,
                const std::string& help) const {
  const auto parse = [take = std::move(take)](const std::string& text) {
    const auto size = parse_size(text);
    if (!size)
      throw WrongValue("\"" + text +
                       "\" is not a size: give bytes, 0x..., or a number with K, M, G or T");
    take(*size);
  };
  option(names, "SIZE", parse, help);
}

void Verb::number(const std::string& names, std::function<void(std::uint64_t)> take,
                  const std::string& help) const {
  const auto parse = [take = std::move(take)](const std::string& text) {
    const auto number = parse_size(text);
    if (!number || text.find_first_of("KMGT") != std::string::npos)
      throw WrongValue("\"" + text + "\" is not a number: give decimal digits, or 0x...");
    take(*number);
  };
  option(names, "N", parse, help);
}

void Verb::choice(const std::string& names, const std::string& type,
                  std::initializer_list<std::string> words,
                  std::function<void(const std::string&)> take, const std::string& help) const {
  app_.add_option_function<std::string>(names, take, help)
      ->check(CLI::IsMember(std::vector<std::string>(words)).description(""))
      ->type_name(type);
}

void Verb::choices(const std::string& names, const std::string& type,
                   std::initializer_list<std::string> words,
                   std::function<void(const std::string&)> take, const std::string& help) const {
  const auto take_all = [take = std::move(take)](const std::vector<std::string>& given) {
    for (const std::string& word : given) take(word);
  };
  app_.add_option_function<std::vector<std::string>>(names, take_all, help)
      ->allow_extra_args(false)
      ->check(CLI::IsMember(std::vector<std::string>(words)).description(""))
      ->type_name(type);
}

void Verb::list(const std::string& names, const std::string& type, std::vector<std::string>& values,
                const std::string& help) const {
  app_.add_option(names, values, help)->allow_extra_args(false)->type_name(type);
}

void Verb::arguments(const std::string& name, std::vector<std::string>& values, int least,
                     const std::string& help, int most) const {
  CLI::Option* option = app_.add_option(name, values, help);
  if (least == 0) return;
  option->required()->type_name("")->expected(
      least, std::min(most, CLI::detail::expected_max_vector_size));
}

void Verb::excludes(const std::string& one, const std::string& other) const {
  app_.get_option(one)->excludes(app_.get_option(other));
}

int run_command(const std::vector<std::string>& arguments, Io& io) {
  try {
    CLI::App app(description, "ndmedic");
    app.footer(footer);
    app.set_version_flag("--version", "ndmedic " NDMEDIC_VERSION);
    app.require_subcommand(1);
    app.failure_message(usage_text);
    Run run;
    add_show(app, run);
    add_check(app, run);
    add_dump(app, run);
    add_labels(app, run);
    add_explain(app, run);
    add_create(app, run);
    add_read(app, run);
    add_write(app, run);
    add_export(app, run);
    add_import(app, run);
    add_undo(app, run);
    add_edit(app, run);
    add_wipe(app, run);
    add_metadump(app, run);
    add_damage(app, run);
    add_repair(app, run);
    add_scan(app, run);
    if (const std::string word = unknown_verb(app, arguments); !word.empty()) {
      io.err << "ndmedic: \"" << escape_untrusted(word)
             << "\" is not a verb; see \"ndmedic --help\"\n";
      return exit_usage;
    }
    std::vector<std::string> reversed(arguments.rbegin(), arguments.rend());
    try {
      app.parse(std::move(reversed));
    } catch (const CLI::ParseError& error) {
      const bool asked = error.get_exit_code() == static_cast<int>(CLI::ExitCodes::Success);
      app.exit(error, io.out, io.err);
      return asked ? exit_ok : exit_usage;
    }
    return run(io);
  } catch (const std::exception& error) {
    io.err << "ndmedic: " << error.what() << '\n';
    return exit_unreadable;
  }
}

}  // namespace ndmedic::cli
