// SPDX-License-Identifier: BSD-3-Clause
// The verb damage: seeded damage, to test what finds and repairs it.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <memory>
#include <ostream>

#include <ndmedic/cli/exit_codes.h>
#include <ndmedic/cli/media_bytes.h>
#include <ndmedic/cli/output_file.h>
#include <ndmedic/cli/plan_run.h>
#include <ndmedic/cli/plan_text.h>
#include <ndmedic/cli/planned_copy.h>
#include <ndmedic/cli/text.h>
#include <ndmedic/cli/verb_run.h>
#include <ndmedic/format/untrusted_text.h>
#include <ndmedic/fsck/damage.h>

namespace ndmedic::cli {
namespace {

constexpr const char* footer =
    "The same seed makes the same damage. A copy is damaged, IMAGE.damaged or that of -o; the "
    "image\n"
    "itself only with --in-place, and then undo takes it back. --list tells the kinds.\n"
    "\n"
    "Examples:\n"
    "  ndmedic damage --list\n"
    "  ndmedic damage flog-seq --seed 1 disk.img\n"
    "  ndmedic damage shared-lane --seed 7 -o bad.img disk.img\n"
    "  ndmedic check bad.img";

struct Arguments {
  ImageArguments image;  // behind the kind
  UndoArguments undo;
  std::string output;
  std::uint64_t seed = 1;
  bool list = false;
  bool in_place = false;
  bool force = false;
  bool dry_run = false;
  bool json = false;
};

struct KindText {
  std::string_view name;
  std::string_view meaning;
};

constexpr std::array kind_texts = {
    KindText{"info-primary", "a bit of a primary info block"},
    KindText{"info-backup", "a bit of a backup info block"},
    KindText{"info-both", "a bit of either copy of an info block"},
    KindText{"info-error", "the error flag, checksums right"},
    KindText{"info-generations", "a backup with another uuid, checksum right"},
    KindText{"map-range", "a map entry that names no block"},
    KindText{"map-error", "a map entry that reads as an error"},
    KindText{"map-duplicate", "a map entry that names another's block"},
    KindText{"map-page", "noise over 4096 bytes of a map"},
    KindText{"flog-noise", "noise over the flog of a lane"},
    KindText{"flog-zero", "zeros over the flog of a lane"},
    KindText{"flog-seq", "equal sequence numbers in a lane"},
    KindText{"flog-range", "a lane that names no block"},
    KindText{"flog-mapped", "a lane whose free block a map entry names"},
    KindText{"flog-duplicate", "two lanes with one free block"},
    KindText{"index-current", "a bit of the current index block"},
    KindText{"index-both", "a bit of either index block"},
    KindText{"label-checksum", "a size in a label, its checksum left as it was"},
    KindText{"label-extent", "a label beyond the device, checksum right"},
    KindText{"label-cookie", "another set cookie in a label, checksum right; only an NFIT tells"},
    KindText{"label-slot", "another slot number in a label, checksum right"},
    KindText{"shared-lane", "two writers on one lane, as Linux 6.7 to 7.1-rc6 let them be"},
};

/// Empty for a kind that the table lacks.
std::string_view meaning_of(std::string_view kind) {
  const auto text = std::ranges::find(kind_texts, kind, &KindText::name);
  return text == kind_texts.end() ? std::string_view() : text->meaning;
}

int list_kinds(bool as_json, Io& io) {
  if (!as_json) {
    for (const std::string_view kind : damage_kinds())
      io.out << fmt::format("{:<18} {}\n", kind, meaning_of(kind));
    return exit_ok;
  }
  Json json = json_head("damage");
  json["kinds"] = Json::array();
  for (const std::string_view kind : damage_kinds())
    json["kinds"].push_back({{"name", kind}, {"meaning", meaning_of(kind)}});
  write_json(json, io.out);
  return exit_ok;
}

/// One damaging, step by step; each step is false when it told why it cannot be.
class Damaging : VerbRun {
 public:
  Damaging(const Arguments& arguments, Io& io) : VerbRun(io), arguments_(arguments) {}

  int run() {
    if (!split_arguments() || !open_images() || !plan()) return code_;
    if (!arguments_.dry_run && !(arguments_.in_place ? apply() : copy())) return code_;
    const Status printed = print();
    if (!printed) fail(image_.images.front(), printed.error());
    return code_;
  }

 private:
  /// Errors of what is asked for are wrong usage.
  bool fail(const std::string& path, const Error& error) {
    return VerbRun::fail(path, error, error.code == Errc::invalid ? exit_usage : exit_unreadable);
  }

