// SPDX-License-Identifier: BSD-3-Clause
// The verb edit: values of single places, with the copies and checksums that go with them.
#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <ostream>

#include <ndmedic/cli/edit_text.h>
#include <ndmedic/cli/exit_codes.h>
#include <ndmedic/cli/image_options.h>
#include <ndmedic/cli/place_errors.h>
#include <ndmedic/cli/plan_run.h>
#include <ndmedic/cli/plan_text.h>
#include <ndmedic/cli/text.h>
#include <ndmedic/cli/verb_run.h>
#include <ndmedic/format/untrusted_text.h>
#include <ndmedic/image/place_edit.h>

namespace ndmedic::cli {
namespace {

constexpr const char* footer =
    "PLACE is that of dump. A value is what dump shows for the field: a number, decimal or 0x; a\n"
    "uuid; text; names of flags, with | between them; hex digits for plain bytes. A map range "
    "takes\n"
    "one number for each entry. The other copy of an info block changes too, and checksums are "
    "made\n"
    "right; --raw changes the named bytes and nothing else.\n"
    "\n"
    "Examples:\n"
    "  ndmedic edit --dry-run nvdimm.img ns/0/arena0/info.flags=0\n"
    "  ndmedic edit nvdimm.img labels/slot/1.name=scratch labels/slot/1.flags=LOCAL\n"
    "  ndmedic edit disk.img ns/0/arena0/map/17=0x80000000\n"
    "  ndmedic edit --raw nvdimm.img labels/index0.checksum=0 @0x2000+4=deadbeef";

struct Arguments {
  ImageArguments image;  // and the changes behind them
  UndoArguments undo;
  bool raw = false;
  bool force = false;
  bool dry_run = false;
  bool json = false;
};

/// One editing, step by step; each step is false when it told why it cannot be.
class Editing : VerbRun {
 public:
  Editing(const Arguments& arguments, Io& io) : VerbRun(io), arguments_(arguments) {}

  int run() {
    if (!split_arguments() || !open_images() || !collect() || !write()) return code_;
    if (!arguments_.dry_run) {
      const PlanRun done = run_plan(files_.plan(), image_, arguments_.undo, "edit", io_);
      code_ |= done.code;
      undo_file_ = done.undo_file;
      if (code_ != exit_ok) return code_;
    }
    const Status printed = arguments_.json ? print_json() : print_text();
    if (!printed) fail(printed.error());
    return code_;
  }

 private:
  bool fail(const Error& error) { return VerbRun::fail(image_.images.front(), error); }

  /// The first argument is an image, whatever it is called.
  bool split_arguments() {
    image_ = arguments_.image;
    const auto is_change = [](const std::string& text) { return text.contains('='); };
    const auto first = std::find_if(image_.images.begin() + 1, image_.images.end(), is_change);
    changes_.assign(first, image_.images.end());
    image_.images.erase(first, image_.images.end());
    if (changes_.empty()) return refuse(image_.images.back(), "no PLACE=value says what to change");
    for (const std::string& change : changes_)
      if (!is_change(change)) return refuse(change, "images come before what is changed in them");
    return true;
  }

  bool open_images() {
    Opened opened = open_for_plan(image_, arguments_.force, arguments_.dry_run, files_, io_);
    code_ |= opened.code;
    if (!opened.tree) return false;
    tree_ = std::move(opened.tree);
    EditMode mode = arguments_.force ? EditMode::forced : EditMode::careful;
    if (arguments_.raw) mode = EditMode::raw;
    edit_.emplace(*tree_, mode);
    return true;
  }

  bool collect() {
    return std::ranges::all_of(changes_, [&](const std::string& text) { return change(text); });
  }

