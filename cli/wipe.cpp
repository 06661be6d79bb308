// SPDX-License-Identifier: BSD-3-Clause
// The verb wipe: info blocks and label areas that shall be nothing any more.
#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <ostream>

#include <ndmedic/cli/exit_codes.h>
#include <ndmedic/cli/image_options.h>
#include <ndmedic/cli/labels_verbs.h>
#include <ndmedic/cli/namespace_choice.h>
#include <ndmedic/cli/namespace_filter.h>
#include <ndmedic/cli/plan_run.h>
#include <ndmedic/cli/plan_text.h>
#include <ndmedic/cli/text.h>
#include <ndmedic/cli/verb_run.h>
#include <ndmedic/cli/words.h>
#include <ndmedic/format/untrusted_text.h>
#include <ndmedic/fsck/traces.h>
#include <ndmedic/labels/area_copy.h>

namespace ndmedic::cli {
namespace {

constexpr const char* footer =
    "KIND, of which several can be given:\n"
    "  btt     both copies of all info blocks, of any version and former size; a pool's header\n"
    "  pfn     the info block of fsdax\n"
    "  dax     the info block of devdax\n"
    "  stale   whatever is not of the personality that a namespace has now\n"
    "  labels  the label area: namespaces are forgotten, their data stays\n"
    "Without --what it lists what there is, and removes nothing. With the personality of a "
    "namespace\n"
    "go all former ones, as one of them would come into force. What lies within the data of a\n"
    "personality that stays is left alone without --force. A power loss leaves the personality as "
    "it\n"
    "was, or none.\n"
    "\n"
    "Examples:\n"
    "  ndmedic wipe nvdimm.img                       what could be removed\n"
    "  ndmedic wipe --what stale nvdimm.img          what former uses left behind\n"
    "  ndmedic wipe --what btt --namespace 1 nvdimm.img\n"
    "  ndmedic wipe --dry-run --what labels nvdimm.img";

struct Arguments {
  ImageArguments image;
  UndoArguments undo;
  std::string selector;
  WipeChoice choice;
  bool labels = false;
  bool force = false;
  bool dry_run = false;
  bool json = false;

  bool chooses() const { return labels || choice.btt || choice.pfn || choice.dax || choice.stale; }
};

/// A label area that holds anything.
struct FilledArea {
  const DeviceImage* device = nullptr;
  bool removed = false;
};

std::string_view kind_text(TraceKind kind) {
  switch (kind) {
    case TraceKind::btt:
      return "BTT info block";
    case TraceKind::pfn:
      return "fsdax (PFN) info block";
    case TraceKind::dax:
      return "devdax (DAX) info block";
    case TraceKind::pool:
      break;
  }
  return "libpmemblk pool header";
}

/// One wiping, step by step; each step is false when it told why it cannot be.
class Wiping : VerbRun {
 public:
  Wiping(const Arguments& arguments, Io& io) : VerbRun(io), arguments_(arguments) {}

  int run() {
    if (!open_images() || !find() || !plan()) return code_;
    if (!looks_only()) {
      const PlanRun done = run_plan(files_.plan(), arguments_.image, arguments_.undo, "wipe", io_);
      code_ |= done.code;
      undo_file_ = done.undo_file;
      if (code_ != exit_ok) return code_;
    }
    const Status printed = arguments_.json ? print_json() : print_text();
    if (!printed) fail(printed.error());
    return code_ | (list_.unreadable > 0 ? exit_unreadable : exit_ok);
  }

 private:
  bool looks_only() const { return arguments_.dry_run || !arguments_.chooses(); }

  bool fail(const Error& error) { return VerbRun::fail(arguments_.image.images.front(), error); }

  bool open_images() {
    Opened opened = open_for_plan(arguments_.image, arguments_.force, looks_only(), files_, io_);
    code_ |= opened.code;
    tree_ = std::move(opened.tree);
    return tree_.has_value();
  }

  bool find() {
    auto found = find_traces(*tree_);
    if (!found) return fail(found.error());
    list_ = std::move(*found);
    for (const DeviceImage& device : tree_->devices) {
      if (!device.labels) continue;
      const auto blank = is_zero(*device.labels, {0, device.labels->size()});
      if (!blank && blank.error().code != Errc::bad_media) return fail(blank.error());
      if (!blank || !*blank) areas_.push_back({&device, arguments_.labels});
    }
    if (arguments_.selector.empty()) return true;
    areas_.clear();
    const auto index = namespace_index(*tree_, arguments_.selector, io_.err);
    if (!index) return code_ |= exit_usage, false;
    std::erase_if(list_.traces, [&](const Trace& trace) { return trace.ns != *index; });
    return true;
  }

  /// The data of namespaces first: labels say where they are.
  bool plan() {
    WipeChoice choice = arguments_.choice;
    choice.in_data = arguments_.force;
    removed_ = chosen_traces(list_, choice);
    const auto stage = [this](std::string_view name) { files_.plan().tag(name); };
    if (const Status wiped = wipe_traces(*tree_, removed_, stage); !wiped)
      return fail(wiped.error());
    for (const FilledArea& area : areas_) {
      if (!area.removed) continue;
      Media& labels = *area.device->labels;
      const std::vector<std::byte> zeros(labels.size());
      if (const Status wiped = replace_label_area(labels, zeros, stage); !wiped)
        return fail(wiped.error());
    }
    return true;
  }

