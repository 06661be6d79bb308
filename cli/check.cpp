// SPDX-License-Identifier: BSD-3-Clause
// The verb check: everything that is wrong with the images. Never writes.
#include <fmt/format.h>

#include <cstdlib>
#include <memory>
#include <ostream>

#include <ndmedic/cli/cancel.h>
#include <ndmedic/cli/check_progress.h>
#include <ndmedic/cli/command.h>
#include <ndmedic/cli/exit_codes.h>
#include <ndmedic/cli/finding_count.h>
#include <ndmedic/cli/image_options.h>
#include <ndmedic/cli/output.h>
#include <ndmedic/cli/show_json.h>
#include <ndmedic/cli/show_text.h>
#include <ndmedic/cli/text.h>
#include <ndmedic/cli/verb.h>
#include <ndmedic/fsck/check.h>

namespace ndmedic::cli {
namespace {

constexpr const char* footer =
    "A finding is \"CODE severity place message\"; \"ndmedic explain CODE\" tells what it means.\n"
    "Exit code: 0 nothing worse than notes and interrupted writes that any reader completes, 4\n"
    "damage, 8 something could not be read, 32 cancelled; or-ed where several apply.\n"
    "\n"
    "Examples:\n"
    "  ndmedic check nvdimm.img                everything that is wrong with the image\n"
    "  ndmedic check --json dimm0.img dimm1.img\n"
    "                                          two DIMMs of one set, for programs\n"
    "  ndmedic check --all pool.blk            every finding, not 1000 of each code\n"
    "  ndmedic check -C 3 disk.img 3>progress  how far it is, as fsck(8) wants it";

struct Arguments {
  ImageArguments images;
  std::string output;
  std::optional<int> progress_fd{};
  bool only_check = false;  // it never does anything else
  bool json = false;
  bool all = false;
  bool strict = false;
};

/// Opens and checks; gives the exit code so far. `tree` stays for those who print more.
int examine(const Arguments& arguments, std::optional<ImageTree>& tree, FindingSink& findings,
            Io& io) {
  Opened opened = open(arguments.images, findings, io);
  if (!opened.tree) return opened.code;
  tree = std::move(opened.tree);
  CheckProgress told(io, arguments.progress_fd, arguments.images.images.front());
  const auto progress = [&](std::uint64_t done, std::uint64_t total) {
    return told.tell(done, total);
  };
  const auto result = check(*tree, progress, findings);
  if (!result) {
    io.err << "ndmedic: " << error_text(arguments.images.images.front(), result.error()) << '\n';
    return opened.code | exit_unreadable;
  }
  if (!result->cancelled) return opened.code;
  io.err << "ndmedic: cancelled; not everything was checked\n";
  return opened.code | exit_cancelled;
}

int check_text(const Arguments& arguments, Io& io) {
  TextOptions options;
  options.colour = io.terminal && std::getenv("NO_COLOR") == nullptr;
  std::optional<ImageTree> tree;
  if (arguments.all) {
    StreamedFindings findings([&](const Finding& finding) {
      io.out << finding_line(finding, 0, options.colour) << '\n';
    });
    const int code = examine(arguments, tree, findings, io);
    if (!tree) return code;
    print_verdict(findings.count(), io.out);
    return code | findings.count().exit_code(arguments.strict);
  }
  Findings findings;
  const int code = examine(arguments, tree, findings, io);
  if (!tree) return code;
  print_findings(findings, options, io.out);
  const FindingCount count = count_of(findings);
  print_verdict(count, io.out);
  return code | count.exit_code(arguments.strict);
}

Json head_json(const ImageTree& tree) {
  Json json = json_head("check");
  json["devices"] = Json::array();
  for (const DeviceImage& device : tree.devices) {
    Json entry = {{"index", device.index}};
    add_text(entry, "path", device.path);
    json["devices"].push_back(std::move(entry));
  }
  return json;
}

int check_json(const Arguments& arguments, Io& io) {
  Findings findings;
  std::optional<ImageTree> tree;
  const int code = examine(arguments, tree, findings, io);
  if (!tree) return code;
  Json json = head_json(*tree);
  json["findings"] = Json::array();
  for (const Finding& finding : findings.list()) json["findings"].push_back(finding_json(finding));
  const FindingCount count = count_of(findings);
  const int whole = code | count.exit_code(arguments.strict);
  json["summary"] = summary_json(count, whole);
  json["summary"]["dropped"] = dropped_json(findings);
  write_json(json, io.out);
  return whole;
}

/// A line for each finding as it is found, then the rest.
int check_json_lines(const Arguments& arguments, Io& io) {
  StreamedFindings findings(
      [&io](const Finding& finding) { write_json(finding_json(finding), io.out, -1); });
  std::optional<ImageTree> tree;
  const int code = examine(arguments, tree, findings, io);
  if (!tree) return code;
  Json json = head_json(*tree);
  const int whole = code | findings.count().exit_code(arguments.strict);
  json["summary"] = summary_json(findings.count(), whole);
  json["summary"]["dropped"] = Json::object();
  write_json(json, io.out, -1);
  return whole;
}

int run(Arguments arguments, Io& io) {
  arguments.images.options.probe_content = false;
  if (arguments.json)
    return arguments.all ? check_json_lines(arguments, io) : check_json(arguments, io);
  return check_text(arguments, io);
}

}  // namespace

void add_check(CLI::App& app, Run& chosen) {
  auto arguments = std::make_shared<Arguments>();
  const Verb verb(app, "check", "Everything that is wrong with the images; writes nothing");
  verb.footer(footer);
  verb.flag("-n", arguments->only_check, "Change nothing, as always (for fsck.btt)");
  add_progress_option(verb, arguments->progress_fd);
  verb.flag("--json", arguments->json, "JSON instead of text");
  verb.flag("--strict", arguments->strict, "Notes and interrupted writes count as damage: 4");
  verb.flag("--all", arguments->all,
            "All findings as they are found, not 1000 of each code; JSON lines with --json");
  add_output_option(verb, arguments->output);
  add_image_options(verb, arguments->images);
  verb.runs(chosen, [arguments](Io& io) {
    return run_into(arguments->output, files_of(arguments->images), io,
                    [&](Io& into) { return run(*arguments, into); });
  });
}

}  // namespace ndmedic::cli
