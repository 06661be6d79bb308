// SPDX-License-Identifier: BSD-3-Clause
// The verbs create btt and create pool.
#include <ndmedic/cli/create.h>

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <ostream>

#include <ndmedic/cli/cancel.h>
#include <ndmedic/cli/create_dimm.h>
#include <ndmedic/cli/create_namespace.h>
#include <ndmedic/cli/create_nfit.h>
#include <ndmedic/cli/exit_codes.h>
#include <ndmedic/cli/json_fields.h>
#include <ndmedic/cli/namespace_choice.h>
#include <ndmedic/cli/namespace_filter.h>
#include <ndmedic/cli/plan_text.h>
#include <ndmedic/cli/progress.h>
#include <ndmedic/cli/text.h>
#include <ndmedic/cli/words.h>
#include <ndmedic/format/untrusted_text.h>

namespace ndmedic::cli {
namespace {

constexpr const char* btt_footer =
    "An image without labels gets a BTT 1.1, a namespace with a label the version that Linux "
    "looks\n"
    "for there. What is recognised in it is not overwritten without --force.\n"
    "\n"
    "Examples:\n"
    "  ndmedic create btt --size 1G disk.img           a new file\n"
    "  ndmedic create btt --sector-size 512 disk.img   over a file that exists\n"
    "  ndmedic create btt --namespace 1 nvdimm.img     in a namespace that has a label\n"
    "  ndmedic create btt --dry-run nvdimm.img         what would be written, and where";

constexpr const char* pool_footer =
    "Examples:\n"
    "  ndmedic create pool --size 1G disk.pool\n"
    "  ndmedic create pool --sector-size 512 --seed 1 --size 17M small.pool";

Guid guid_or_throw(const std::string& text) {
  const auto guid = parse_guid(text, GuidOrder::text);
  if (!guid) throw WrongValue("\"" + text + "\" is not a uuid");
  return *guid;
}

std::string_view kind_text(const CreateArguments& arguments, const FormatPlan& format) {
  if (arguments.pool) return "pool";
  return format.version == btt_version_2_0 ? "BTT 2.0" : "BTT 1.1";
}

void print_text(const Creation& creation, const CreateArguments& arguments, std::ostream& out) {
  const FormatPlan& format = creation.format;
  const std::string path = escape_untrusted(arguments.image.images.front());
  if (!creation.replaced.empty())
    out << fmt::format("{}: {} {}\n", path, arguments.dry_run ? "would destroy" : "destroyed",
                       creation.replaced);
  const std::uint32_t seen = sector_data_size(format.external_lbasize, format.container);
  out << fmt::format("{}: {} {}: {} of {} bytes, {}, {}\n", path,
                     arguments.dry_run ? "would make" : "made", kind_text(arguments, format),
                     count_text(creation.sectors(), "sector"), format.external_lbasize,
                     size_text(creation.sectors() * seen),
                     count_text(creation.arenas.size(), "arena"));
  out << fmt::format("  uuid         {}\n", to_string(format.uuid, GuidOrder::text));
  out << fmt::format("  parent uuid  {}\n", to_string(format.parent_uuid, GuidOrder::text));
  if (!creation.undo_file.empty())
    out << fmt::format("  undo file    {}\n", escape_untrusted(creation.undo_file));
}

Json creation_json(const Creation& creation, const CreateArguments& arguments) {
  const FormatPlan& format = creation.format;
  Json json = json_head(arguments.pool ? "create pool" : "create btt");
  add_text(json, "path", arguments.image.images.front());
  json["namespace"] = creation.ns->index;
  json["dry_run"] = arguments.dry_run;
  json["version"] = format.version == btt_version_2_0 ? "2.0" : "1.1";
  json["uuid"] = to_string(format.uuid, GuidOrder::text);
  json["parent_uuid"] = to_string(format.parent_uuid, GuidOrder::text);
  json["external_lbasize"] = format.external_lbasize;
  json["sector_size"] = sector_data_size(format.external_lbasize, format.container);
  json["sectors"] = creation.sectors();
  json["arenas"] = creation.arenas.size();
  if (!creation.replaced.empty()) json["destroyed"] = creation.replaced;
  if (!creation.undo_file.empty()) add_text(json, "undo_file", creation.undo_file);
  return json;
}

Status print(const Creation& creation, const CreateArguments& arguments, std::ostream& out) {
  if (arguments.json) {
    Json json = creation_json(creation, arguments);
    if (arguments.dry_run) {
      NDMEDIC_TRY(json["plan"], plan_json(creation.files.plan()));
    }
    write_json(json, out);
    return {};
  }
  print_text(creation, arguments, out);
  return arguments.dry_run ? print_plan(creation.files.plan(), out) : Status();
}

int run(const CreateArguments& arguments, Io& io) {
  int code = 0;
  const auto creation = plan_creation(arguments, code, io);
  if (!creation) return code;
  if (!arguments.dry_run) code = carry_out(*creation, arguments, io);
  if (code != exit_ok) return code;
  if (creation->new_file) creation->new_file->keep();
  const Status printed = print(*creation, arguments, io.out);
  if (printed) return exit_ok;
  io.err << "ndmedic: " << error_text(arguments.image.images.front(), printed.error()) << '\n';
  return exit_unreadable;
}

void add_create_verb(const Verb& create, const std::string& name, const std::string& help,
                     bool pool, Run& chosen) {
  auto arguments = std::make_shared<CreateArguments>();
  arguments->pool = pool;
  const Verb verb(create, name, help);
  verb.footer(pool ? pool_footer : btt_footer);
  add_create_options(verb, *arguments);
  verb.flag("--dry-run", arguments->dry_run, "Write nothing; show what would be written");
  add_undo_options(verb, arguments->undo);
  verb.flag("--json", arguments->json, "JSON instead of text");
  add_image_options(verb, arguments->image);
  verb.runs(chosen, [arguments](Io& io) { return run(*arguments, io); });
}

}  // namespace

void add_create_options(const Verb& verb, CreateArguments& arguments) {
  verb.size(
      "--size", [&arguments](std::uint64_t size) { arguments.size = size; },
      "Make a new file of this size");
  verb.size(
      "--sector-size",
      [&arguments](std::uint64_t size) {
        if (size > std::numeric_limits<std::uint32_t>::max()) throw WrongValue("too large");
        arguments.sector_size = static_cast<std::uint32_t>(size);
      },
      "Bytes of a sector, metadata included (4096)");
  if (!arguments.pool) {
    verb.choice(
        "--version", "VERSION", {"1.1", "2.0"},
        [&arguments](const std::string& text) {
          arguments.version = text == "2.0" ? btt_version_2_0 : btt_version_1_1;
        },
        "Format version: 1.1 or 2.0");
    verb.choice(
        "--geometry", "RULE", {"linux", "libpmemblk"},
        [&arguments](const std::string& text) {
          arguments.rule = text == "linux" ? GeometryRule::kernel : GeometryRule::pmemblk;
        },
        "Lay blocks out as linux does (default) or as libpmemblk does");
    add_namespace_option(verb, arguments.selector, which_namespace);
  }
  verb.option(
      "--uuid", "UUID",
      [&arguments](const std::string& text) { arguments.uuid = guid_or_throw(text); },
      "Uuid of the BTT (random)");
  verb.option(
      "--parent-uuid", "UUID",
      [&arguments](const std::string& text) { arguments.parent_uuid = guid_or_throw(text); },
      arguments.pool ? "Uuid of the pool (random)"
                     : "Uuid of what surrounds the BTT (that of the namespace's label, or null)");
  verb.number(
      "--seed", [&arguments](std::uint64_t seed) { arguments.seed = seed; },
      "Make the same uuids each time");
  verb.flag("--force", arguments.force, "Destroy what is there; write where use cannot be told");
}

int carry_out(Creation& creation, const CreateArguments& arguments, Io& io) {
  const std::vector<std::string>& paths = arguments.image.images;
  ProgressLine line(io, "writing");
  UndoArguments undo = arguments.undo;
  undo.none = undo.none || creation.fresh;
  const PlanOutcome outcome = apply_plan(
      creation.files.plan(), paths, undo, arguments.pool ? "create pool" : "create btt",
      [&line](std::uint64_t done, std::uint64_t total) { return line.tell(done, total); });
  creation.undo_file = outcome.undo_file;
  const Result<Applied>& applied = outcome.applied;
  if (applied && !applied->cancelled) return exit_ok;
  std::string fate = "the new file is removed";
  if (!creation.new_file) fate = "there is no BTT now; run it again" + undo_hint(outcome);
  if (applied) {
    io.err << fmt::format("ndmedic: {}: cancelled; {}\n", escape_untrusted(paths.front()), fate);
    return exit_cancelled;
  }
  const bool usage = applied.error().code == Errc::invalid;
  if (usage) fate = "nothing was changed";
  io.err << fmt::format("ndmedic: {}; {}\n", error_text(outcome.path, applied.error()), fate);
  return usage ? exit_usage : exit_unreadable;
}

void add_create(CLI::App& app, Run& chosen) {
  const Verb create(app, "create",
                    "Make an NVDIMM, a namespace, a BTT, a libpmemblk pool or an NFIT");
  create.needs_verb();
  create.footer(
      "Examples:\n"
      "  ndmedic create dimm nv.img --size 4G --for qemu:slot=0 --namespace mode=sector\n"
      "  ndmedic create btt --size 1G disk.img\n"
      "  ndmedic create pool --size 1G disk.pool");
  add_create_verb(create, "btt", "Make a BTT in a new file, an image or a namespace", false,
                  chosen);
  add_create_verb(create, "pool", "Make a libpmemblk pool file", true, chosen);
  add_create_dimm(create, chosen);
  add_create_namespace(create, chosen);
  add_create_nfit(create, chosen);
}

}  // namespace ndmedic::cli
