// SPDX-License-Identifier: BSD-3-Clause
// The verb labels, and the part of it that reads an area in full, labels dump.
#include <fmt/format.h>

#include <memory>
#include <ostream>

#include <ndmedic/cli/command.h>
#include <ndmedic/cli/exit_codes.h>
#include <ndmedic/cli/field_text.h>
#include <ndmedic/cli/finding_count.h>
#include <ndmedic/cli/image_options.h>
#include <ndmedic/cli/json_fields.h>
#include <ndmedic/cli/labels_json.h>
#include <ndmedic/cli/labels_verbs.h>
#include <ndmedic/cli/media_bytes.h>
#include <ndmedic/cli/ndctl_json.h>
#include <ndmedic/cli/output.h>
#include <ndmedic/cli/text.h>
#include <ndmedic/format/label_format.h>
#include <ndmedic/format/untrusted_text.h>

namespace ndmedic::cli {
namespace {

constexpr const char* footer =
    "--json and --raw hold every byte, stale slots included: labels restore puts both back.\n"
    "Without --ndctl, --json or --raw, every field of both index blocks and of all slots that are "
    "not\n"
    "blank.\n"
    "\n"
    "Examples:\n"
    "  ndmedic labels dump nvdimm.img\n"
    "  ndmedic labels dump --ndctl nvdimm.img   byte for byte as ndctl read-labels -j\n"
    "  ndmedic labels dump --json dimm0.img dimm1.img\n"
    "  ndmedic labels dump --raw -o labels.bin nvdimm.img";

constexpr const char* verb_footer =
    "Examples:\n"
    "  ndmedic labels list nvdimm.img          the namespaces, a line each\n"
    "  ndmedic labels diff old.img new.img     what the labels say differently\n"
    "  ndmedic labels add --size 1G nvdimm.img a namespace in free capacity\n"
    "  ndmedic labels dump --json -o labels.json nvdimm.img    a backup of the area\n"
    "  ndmedic labels restore -i labels.json nvdimm.img        and back";

struct Arguments {
  ImageArguments image;
  std::string output;
  bool ndctl = false;
  bool json = false;
  bool raw = false;
};

const Structure& structure_of(const LabelRecord& label) { return structure_of(label.format); }

void fields_text(const Structure& structure, std::span<const std::byte> bytes, std::ostream& out) {
  for (const Field& field : structure.fields)
    out << fmt::format("    {:<20}{}\n", field.name, field_text(field, bytes));
}

void area_text(const DeviceImage& device, std::ostream& out) {
  const LabelArea& area = *device.area;
  out << fmt::format("{}: label area of {}, version {}.{}, {} slots of {} bytes\n",
                     escape_untrusted(device.path), size_text(area.size), area.major, area.minor,
                     area.layout.nslot, area.layout.slot_size);
  for (const IndexBlock& index : area.index) {
    const bool current = area.current == index.number;
    out << fmt::format("  index{}  {}{}\n", index.number, to_string(index.state),
                       current ? fmt::format(", current: {}", to_string(area.reason)) : "");
    if (!index.bytes.empty() && index.state != IndexState::blank)
      fields_text(index_block_structure, index.bytes, out);
  }
  for (const LabelRecord& label : area.slots) {
    out << fmt::format(
        "  slot/{}  {}{}\n", label.slot, to_string(label.state),
        label.reason == SlotReason::none ? "" : fmt::format(": {}", to_string(label.reason)));
    if (label.raw_size != 0) fields_text(structure_of(label), label.bytes(), out);
  }
}

/// The array of ndctl; a DIMM without any slot that qualifies is left out of it, and told.
int print_ndctl(const ImageTree& tree, Io& io) {
  int result = exit_ok;
  std::string objects;
  for (const DeviceImage& device : tree.devices) {
    if (!device.labels) continue;
    const auto object = ndctl_object(*device.labels, device.index);
    if (!object) {
      io.err << "ndmedic: " << error_text(device.path, object.error()) << '\n';
      result |= exit_unreadable;
    } else if (!*object) {
      io.err << fmt::format(
          "ndmedic: {}: no slot holds its own number, so ndctl would print "
          "nothing: use --json\n",
          escape_untrusted(device.path));
      result |= exit_damage;
    } else {
      objects += (objects.empty() ? "" : ",\n") + **object;
    }
  }
  if (!objects.empty()) io.out << "[\n" << objects << "\n]\n";
  return result;
}

void print_json(const ImageTree& tree, std::ostream& out) {
  Json json = json_head("labels dump");
  json["areas"] = Json::array();
  for (const DeviceImage& device : tree.devices) {
    if (!device.area) continue;
    Json area = {{"device", device.index}};
    add_text(area, "path", device.path);
    area.update(label_area_json(*device.area, *device.labels));
    json["areas"].push_back(std::move(area));
  }
  write_json(json, out);
}

/// The bytes of the only area.
int print_raw(const ImageTree& tree, Io& io) {
  if (tree.devices.size() != 1) {
    io.err << "ndmedic: --raw is for one image\n";
    return exit_usage;
  }
  const DeviceImage& device = tree.devices.front();
  const Status written = write_raw(*device.labels, {0, device.labels->size()}, io.out);
  if (written) return exit_ok;
  io.err << "ndmedic: " << error_text(device.path, written.error()) << '\n';
  return exit_unreadable;
}

int run(const Arguments& arguments, Io& io) {
  if (arguments.raw && (arguments.json || arguments.ndctl)) {
    io.err << "ndmedic: --raw excludes --json and --ndctl\n";
    return exit_usage;
  }
  Findings findings;
  ImageArguments image = arguments.image;
  image.options.probe_content = false;
  const Opened opened = open(image, findings, io);
  if (!opened.tree) return opened.code;
  int result = opened.code | count_of(findings).exit_code(false);
  bool any = false;
  for (const DeviceImage& device : opened.tree->devices) {
    any = any || device.labels;
    if (device.labels) continue;
    io.err << no_label_area_text(device.path);
    result |= exit_damage;
  }
  if (!any) return result;
  if (arguments.raw) return result | print_raw(*opened.tree, io);
  if (arguments.ndctl) return result | print_ndctl(*opened.tree, io);
  if (arguments.json) {
    print_json(*opened.tree, io.out);
    return result;
  }
  for (const DeviceImage& device : opened.tree->devices)
    if (device.area) area_text(device, io.out);
  return result;
}

}  // namespace

std::string no_label_area_text(const std::string& path) {
  return fmt::format(
      "ndmedic: {}: no label area found; if there is one, give its size with --label-size\n",
      escape_untrusted(path));
}

void add_labels(CLI::App& app, Run& chosen) {
  const Verb verb(app, "labels", "Label areas");
  verb.needs_verb();
  verb.footer(verb_footer);
  add_labels_list(verb, chosen);
  add_labels_diff(verb, chosen);
  add_labels_add(verb, chosen);
  add_labels_change(verb, chosen);
  add_labels_recover(verb, chosen);
  add_labels_restore(verb, chosen);
  add_labels_init(verb, chosen);
  auto arguments = std::make_shared<Arguments>();
  const Verb dump(verb, "dump", "Every index block and label of the images");
  dump.footer(footer);
  add_image_options(dump, arguments->image);
  dump.flag("--ndctl", arguments->ndctl, "As ndctl read-labels -j prints it");
  dump.flag("--json", arguments->json, "With slot states, for programs and for labels restore");
  dump.flag("--raw", arguments->raw, "The bytes of the area as they are");
  dump.excludes("--json", "--ndctl");
  add_output_option(dump, arguments->output);
  dump.runs(chosen, [arguments](Io& io) {
    return run_into(arguments->output, files_of(arguments->image), io,
                    [&](Io& into) { return run(*arguments, into); });
  });
}

}  // namespace ndmedic::cli