  bool is_removed(const Trace& trace) const {
    return std::ranges::find(removed_, trace) != removed_.end();
  }

  std::string fate_text(bool removed) const {
    if (!removed) return "left";
    return arguments_.dry_run ? "would be removed" : "removed";
  }

  void print_trace(const Trace& trace) {
    std::string what(kind_text(trace.kind));
    if (trace.backup) what += ", backup";
    if (!trace.whole) what += ", damaged";
    what += trace.live ? ", in force" : trace.in_data ? ", within data" : ", stale";
    print_line(fmt::format("ns/{} at {:#x}", trace.ns, trace.offset), what, is_removed(trace));
  }

  void print_line(const std::string& place, const std::string& what, bool removed) {
    if (!arguments_.chooses())
      io_.out << fmt::format("  {:<24} {}\n", place, what);
    else
      io_.out << fmt::format("  {:<24} {}: {}\n", place, what, fate_text(removed));
  }

  Status print_text() {
    const std::string path = escape_untrusted(arguments_.image.images.front());
    const std::size_t areas =
        static_cast<std::size_t>(std::ranges::count(areas_, true, &FilledArea::removed));
    if (list_.traces.empty() && areas_.empty())
      io_.out << path << ": nothing is recognised\n";
    else if (!arguments_.chooses())
      io_.out << path << ": --what chooses from\n";
    else if (removed_.empty() && areas == 0)
      io_.out << path << ": nothing of that kind\n";
    else
      io_.out << fmt::format("{}: {} {}\n", path, arguments_.dry_run ? "would remove" : "removed",
                             removed_text(areas));
    for (const Trace& trace : list_.traces) print_trace(trace);
    for (const FilledArea& area : areas_)
      print_line(fmt::format("d{}/labels", area.device->index),
                 fmt::format("label area of {}", size_text(area.device->labels->size())),
                 area.removed);
    if (list_.unreadable > 0)
      io_.out << fmt::format("  not checked: {} that cannot be read\n",
                             count_text(list_.unreadable, "place"));
    if (!undo_file_.empty())
      io_.out << fmt::format("  undo file    {}\n", escape_untrusted(undo_file_));
    return arguments_.dry_run && !files_.plan().empty() ? print_plan(files_.plan(), io_.out)
                                                        : Status();
  }

  std::string removed_text(std::size_t areas) const {
    if (areas == 0) return count_text(removed_.size(), "block");
    const std::string text = count_text(areas, "label area");
    return removed_.empty() ? text : count_text(removed_.size(), "block") + ", " + text;
  }

  Status print_json() {
    Json json = json_head("wipe");
    json["dry_run"] = arguments_.dry_run;
    json["blocks"] = Json::array();
    for (const Trace& trace : list_.traces) {
      Json entry = {{"kind", to_string(trace.kind)}, {"namespace", trace.ns}};
      add_number(entry, "offset", trace.offset);
      entry["backup"] = trace.backup;
      entry["checksum_right"] = trace.whole;
      entry["in_force"] = trace.live;
      entry["within_data"] = trace.in_data;
      entry["removed"] = is_removed(trace);
      json["blocks"].push_back(std::move(entry));
    }
    json["label_areas"] = Json::array();
    for (const FilledArea& area : areas_)
      json["label_areas"].push_back({{"device", area.device->index},
                                     {"size", area.device->labels->size()},
                                     {"removed", area.removed}});
    json["not_checked"] = list_.unreadable;
    if (!undo_file_.empty()) add_text(json, "undo_file", undo_file_);
    if (arguments_.dry_run) {
      NDMEDIC_TRY(json["plan"], plan_json(files_.plan()));
    }
    write_json(json, io_.out);
    return {};
  }

  const Arguments& arguments_;
  PlannedFiles files_;
  std::optional<ImageTree> tree_;
  TraceList list_;
  std::vector<Trace> removed_;
  std::vector<FilledArea> areas_;
  std::string undo_file_;
};

void choose(Arguments& arguments, const std::string& kind) {
  WipeChoice& choice = arguments.choice;
  bool& chosen = kind == "btt"     ? choice.btt
                 : kind == "pfn"   ? choice.pfn
                 : kind == "dax"   ? choice.dax
                 : kind == "stale" ? choice.stale
                                   : arguments.labels;
  chosen = true;
}

}  // namespace

void add_wipe(CLI::App& app, Run& chosen) {
  auto arguments = std::make_shared<Arguments>();
  const Verb verb(app, "wipe", "Remove info blocks and label areas, stale ones too");
  verb.footer(footer);
  verb.choices(
      "--what", "KIND", {"btt", "pfn", "dax", "stale", "labels"},
      [arguments](const std::string& kind) { choose(*arguments, kind); },
      "What to remove: btt, pfn, dax, stale, labels");
  add_namespace_option(verb, arguments->selector, "Only what lies in this namespace");
  verb.flag("--dry-run", arguments->dry_run, "Write nothing; show what would be removed");
  verb.flag("--force", arguments->force,
            "Also within the data of a personality that stays; write where use cannot be told");
  add_undo_options(verb, arguments->undo);
  verb.flag("--json", arguments->json, "JSON instead of text");
  add_image_options(verb, arguments->image);
  verb.runs(chosen, [arguments](Io& io) { return Wiping(*arguments, io).run(); });
}

}  // namespace ndmedic::cli