  bool change(const std::string& text) {
    const std::size_t end = text.find('=');
    const std::string where = text.substr(0, end);
    const std::string value = text.substr(end + 1);
    const auto place = parse_place(where);
    if (!place) return code_ |= tell_place_error(where, place.error(), io_.err), false;
    const auto target = locate(edit_->places(), *place);
    if (!target) return code_ |= tell_locate_error(where, target.error(), *tree_, io_.err), false;
    const auto bytes = parse_value(value, *target, place->kind);
    if (!bytes && bytes.error().code == Errc::too_large)
      return refuse(where, fmt::format("{} are too much for one change, at most {}",
                                       size_text(target->range.size), size_text(place_bytes_max)));
    if (!bytes)
      return refuse(where, fmt::format("\"{}\" does not fit: give {}", escape_untrusted(value),
                                       wanted_value_text(*target, place->kind)));
    const Status changed = edit_->change(*place, *bytes);
    return changed || tell_refusal(where, changed.error());
  }

  bool tell_refusal(const std::string& where, const Error& error) {
    if (error.code == Errc::damaged)
      return refuse(where,
                    "the checksum of the structure is wrong, so more may be; --force makes it "
                    "right, --raw leaves it",
                    exit_damage);
    if (error.code == Errc::invalid && error.what == "overlap")
      return refuse(where, "it overlaps another change; make one after the other");
    if (error.code == Errc::invalid)
      return refuse(where, "checksums are made right by themselves; --raw writes this one");
    return refuse(where, error_text(image_.images.front(), error), exit_unreadable);
  }

  bool write() {
    const Status written =
        edit_->write([this](std::string_view place) { files_.plan().tag(place); });
    return written || fail(written.error());
  }

  Status print_text() {
    const auto values = changed_values(edit_->edited());
    const std::string path = escape_untrusted(image_.images.front());
    if (values.empty()) {
      io_.out << path << ": the values are these already\n";
      return {};
    }
    io_.out << fmt::format("{}: {}\n", path, arguments_.dry_run ? "would change" : "changed");
    print_values(values, io_.out);
    for (const Place& place : edit_->left_alone())
      io_.out << fmt::format("  {} stays as it is: its checksum is wrong\n", to_string(place));
    if (!undo_file_.empty())
      io_.out << fmt::format("  undo file    {}\n", escape_untrusted(undo_file_));
    return arguments_.dry_run ? print_plan(files_.plan(), io_.out) : Status();
  }

  Status print_json() {
    Json json = json_head("edit");
    json["dry_run"] = arguments_.dry_run;
    json["changes"] = values_json(edit_->edited());
    json["left_alone"] = Json::array();
    for (const Place& place : edit_->left_alone()) json["left_alone"].push_back(to_string(place));
    if (!undo_file_.empty()) add_text(json, "undo_file", undo_file_);
    if (arguments_.dry_run) {
      NDMEDIC_TRY(json["plan"], plan_json(files_.plan()));
    }
    write_json(json, io_.out);
    return {};
  }

  const Arguments& arguments_;
  ImageArguments image_;
  std::vector<std::string> changes_;
  PlannedFiles files_;
  std::optional<ImageTree> tree_;
  std::optional<PlaceEdit> edit_;
  std::string undo_file_;
};

}  // namespace

void add_edit(CLI::App& app, Run& chosen) {
  auto arguments = std::make_shared<Arguments>();
  const Verb verb(app, "edit", "Change single fields, map entries or bytes of an image");
  verb.footer(footer);
  verb.flag("--raw", arguments->raw, "The named bytes and nothing else: no copies, no checksums");
  verb.flag("--dry-run", arguments->dry_run, "Write nothing; show what would be changed");
  verb.flag("--force", arguments->force,
            "Edit what has a wrong checksum; write where use cannot be told");
  add_undo_options(verb, arguments->undo);
  verb.flag("--json", arguments->json, "JSON instead of text");
  add_image_options(verb, arguments->image, "IMAGE... PLACE=VALUE", 2);
  verb.runs(chosen, [arguments](Io& io) { return Editing(*arguments, io).run(); });
}

}  // namespace ndmedic::cli
