// SPDX-License-Identifier: BSD-3-Clause
#include <ndmedic/cli/show.h>

#include <fmt/format.h>

#include <cstdlib>
#include <memory>
#include <ostream>
#include <sstream>

#include <ndmedic/cli/cancel.h>
#include <ndmedic/cli/exit_codes.h>
#include <ndmedic/cli/finding_count.h>
#include <ndmedic/cli/namespace_filter.h>
#include <ndmedic/cli/output.h>
#include <ndmedic/cli/progress.h>
#include <ndmedic/cli/show_json.h>
#include <ndmedic/cli/show_text.h>
#include <ndmedic/cli/text.h>

namespace ndmedic::cli {
namespace {

constexpr const char* footer =
    "A finding is \"CODE severity place message\"; \"ndmedic explain CODE\" tells what it means,\n"
    "and \"ndmedic dump IMAGE PLACE\" shows the bytes. Places are printed as dump takes them.\n"
    "\n"
    "Examples:\n"
    "  ndmedic show nvdimm.img\n"
    "  ndmedic show --count nvdimm.img                 and count the states of all map entries\n"
    "  ndmedic show dimm0.img dimm1.img --nfit nfit.bin\n"
    "                                                  the DIMMs of interleave sets\n"
    "  ndmedic show mem.img --lsa lsa.bin              a CXL device\n"
    "  ndmedic show --offset 1M disk.img               an image inside a file\n"
    "  ndmedic show --namespace 1 -o ns1.txt nvdimm.img\n"
    "                                                  one namespace, into a file";

/// Counts the maps, telling how far it is where somebody watches.
Status count_entries(ImageTree& tree, FindingSink& findings, Io& io) {
  ProgressLine line(io, "counting map entries");
  const auto progress = [&line](std::uint64_t done, std::uint64_t total) {
    return line.tell(done, total);
  };
  return count_maps(tree, progress, findings);
}

/// What both outputs have in common: the tree (or none), the exit code so far, and the namespace
/// that was asked for.
struct Reading {
  Opened opened;
  int code = 0;
  std::optional<std::uint32_t> only{};
};

/// As open(), for one namespace. Which one it is, is known only when all is read, and findings are
/// not kept: so everything is read once for the choice, and again for what is found in it.
Reading read_one(const ShowArguments& arguments, FindingSink& findings, Io& io) {
  ImageArguments images = arguments.images;
  images.options.probe_content = false;
  Findings ignored(0);
  Reading reading{open(images, ignored, io), 0};
  reading.code = reading.opened.code;
  if (!reading.opened.tree) return reading;
  reading.only = namespace_index(*reading.opened.tree, arguments.ns, io.err);
  if (!reading.only) {
    reading.opened.tree.reset();
    reading.code |= exit_usage;
    return reading;
  }
  NamespaceFindings filter(*reading.opened.tree, *reading.only, findings);
  reading.opened.tree.reset();  // its open files would make the images be in use
  std::ostringstream told_already;
  Io quiet{io.out, told_already, io.terminal, io.width};
  reading.opened = open(arguments.images, filter, quiet);
  reading.code |= reading.opened.code;
  if (!reading.opened.tree) return reading;
  for (NamespaceImage& ns : reading.opened.tree->namespaces)
    if (ns.index != *reading.only) ns.btt.reset();  // not to be counted
  return reading;
}

Reading read(const ShowArguments& arguments, FindingSink& findings, Io& io) {
  Reading reading;
  if (arguments.ns.empty()) {
    reading.opened = open(arguments.images, findings, io);
    reading.code = reading.opened.code;
  } else {
    reading = read_one(arguments, findings, io);
  }
  if (!reading.opened.tree || !arguments.count) return reading;
  const Status counted = count_entries(*reading.opened.tree, findings, io);
  if (!counted) {
    io.err << "ndmedic: " << error_text(arguments.images.images.front(), counted.error()) << '\n';
    reading.code |= exit_unreadable;
  }
  if (cancel_requested()) {
    io.err << "ndmedic: cancelled; the maps were not counted to their end\n";
    reading.code |= exit_cancelled;
  }
  return reading;
}

int code_of(const Reading& reading, const FindingCount& count, const ShowArguments& arguments) {
  return reading.code | count.exit_code(arguments.strict);
}

TextOptions text_options(const ShowArguments& arguments, const Io& io) {
  TextOptions options;
  options.verbose = arguments.verbose;
  options.colour = io.terminal && std::getenv("NO_COLOR") == nullptr;
  return options;
}

int show_json(const ShowArguments& arguments, Io& io) {
  Findings findings;
  const Reading reading = read(arguments, findings, io);
  if (!reading.opened.tree) return reading.code;
  Json json = envelope(&*reading.opened.tree, {arguments.verbose, reading.only});
  for (const Finding& finding : findings.list()) json["findings"].push_back(finding_json(finding));
  const FindingCount count = count_of(findings);
  const int code = code_of(reading, count, arguments);
  json["summary"] = summary_json(count, code);
  json["summary"]["dropped"] = dropped_json(findings);
  write_json(json, io.out);
  return code;
}

/// --all --json: a line for each finding as it is found, then the envelope without them.
int show_json_lines(const ShowArguments& arguments, Io& io) {
  StreamedFindings findings(
      [&io](const Finding& finding) { write_json(finding_json(finding), io.out, -1); });
  const Reading reading = read(arguments, findings, io);
  if (!reading.opened.tree) return reading.code;
  Json json = envelope(&*reading.opened.tree, {arguments.verbose, reading.only});
  const int code = code_of(reading, findings.count(), arguments);
  json["summary"] = summary_json(findings.count(), code);
  json["summary"]["dropped"] = Json::object();
  write_json(json, io.out, -1);
  return code;
}

int show_text(const ShowArguments& arguments, Io& io) {
  TextOptions options = text_options(arguments, io);
  Findings findings;
  const Reading reading = read(arguments, findings, io);
  if (!reading.opened.tree) return reading.code;
  options.only = reading.only;
  print_tree(*reading.opened.tree, options, io.out);
  io.out << '\n';
  print_findings(findings, options, io.out);
  const FindingCount count = count_of(findings);
  print_verdict(count, io.out);
  return code_of(reading, count, arguments);
}

/// --all as text: findings first, as they are found, so that none need be kept.
int show_text_streamed(const ShowArguments& arguments, Io& io) {
  TextOptions options = text_options(arguments, io);
  StreamedFindings findings([&io, &options](const Finding& finding) {
    io.out << finding_line(finding, 0, options.colour) << '\n';
  });
  const Reading reading = read(arguments, findings, io);
  if (!reading.opened.tree) return reading.code;
  options.only = reading.only;
  if (findings.count().total() > 0) io.out << '\n';
  print_tree(*reading.opened.tree, options, io.out);
  io.out << '\n';
  print_verdict(findings.count(), io.out);
  return code_of(reading, findings.count(), arguments);
}

}  // namespace

int show(ShowArguments arguments, Io& io) {
  arguments.images.options.probe_content = !arguments.no_content;
  if (arguments.json)
    return arguments.all ? show_json_lines(arguments, io) : show_json(arguments, io);
  return arguments.all ? show_text_streamed(arguments, io) : show_text(arguments, io);
}

void add_show(CLI::App& app, Run& chosen) {
  auto arguments = std::make_shared<ShowArguments>();
  const Verb verb(app, "show", "What is in the images, and is it sound?");
  verb.footer(footer);
  verb.flag("--json", arguments->json, "JSON instead of text");
  verb.flag("-v,--verbose", arguments->verbose,
            "Also evidence, all slots and lanes, info blocks, set cookies");
  verb.flag("--count", arguments->count, "Count the map entries of every BTT by state");
  verb.flag("--no-content", arguments->no_content, "Do not look what namespaces hold");
  verb.flag("--strict", arguments->strict, "Notes and interrupted writes count as damage: 4");
  verb.flag("--all", arguments->all,
            "All findings, not 1000 of each code, before the tree; JSON lines with --json");
  add_namespace_option(verb, arguments->ns, "Only this namespace (index, uuid or name)");
  add_output_option(verb, arguments->output);
  add_image_options(verb, arguments->images);
  verb.runs(chosen, [arguments](Io& io) {
    return run_into(arguments->output, files_of(arguments->images), io,
                    [&](Io& into) { return show(*arguments, into); });
  });
}

}  // namespace ndmedic::cli
