// SPDX-License-Identifier: BSD-3-Clause
// The verb import: a raw image into a BTT, existing or new.
#include <fmt/format.h>

#include <filesystem>
#include <memory>
#include <ostream>

#include <ndmedic/cli/copy_in.h>
#include <ndmedic/cli/create.h>
#include <ndmedic/cli/exit_codes.h>
#include <ndmedic/cli/json_fields.h>
#include <ndmedic/cli/namespace_choice.h>
#include <ndmedic/cli/text.h>
#include <ndmedic/cli/words.h>
#include <ndmedic/format/untrusted_text.h>

namespace ndmedic::cli {
namespace {

constexpr const char* footer =
    "The data goes to LBA 0 and on; sectors behind its end stay as they are. A new image "
    "(--create)\n"
    "is as large as the data needs where --size does not say it, and is removed again when the\n"
    "import fails. An existing BTT has every sector old or new then.\n"
    "\n"
    "Examples:\n"
    "  ndmedic import -i raw.img disk.img\n"
    "  ndmedic import --create --sector-size 512 -i raw.img new.img\n"
    "  zstd -dc raw.zst | ndmedic import disk.img";

struct Arguments {
  CreateArguments create;
  bool make = false;
  std::string input = "-";
  BttOptions options{};
};

bool wants_creation(const CreateArguments& create) {
  return create.size || create.version || create.uuid || create.parent_uuid || create.seed;
}

/// The least whole MiB whose BTT has room for `bytes`; 0 when no size has.
std::uint64_t size_for(std::uint64_t bytes, const CreateArguments& create) {
  constexpr std::uint64_t mib = std::uint64_t{1} << 20;
  FormatPlan plan;
  plan.external_lbasize = create.sector_size;
  plan.rule = create.rule;
  plan.version = create.version.value_or(btt_version_1_1);
  const std::uint64_t unit = sector_data_size(create.sector_size, BttContainer::ns);
  const auto holds = [&](std::uint64_t size) {
    const auto arenas = lay_out(size * mib, plan);
    if (!arenas) return false;
    const Arena& last = arenas->back();
    return (last.first_lba.value + last.geometry.external_nlba) * unit >= bytes;
  };
  std::uint64_t low = 0;
  std::uint64_t high = 32;
  while (!holds(high)) {
    if (high > bytes / mib * 4 + 4096) return 0;
    low = high;
    high *= 2;
  }
  while (high - low > 1) {
    const std::uint64_t middle = low + (high - low) / 2;
    (holds(middle) ? high : low) = middle;
  }
  return high * mib;
}

/// Makes the BTT; the file that goes with it when the import fails, or null.
struct Made {
  std::unique_ptr<NewFile> file;
  bool fresh = false;
};

int make(const Arguments& arguments, const InputFile& input, Made& made, Io& io) {
  CreateArguments create = arguments.create;
  // Sectors follow that no undo file would bring back.
  create.undo.none = true;
  const std::string& path = create.image.images.front();
  std::error_code ignored;
  if (!create.size && input.size() && !std::filesystem::exists(path, ignored))
    create.size = size_for(*input.size(), create);
  int code = 0;
  auto creation = plan_creation(create, code, io);
  if (!creation) return code;
  code = carry_out(*creation, create, io);
  if (code != exit_ok) return code;
  made.file = std::move(creation->new_file);
  made.fresh = creation->fresh;
  return exit_ok;
}

void print(const Arguments& arguments, const std::string& path, const Btt& btt,
           std::uint64_t sectors, Io& io) {
  if (!arguments.create.json) {
    io.out << fmt::format("{}: {} of {} bytes imported, of {}\n", escape_untrusted(path),
                          count_text(sectors, "sector"), btt.sector_size(), btt.sectors());
    return;
  }
  Json json = json_head("import");
  add_text(json, "path", path);
  json["created"] = arguments.make;
  json["sectors"] = sectors;
  json["of_sectors"] = btt.sectors();
  json["sector_size"] = btt.sector_size();
  write_json(json, io.out);
}

int import_into(const Arguments& arguments, InputFile& input, bool fresh, Io& io) {
  ImageArguments image = arguments.create.image;
  image.options.probe_content = false;
  Findings findings;
  Opened opened = open_for_writing(image, {arguments.create.force, false}, findings, io);
  if (!opened.tree) return opened.code;
  NamespaceImage* const ns = choose_namespace(*opened.tree, arguments.create.selector, io);
  if (ns == nullptr) return exit_usage;
  const std::string path = path_of(*opened.tree, *ns);
  const OpenedBtt btt = open_btt(*ns, arguments.options, path, io);
  if (!btt.btt) return btt.code;
  const Zeros zeros = fresh ? Zeros::skip : Zeros::mark;
  const CopiedIn copied =
      copy_in(*btt.btt, input, {path, arguments.input, "importing", 0, zeros}, io);
  if (copied.code == exit_ok) print(arguments, path, *btt.btt, copied.sectors, io);
  return copied.code;
}

int run(const Arguments& arguments, Io& io) {
  if (!arguments.make && wants_creation(arguments.create)) {
    io.err << "ndmedic: --size, --version, --uuid, --parent-uuid and --seed go with --create\n";
    return exit_usage;
  }
  auto input = InputFile::open(arguments.input);
  if (!input) {
    io.err << "ndmedic: " << error_text(arguments.input, input.error()) << '\n';
    return input.error().code == Errc::invalid ? exit_usage : exit_unreadable;
  }
  Made made;
  if (arguments.make)
    if (const int code = make(arguments, *input, made, io); code != exit_ok) return code;
  const int code = import_into(arguments, *input, made.fresh, io);
  if (code == exit_ok && made.file) made.file->keep();
  if (code != exit_ok && made.file)
    io.err << fmt::format("ndmedic: {}: the new image is removed\n",
                          escape_untrusted(arguments.create.image.images.front()));
  return code;
}

}  // namespace

void add_import(CLI::App& app, Run& chosen) {
  auto arguments = std::make_shared<Arguments>();
  arguments->options.writable = true;
  arguments->options.path = WritePath::wp2;
  const Verb verb(app, "import", "A raw image into the sectors of a BTT");
  verb.footer(footer);
  verb.option(
      "-i,--input", "FILE", [arguments](const std::string& path) { arguments->input = path; },
      "The data, whole sectors; - is standard input (default)");
  verb.flag("--create", arguments->make, "Make the BTT first, as create btt does");
  add_create_options(verb, arguments->create);
  verb.flag("--with-metadata", arguments->options.with_metadata,
            "The data has the metadata bytes of every sector too");
  add_durability_option(verb, arguments->options.durability);
  verb.flag("--json", arguments->create.json, "JSON instead of text");
  add_image_options(verb, arguments->create.image);
  verb.runs(chosen, [arguments](Io& io) { return run(*arguments, io); });
}

}  // namespace ndmedic::cli
