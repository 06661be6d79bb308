// SPDX-License-Identifier: BSD-3-Clause
// The verb scan: structures anywhere in files and devices, and the images that they are of.
#include <fmt/format.h>

#include <array>
#include <memory>
#include <optional>
#include <ostream>

#include <ndmedic/cli/cancel.h>
#include <ndmedic/cli/command.h>
#include <ndmedic/cli/exit_codes.h>
#include <ndmedic/cli/image_options.h>
#include <ndmedic/cli/output.h>
#include <ndmedic/cli/progress.h>
#include <ndmedic/cli/scan_advice.h>
#include <ndmedic/cli/scan_json.h>
#include <ndmedic/cli/text.h>
#include <ndmedic/cli/verb.h>
#include <ndmedic/cli/words.h>
#include <ndmedic/format/guid_source.h>
#include <ndmedic/format/untrusted_text.h>

namespace ndmedic::cli {
namespace {

constexpr const char* footer =
    "For files that nothing recognises: cut out of a larger one, shifted, padded, or without "
    "their\n"
    "info blocks. Found by signature at any byte, whatever the file is; flogs by their shape. For\n"
    "each image and arena that follows from it, the command to go on with is told. Holes are\n"
    "skipped; nothing is written.\n"
    "Exit code: 0, 8 when something could not be read, 32 when cancelled.\n"
    "\n"
    "Examples:\n"
    "  ndmedic scan rescued.img            what is in it, and how to open that\n"
    "  ndmedic scan --json /dev/sdb        the same for programs";

constexpr std::size_t listed_max = 16;  // of each kind, without --all

struct Arguments {
  std::vector<std::string> files;
  std::string output;
  std::optional<std::uint64_t> seed{};
  bool json = false;
  bool all = false;
};

std::string amount_text(std::uint64_t bytes) { return bytes == 0 ? "nothing" : size_text(bytes); }

std::string sighting_line(const Sighting& sighting) {
  std::string text =
      fmt::format("  {:<18} {}", hex_text(sighting.offset), sighting_text(sighting.kind));
  if (sighting.kind == SightingKind::flog)
    text += fmt::format(", {}", count_text(sighting.size / flog_group_size, "lane"));
  if (!sighting.uuid.is_null()) text += "  " + to_string(sighting.uuid, GuidOrder::text);
  return text + (sighting.whole ? "" : "  damaged");
}

void print_sightings(const ScanReport& report, bool all, std::ostream& out) {
  std::array<std::size_t, sighting_kind_count> listed{};
  for (const Sighting& sighting : report.sightings)
    if (++listed[static_cast<std::size_t>(sighting.kind)] <= listed_max || all)
      out << sighting_line(sighting) << '\n';
  for (std::size_t kind = 0; kind < sighting_kind_count; ++kind) {
    const std::uint64_t shown = all ? listed[kind] : std::min(listed[kind], listed_max);
    if (report.counts[kind] > shown)
      out << fmt::format("  and {} more: {}\n", report.counts[kind] - shown,
                         sighting_text(static_cast<SightingKind>(kind)));
  }
}

void print_image(const std::string& path, const ImageProposal& image, const Media& media,
                 std::ostream& out) {
  out << fmt::format("{} at {}, {}{}\n", device_kind_text(image.kind), hex_text(image.base),
                     image.length_known ? "" : "up to ", size_text(image.length));
  if (opens_as_it_is(image, media)) out << "  it is the whole file\n";
  if (image.missing_before > 0)
    out << fmt::format(
        "  cut: its first {} are not in the file; this makes a copy with room for "
        "them\n",
        size_text(image.missing_before));
  if (image.missing_behind > 0)
    out << fmt::format("  cut: its last {} are not in the file\n", size_text(image.missing_behind));
  out << "  next: " << next_command(path, image, media) << '\n';
}

void print_arena(const std::string& path, const ArenaProposal& proposal, const Media& media,
                 const Guid& uuid, std::ostream& out) {
  const ArenaGeometry& geometry = proposal.arena.geometry;
  out << fmt::format("arena without info blocks at {}, {}: BTT {}.{}, {} of {} bytes, {}\n",
                     hex_text(proposal.arena.start.value),
                     size_text(geometry.arena_size - proposal.missing_before),
                     proposal.arena.version.major, proposal.arena.version.minor,
                     count_text(geometry.external_nlba, "sector"), geometry.external_lbasize,
                     count_text(geometry.nfree, "lane"));
  out << fmt::format("  by its flog at {}: {} fit, {} contradict", hex_text(proposal.flog),
                     count_text(proposal.fitting, "lane"), proposal.contradicting);
  if (proposal.map_entries > 0)
    out << fmt::format("; {} of {} map entries name no block of it", proposal.map_beyond,
                       proposal.map_entries);
  out << '\n';
  if (!proposal.only) out << "  undecided: others fit as well\n";
  if (!proposal.anchored) out << "  nothing else says that it begins there\n";
  if (proposal.missing_before > 0)
    out << fmt::format(
        "  cut: its first {} are not in the file; this makes a copy with room for "
        "them\n",
        size_text(proposal.missing_before));
  out << "  next: " << advice_for(path, proposal, uuid, media).command << '\n';
}

void print_file(const std::string& path, const Media& media, const ScanReport& report,
                const ScanProposals& proposals, const Guid& uuid, bool all, std::ostream& out) {
  out << fmt::format("{}: {}; {} read, {} in holes\n", escape_untrusted(path),
                     size_text(media.size()), amount_text(report.scanned),
                     amount_text(report.skipped));
  if (report.unreadable > 0)
    out << fmt::format("  not checked: {} that cannot be read\n", size_text(report.unreadable));
  if (report.sightings.empty()) out << "  nothing is recognised\n";
  print_sightings(report, all, out);
  for (const ImageProposal& image : proposals.images) print_image(path, image, media, out);
  for (const ArenaProposal& proposal : proposals.arenas)
    print_arena(path, proposal, media, uuid, out);
}

/// Scans the files one after another; each tells its part of the exit code.
class Scanning {
 public:
  Scanning(const Arguments& arguments, Io& io) : arguments_(arguments), io_(io) {}

