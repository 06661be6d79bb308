// SPDX-License-Identifier: BSD-3-Clause
// The verb write: sectors of a BTT from a file or a pipe.
#include <fmt/format.h>

#include <memory>
#include <ostream>

#include <ndmedic/cli/copy_in.h>
#include <ndmedic/cli/exit_codes.h>
#include <ndmedic/cli/image_options.h>
#include <ndmedic/cli/json_fields.h>
#include <ndmedic/cli/namespace_choice.h>
#include <ndmedic/cli/namespace_filter.h>
#include <ndmedic/cli/text.h>
#include <ndmedic/cli/words.h>
#include <ndmedic/format/untrusted_text.h>

namespace ndmedic::cli {
namespace {

constexpr const char* footer =
    "Every sector is old or new after a power loss, never mixed; what the program reports as\n"
    "written is durable (but see --durability). Interrupted writes found in the image are\n"
    "completed first. Sectors of 520, 528, 4104, 4160 and 4224 bytes are written by their 512 or\n"
    "4096 bytes of data, metadata zero, without --with-metadata.\n"
    "\n"
    "Examples:\n"
    "  ndmedic write --lba 100 -i sectors.bin disk.img\n"
    "  head -c 4096 /dev/zero | ndmedic write --lba 7 disk.img";

struct Arguments {
  ImageArguments image;
  std::string selector;
  std::uint64_t lba = 0;
  std::string input = "-";
  BttOptions options{};
  bool force = false;
  bool json = false;
};

void print(const Arguments& arguments, const std::string& path, const Btt& btt,
           std::uint64_t sectors, Io& io) {
  if (!arguments.json) {
    io.out << fmt::format("{}: {} of {} bytes written from LBA {} on\n", escape_untrusted(path),
                          count_text(sectors, "sector"), btt.sector_size(), arguments.lba);
    return;
  }
  Json json = json_head("write");
  add_text(json, "path", path);
  json["lba"] = arguments.lba;
  json["sectors"] = sectors;
  json["sector_size"] = btt.sector_size();
  write_json(json, io.out);
}

int run(const Arguments& arguments, Io& io) {
  auto input = InputFile::open(arguments.input);
  if (!input) {
    io.err << "ndmedic: " << error_text(arguments.input, input.error()) << '\n';
    return input.error().code == Errc::invalid ? exit_usage : exit_unreadable;
  }
  ImageArguments image = arguments.image;
  image.options.probe_content = false;
  Findings findings;
  Opened opened = open_for_writing(image, {arguments.force, false}, findings, io);
  if (!opened.tree) return opened.code;
  NamespaceImage* const ns = choose_namespace(*opened.tree, arguments.selector, io);
  if (ns == nullptr) return exit_usage;
  const std::string path = path_of(*opened.tree, *ns);
  const OpenedBtt btt = open_btt(*ns, arguments.options, path, io);
  if (!btt.btt) return btt.code;
  const CopiedIn copied = copy_in(
      *btt.btt, *input, {path, arguments.input, "writing", arguments.lba, Zeros::write}, io);
  if (copied.code == exit_ok) print(arguments, path, *btt.btt, copied.sectors, io);
  return copied.code;
}

}  // namespace

void add_write(CLI::App& app, Run& chosen) {
  auto arguments = std::make_shared<Arguments>();
  arguments->options.writable = true;
  const Verb verb(app, "write", "Write sectors of a BTT");
  verb.footer(footer);
  verb.number(
      "--lba", [arguments](std::uint64_t lba) { arguments->lba = lba; }, "The first sector (0)");
  verb.option(
      "-i,--input", "FILE", [arguments](const std::string& path) { arguments->input = path; },
      "The data, whole sectors; - is standard input (default)");
  verb.flag("--with-metadata", arguments->options.with_metadata,
            "The data has the metadata bytes of every sector too");
  add_namespace_option(verb, arguments->selector, which_namespace);
  add_durability_option(verb, arguments->options.durability);
  verb.flag("--force", arguments->force, "Write even where use by others cannot be told");
  verb.flag("--json", arguments->json, "JSON instead of text");
  add_image_options(verb, arguments->image);
  verb.runs(chosen, [arguments](Io& io) { return run(*arguments, io); });
}

}  // namespace ndmedic::cli
