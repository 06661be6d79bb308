// SPDX-License-Identifier: BSD-3-Clause
// The verb labels list: the namespaces of the images by their labels, a line each.
#include <fmt/format.h>

#include <memory>
#include <ostream>

#include <ndmedic/cli/exit_codes.h>
#include <ndmedic/cli/finding_count.h>
#include <ndmedic/cli/image_options.h>
#include <ndmedic/cli/json_fields.h>
#include <ndmedic/cli/labels_verbs.h>
#include <ndmedic/cli/output.h>
#include <ndmedic/cli/text.h>
#include <ndmedic/format/untrusted_text.h>

namespace ndmedic::cli {
namespace {

constexpr const char* footer =
    "Reads labels only, not what lies in the namespaces: \"ndmedic show\" tells that too.\n"
    "\n"
    "Examples:\n"
    "  ndmedic labels list nvdimm.img\n"
    "  ndmedic labels list -v dimm0.img dimm1.img   with the slot and extent of every label";

struct Arguments {
  ImageArguments image;
  std::string output;
  bool verbose = false;
  bool json = false;
};

std::string_view mode_text(const LabelNamespace& ns) {
  switch (ns.claim) {
    case ClaimClass::btt:
      return "sector (BTT 1.1)";
    case ClaimClass::btt2:
      return "sector (BTT 2.0)";
    case ClaimClass::pfn:
      return "fsdax";
    case ClaimClass::dax:
      return "devdax";
    case ClaimClass::unknown:
      return "unknown";
    case ClaimClass::none:
      break;
  }
  return ns.format == LabelFormat::v1_1 ? "not told" : "raw";
}

std::string state_text(const LabelNamespace& ns) {
  std::string text;
  if (!ns.complete())
    text += fmt::format(", {} ({} of {} labels)", to_string(ns.completeness), ns.extents.size(),
                        ns.nlabel);
  if (ns.any_updating) text += ", UPDATING";
  if (ns.linux_view != LinuxView::visible)
    text += fmt::format(", Linux: {}", to_string(ns.linux_view));
  return text;
}

void print_text(const ImageTree& tree, bool verbose, std::ostream& out) {
  std::size_t number = 0;
  for (const LabelNamespace& ns : tree.labels.namespaces) {
    out << fmt::format("ns/{:<3} {}  {:<10}  {:<16}  {}{}\n", number++,
                       to_string(ns.uuid, GuidOrder::text), size_text(ns.size), mode_text(ns),
                       ns.name.empty() ? "-" : escape_untrusted(ns.name), state_text(ns));
    if (!verbose) continue;
    for (const NamespaceExtent& extent : ns.extents)
      out << fmt::format("  d{}/labels/slot/{:<6} position {}, {} at {}, cookie {:#018x}{}\n",
                         extent.device, extent.slot, extent.position, size_text(extent.rawsize),
                         hex_text(extent.dpa), extent.isetcookie,
                         extent.updating ? ", UPDATING" : "");
  }
}

Json namespace_json(const LabelNamespace& ns, std::size_t number) {
  Json json = {{"namespace", number}, {"uuid", to_string(ns.uuid, GuidOrder::text)}};
  add_text(json, "name", ns.name);
  add_number(json, "size", ns.size);
  json["mode"] = to_string(ns.claim);
  add_number(json, "lbasize", ns.lbasize);
  json["nlabel"] = ns.nlabel;
  json["completeness"] = to_string(ns.completeness);
  json["updating"] = ns.any_updating;
  json["linux"] = to_string(ns.linux_view);
  json["labels"] = Json::array();
  for (const NamespaceExtent& extent : ns.extents) {
    Json label = {{"device", extent.device}, {"slot", extent.slot}, {"position", extent.position}};
    add_number(label, "dpa", extent.dpa);
    add_number(label, "rawsize", extent.rawsize);
    add_number(label, "isetcookie", extent.isetcookie);
    json["labels"].push_back(std::move(label));
  }
  return json;
}

void print_json(const ImageTree& tree, std::ostream& out) {
  Json json = json_head("labels list");
  json["namespaces"] = Json::array();
  for (const LabelNamespace& ns : tree.labels.namespaces)
    json["namespaces"].push_back(namespace_json(ns, json["namespaces"].size()));
  write_json(json, out);
}

int run(const Arguments& arguments, Io& io) {
  Findings findings;
  ImageArguments image = arguments.image;
  image.options.probe_content = false;
  const Opened opened = open(image, findings, io);
  if (!opened.tree) return opened.code;
  const FindingCount count = count_of(findings);
  int result = opened.code | count.exit_code(false);
  bool any = false;
  for (const DeviceImage& device : opened.tree->devices) any = any || device.area.has_value();
  if (!any) {
    io.err << "ndmedic: no label area found; if there is one, give its size with --label-size\n";
    return result | exit_damage;
  }
  arguments.json ? print_json(*opened.tree, io.out)
                 : print_text(*opened.tree, arguments.verbose, io.out);
  if (count.exit_code(false) != exit_ok)
    io.err << "ndmedic: something is wrong with these images; see \"ndmedic check\"\n";
  return result;
}

}  // namespace

void add_labels_list(const Verb& labels, Run& chosen) {
  auto arguments = std::make_shared<Arguments>();
  const Verb verb(labels, "list", "The namespaces, a line each");
  verb.footer(footer);
  add_image_options(verb, arguments->image);
  verb.flag("-v,--verbose", arguments->verbose, "The label of every slot as well");
  verb.flag("--json", arguments->json, "JSON instead of text");
  add_output_option(verb, arguments->output);
  verb.runs(chosen, [arguments](Io& io) {
    return run_into(arguments->output, files_of(arguments->image), io,
                    [&](Io& into) { return run(*arguments, into); });
  });
}

}  // namespace ndmedic::cli
