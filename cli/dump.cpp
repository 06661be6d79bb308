// SPDX-License-Identifier: BSD-3-Clause
// The verb dump: any structure or range, annotated, raw or as JSON.
#include <ndmedic/cli/dump.h>

#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include <ndmedic/cli/exit_codes.h>
#include <ndmedic/cli/finding_count.h>
#include <ndmedic/cli/hex_lines.h>
#include <ndmedic/cli/image_options.h>
#include <ndmedic/cli/media_bytes.h>
#include <ndmedic/cli/output.h>
#include <ndmedic/cli/place_errors.h>
#include <ndmedic/cli/text.h>

namespace ndmedic::cli {
namespace {

constexpr const char* footer =
    "PLACE is, behind an optional dN/ for the N-th image:\n"
    "  labels/index0  labels/index1  labels/slot/K        parts of the label area\n"
    "  ns/SEL/info  ns/SEL/backup                          info blocks of a namespace\n"
    "  ns/SEL/arenaN/info|backup                           info blocks of an arena\n"
    "  ns/SEL/arenaN/flog/LANE[.A|.B]                      flog of a lane, or one entry\n"
    "  ns/SEL/arenaN/map/FIRST[..LAST]                     map entries\n"
    "  ns/SEL/arenaN/block/N                               a block of the data area\n"
    "  pool/header  pool/desc  nfit/K                      pool and NFIT structures\n"
    "  @OFFSET+LEN                                         plain bytes of the image\n"
    "A structure may be followed by .FIELD; SEL is the index or the uuid of a namespace.\n"
    "\n"
    "Examples:\n"
    "  ndmedic dump nvdimm.img labels/slot/1\n"
    "  ndmedic dump nvdimm.img ns/0/arena0/info.nfree\n"
    "  ndmedic dump nvdimm.img ns/0/arena0/map/0..15\n"
    "  ndmedic dump --raw -o labels.bin nvdimm.img @0x4000000+128K";

struct Arguments {
  ImageArguments image;
  std::string output;
  bool raw = false;
  bool json = false;
};

/// Where `offset` of a medium of the tree lies in the file, if that is one piece of one file.
std::optional<std::uint64_t> file_offset(const ImageTree& tree, const Target& target,
                                         std::uint64_t image_offset) {
  const std::uint64_t offset = target.range.offset;
  for (const DeviceImage& device : tree.devices) {
    const bool one_file = !device.lsa_file && (!device.pool || device.pool->parts.empty());
    if (target.media == device.whole.get() || (one_file && target.media == device.data.get()))
      return image_offset + offset;
    if (target.media == device.labels.get())
      return device.lsa_file ? offset
                             : image_offset + device.whole->size() - device.labels->size() + offset;
  }
  for (const NamespaceImage& ns : tree.namespaces) {
    if (target.media != ns.media.get() || !ns.device) continue;
    if (!ns.label) return image_offset + offset;
    const LabelNamespace& label = tree.labels.namespaces[*ns.label];
    if (label.extents.size() == 1) return image_offset + label.extents.front().dpa + offset;
  }
  return std::nullopt;
}

FlogLayout layout_of(const PlaceMap& map, const Target& target, const Place& place) {
  for (const NamespacePlaces& ns : map.namespaces)
    if (ns.media == target.media && place.arena < ns.arenas.size())
      return ns.arenas[place.arena].layout;
  return FlogLayout::slots_0_1;
}

Status write_long_range(const DumpedPlace& dumped, std::ostream& out) {
  HexLines lines(out);
  const Target& target = dumped.target;
  NDMEDIC_CHECK(for_each_window(*target.media, target.range,
                                [&](std::uint64_t done, std::span<const std::byte> bytes) {
                                  lines.write(bytes, dumped.shown_offset() + done);
                                }));
  lines.end(dumped.shown_offset() + target.range.size);
  return {};
}

Status write_annotated(DumpedPlace& dumped, bool json, Io& io) {
  const Target& target = dumped.target;
  std::uint64_t size = target.range.size;
  if (target.field != nullptr) size = target.structure->size;
  dumped.bytes.resize(size);
  NDMEDIC_CHECK(target.media->read(dumped.start(), dumped.bytes));
  if (json) {
    write_json(dump_json(dumped), io.out);
  } else {
    dump_text(dumped, io.out);
  }
  return {};
}

int render(const Arguments& arguments, const std::string& text, DumpedPlace& dumped, Io& io) {
  Status status;
  const bool large = dumped.target.range.size > annotated_size_max;
  if (large && arguments.json) {
    io.err << fmt::format("ndmedic: {}: {} are too much for JSON (at most {}): use --raw\n", text,
                          size_text(dumped.target.range.size), size_text(annotated_size_max));
    return exit_usage;
  }
  if (arguments.raw) {
    status = write_raw(*dumped.target.media, dumped.target.range, io.out);
  } else if (large) {
    status = write_long_range(dumped, io.out);
  } else {
    status = write_annotated(dumped, arguments.json, io);
  }
  if (status) return exit_ok;
  io.err << "ndmedic: " << error_text(text, status.error()) << '\n';
  return exit_unreadable;
}

int run(Arguments arguments, Io& io) {
  const std::string text = arguments.image.images.back();
  arguments.image.images.pop_back();
  const auto place = parse_place(text);
  if (!place) return tell_place_error(text, place.error(), io.err);
  Findings findings;
  arguments.image.options.probe_content = false;
  const Opened opened = open(arguments.image, findings, io);
  if (!opened.tree) return opened.code;
  const PlaceMap map = place_map(*opened.tree);
  const auto target = locate(map, *place);
  if (!target) return opened.code | tell_locate_error(text, target.error(), *opened.tree, io.err);
  DumpedPlace dumped{*place, *target, {}, {}, layout_of(map, *target, *place)};
  dumped.file_offset = file_offset(*opened.tree, *target, arguments.image.options.offset);
  if (dumped.file_offset) *dumped.file_offset -= target->range.offset - dumped.start();
  return opened.code | count_of(findings).exit_code(false) | render(arguments, text, dumped, io);
}

}  // namespace

void add_dump(CLI::App& app, Run& chosen) {
  auto arguments = std::make_shared<Arguments>();
  const Verb verb(app, "dump", "Any structure or range of an image, annotated");
  verb.footer(footer);
  add_image_options(verb, arguments->image, "IMAGE... PLACE", 2);
  verb.flag("--raw", arguments->raw, "The bytes as they are");
  verb.flag("--json", arguments->json, "For programs");
  verb.excludes("--json", "--raw");
  add_output_option(verb, arguments->output);
  verb.runs(chosen, [arguments](Io& io) {
    return run_into(arguments->output, files_of(arguments->image), io,
                    [&](Io& into) { return run(*arguments, into); });
  });
}

}  // namespace ndmedic::cli