  bool split_arguments() {
    image_ = arguments_.image;
    if (image_.images.empty()) return refuse("damage", "give a kind and an image, or --list");
    kind_ = image_.images.front();
    image_.images.erase(image_.images.begin());
    if (std::ranges::find(damage_kinds(), kind_) == damage_kinds().end())
      return refuse(kind_, "no such kind of damage; --list tells them");
    if (image_.images.empty()) return refuse(kind_, "give an image to damage");
    if (!arguments_.output.empty() && (arguments_.in_place || image_.images.size() > 1))
      return refuse(arguments_.output, "-o is for the copy of one image");
    return true;
  }

  bool open_images() {
    const bool copies = arguments_.dry_run || !arguments_.in_place;
    Opened opened = open_for_plan(image_, arguments_.force, copies, files_, io_);
    code_ |= opened.code;
    tree_ = std::move(opened.tree);
    return tree_.has_value();
  }

  bool plan() {
    const Status made = make_damage(*tree_, kind_, arguments_.seed,
                                    [this](std::string_view place) { files_.plan().tag(place); });
    if (made) return true;
    if (made.error().code == Errc::not_found)
      return refuse(image_.images.front(), fmt::format("no {} there to damage", made.error().what),
                    exit_damage);
    return fail(image_.images.front(), made.error());
  }

  bool apply() {
    const PlanRun done = run_plan(files_.plan(), image_, arguments_.undo, "damage", io_);
    code_ |= done.code;
    undo_file_ = done.undo_file;
    return code_ == exit_ok;
  }

  std::string copy_of(const std::string& path) const {
    return arguments_.output.empty() ? path + ".damaged" : arguments_.output;
  }

  /// Each image as it would be.
  bool copy() {
    for (std::size_t i = 0; i < files_.count(); ++i) {
      const PlannedCopy done =
          copy_planned(files_, i, copy_of(image_.images[i]), files_of(image_), io_);
      if (!done.status)
        return fail(done.of_output ? copy_of(image_.images[i]) : image_.images[i],
                    done.status.error());
    }
    return true;
  }

  Status print() {
    const std::string& first = image_.images.front();
    const std::string path = arguments_.in_place ? first : copy_of(first);
    if (arguments_.json) {
      Json json = json_head("damage");
      add_text(json, "path", path);
      json["kind"] = kind_;
      json["seed"] = arguments_.seed;
      json["dry_run"] = arguments_.dry_run;
      NDMEDIC_TRY(json["plan"], plan_json(files_.plan()));
      if (!undo_file_.empty()) add_text(json, "undo_file", undo_file_);
      write_json(json, io_.out);
      return {};
    }
    // With -o - the standard output is the copy.
    std::ostream& out = arguments_.output == "-" ? io_.err : io_.out;
    out << fmt::format("{}: {} {}, seed {}\n", escape_untrusted(path),
                       arguments_.dry_run ? "would get" : "has", kind_, arguments_.seed);
    if (!undo_file_.empty())
      out << fmt::format("  undo file    {}\n", escape_untrusted(undo_file_));
    return print_plan(files_.plan(), out);
  }

  const Arguments& arguments_;
  ImageArguments image_;
  std::string kind_;
  PlannedFiles files_;
  std::optional<ImageTree> tree_;
  std::string undo_file_;
};

}  // namespace

void add_damage(CLI::App& app, Run& chosen) {
  auto arguments = std::make_shared<Arguments>();
  const Verb verb(app, "damage", "Damage a copy of an image, to test what repairs it");
  verb.footer(footer);
  verb.flag("--list", arguments->list, "The kinds of damage there are");
  verb.number(
      "--seed", [arguments](std::uint64_t seed) { arguments->seed = seed; },
      "Decides where it hits (1)");
  verb.option(
      "-o,--output", "FILE", [arguments](const std::string& path) { arguments->output = path; },
      "Where the damaged copy goes (IMAGE.damaged)");
  verb.flag("--in-place", arguments->in_place, "Damage the image itself");
  verb.excludes("--in-place", "--output");
  verb.flag("--dry-run", arguments->dry_run, "Write nothing; show what would be damaged");
  verb.flag("--force", arguments->force, "Write where use cannot be told");
  add_undo_options(verb, arguments->undo);
  verb.flag("--json", arguments->json, "JSON instead of text");
  add_image_options(verb, arguments->image, "KIND IMAGE", 0);
  verb.runs(chosen, [arguments](Io& io) {
    return arguments->list ? list_kinds(arguments->json, io) : Damaging(*arguments, io).run();
  });
}

}  // namespace ndmedic::cli