  int run() {
    GuidSource source(arguments_.seed);
    const auto uuid = source.next();
    if (!uuid) {
      io_.err << "ndmedic: " << error_text("random numbers", uuid.error()) << '\n';
      return exit_unreadable;
    }
    uuid_ = *uuid;
    for (const std::string& path : arguments_.files)
      if (!cancel_requested() && !scan_file(path)) code_ |= exit_unreadable;
    if (arguments_.json) {
      Json json = json_head("scan");
      json["files"] = std::move(files_);
      json["exit_code"] = code_;
      write_json(json, io_.out);
    }
    return code_;
  }

 private:
  bool scan_file(const std::string& path) {
    const auto media = open_image_file(path);
    if (!media) return fail(path, media.error());
    const auto report = [&] {
      ProgressLine line(io_, "scanning");
      return scan(**media,
                  [&](std::uint64_t done, std::uint64_t total) { return line.tell(done, total); });
    }();
    if (!report) return fail(path, report.error());
    const auto proposals = propose(**media, *report);
    if (!proposals) return fail(path, proposals.error());
    if (report->cancelled) {
      io_.err << "ndmedic: cancelled; not everything was looked at\n";
      code_ |= exit_cancelled;
    }
    if (arguments_.json)
      files_.push_back(scan_json(path, **media, *report, *proposals, uuid_));
    else
      print_file(path, **media, *report, *proposals, uuid_, arguments_.all, io_.out);
    return report->unreadable == 0;
  }

  bool fail(const std::string& path, const Error& error) {
    io_.err << "ndmedic: " << error_text(path, error) << '\n';
    return false;
  }

  const Arguments& arguments_;
  Io& io_;
  Guid uuid_{};
  Json files_ = Json::array();
  int code_ = exit_ok;
};

}  // namespace

void add_scan(CLI::App& app, Run& chosen) {
  auto arguments = std::make_shared<Arguments>();
  const Verb verb(app, "scan", "Structures anywhere in files, and the images that they are of");
  verb.footer(footer);
  verb.flag("--json", arguments->json, "JSON instead of text");
  verb.flag("--all", arguments->all, "List all structures, not 16 of each kind");
  verb.number(
      "--seed", [arguments](std::uint64_t seed) { arguments->seed = seed; },
      "Make the same uuid for new info blocks each time");
  add_output_option(verb, arguments->output);
  verb.arguments("FILE", arguments->files, 1, "Files or block devices, each looked at by itself");
  verb.runs(chosen, [arguments](Io& io) {
    return run_into(arguments->output, arguments->files, io,
                    [&](Io& into) { return Scanning(*arguments, into).run(); });
  });
}

}  // namespace ndmedic::cli
