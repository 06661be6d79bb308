// SPDX-License-Identifier: BSD-3-Clause
// The verb repair: what check finds is mended, by a plan that is shown, kept within consent, and
// can be taken back.
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <iostream>
#include <memory>
#include <set>

#include <ndmedic/cli/cancel.h>
#include <ndmedic/cli/check_progress.h>
#include <ndmedic/cli/exit_codes.h>
#include <ndmedic/cli/finding_count.h>
#include <ndmedic/cli/image_options.h>
#include <ndmedic/cli/output_file.h>
#include <ndmedic/cli/plan_run.h>
#include <ndmedic/cli/plan_text.h>
#include <ndmedic/cli/planned_copy.h>
#include <ndmedic/cli/repair_text.h>
#include <ndmedic/cli/salvage_file.h>
#include <ndmedic/cli/show_json.h>
#include <ndmedic/cli/show_text.h>
#include <ndmedic/cli/text.h>
#include <ndmedic/cli/verb_run.h>
#include <ndmedic/cli/words.h>
#include <ndmedic/format/untrusted_text.h>
#include <ndmedic/fsck/check.h>
#include <ndmedic/image/personality.h>

namespace ndmedic::cli {
namespace {

constexpr const char* footer =
    "A repair is safe (nothing is lost), lossy (sectors or labels are, as is said before), or\n"
    "manual (nothing decides; only done when --only names its code). Blocks whose owner is not\n"
    "certain are kept in IMAGE.salvage before. What was changed, \"ndmedic undo\" takes back.\n"
    "Exit code: 0 nothing to do, 1 repaired, 4 damage is left, 8 something could not be read or\n"
    "written, 32 cancelled; or-ed.\n"
    "\n"
    "Examples:\n"
    "  ndmedic repair -n nvdimm.img            what would be done, and every store of it\n"
    "  ndmedic repair -p nvdimm.img            what is safe, without questions\n"
    "  ndmedic repair -y --list-lost bad.txt nvdimm.img\n"
    "                                          all but manual ones; lost sectors for e2fsck -l\n"
    "  ndmedic repair -y -o mended.img nvdimm.img\n"
    "                                          a mended copy\n"
    "  ndmedic repair -y --only BTT-421 nvdimm.img";

constexpr unsigned passes_max = 8;  // what one repair uncovers, the next pass mends

struct Arguments {
  ImageArguments image;
  UndoArguments undo;
  std::vector<std::string> only_codes;
  std::string output;
  std::string list_lost;
  std::string salvage;
  std::uint64_t lost_unit = 0;
  std::optional<int> progress_fd{};
  bool safe = false;
  bool yes = false;
  bool dry_run = false;
  bool force = false;
  bool json = false;
};

/// One repair run, step by step; each step is false when it told why it cannot be.
class Repairing : VerbRun {
 public:
  Repairing(const Arguments& arguments, Io& io) : VerbRun(io), arguments_(arguments) {
    arguments_.image.options.probe_content = false;
  }

  int run() {
    if (!choose_codes() || !choose_mode() || !open_images() || !plan()) return code_;
    if (!namespaces_stay()) return code_;
    if (!done_.empty() && !carry_out()) return code_;
    if (const Status printed = print(); !printed) fail(first_path(), printed.error());
    return code_;
  }

 private:
  const std::string& first_path() const { return arguments_.image.images.front(); }

  bool refuse(std::string_view sentence, int code = exit_usage) {
    return VerbRun::refuse(first_path(), sentence, code);
  }

  bool choose_codes() {
    for (const std::string& word : arguments_.only_codes) {
      const Problem* row = find_problem(word);
      if (!row)
        return refuse(
            fmt::format("\"{}\" is no code; see \"ndmedic explain\"", escape_untrusted(word)));
      only_.insert(row->id);
    }
    if (!arguments_.output.empty() && arguments_.image.images.size() > 1)
      return refuse("-o is for the copy of one image");
    return true;
  }

  bool choose_mode() {
    asks_ = !arguments_.safe && !arguments_.yes && !arguments_.dry_run;
    if (asks_ && (!io_.terminal || ::isatty(STDIN_FILENO) != 1))
      return refuse("give -p (what is safe), -y (all but manual repairs) or -n (only show)");
    return true;
  }

  bool writes() const { return !arguments_.dry_run && arguments_.output.empty(); }

  bool open_images() {
    const Opened opened = open_for_plan(arguments_.image, arguments_.force, !writes(), files_, io_);
    code_ |= opened.code;
    return opened.tree.has_value();
  }

  bool is_chosen(const Repair& repair) const {
    if (!only_.empty() && !only_.contains(repair.cures)) return false;
    if (repair.consent == RepairClass::manual) return only_.contains(repair.cures);
    return repair.consent == RepairClass::safe || !arguments_.safe;
  }

  /// Checks, chooses and repairs on the overlay until nothing more is chosen; leaves the last
  /// check's tree and findings.
  bool plan() {
    for (unsigned pass = 0;; ++pass) {
      findings_ = Findings();
      auto tree = open_as_planned(arguments_.image, files_, findings_);
      if (!tree) return fail(first_path(), tree.error());
      tree_ = std::move(*tree);
      const auto checked = look();
      if (!checked) return false;
      if (pass == 0) {
        before_ = visible_namespaces();
        found_ = count_of(findings_);
      }
      if (pass == passes_max) return true;
      auto proposed = propose_repairs(tree_, *checked, findings_);
      if (!proposed) return fail(first_path(), proposed.error());
      auto chosen = take_chosen(std::move(*proposed));
      if (chosen.empty()) return true;
      if (!simulate(chosen)) return false;
    }
  }

  std::optional<CheckResult> look() {
    CheckProgress told(io_, arguments_.progress_fd, first_path());
    const auto progress = [&](std::uint64_t done, std::uint64_t total) {
      return told.tell(done, total);
    };
    auto checked = check(tree_, progress, findings_);
    if (!checked) return fail(first_path(), checked.error()), std::nullopt;
    if (!checked->cancelled) return std::move(*checked);
    refuse("cancelled; nothing was changed", exit_cancelled);
    return std::nullopt;
  }

  /// Each once, also when a next pass proposes it again.
  std::vector<Repair> take_chosen(std::vector<Repair> proposed) {
    std::vector<Repair> chosen;
    left_.clear();
    for (Repair& repair : proposed) {
      if (!is_chosen(repair)) {
        left_.push_back(std::move(repair));
      } else if (known_.emplace(repair.cures, to_string(repair.place)).second) {
        chosen.push_back(std::move(repair));
      }
    }
    return chosen;
  }

  bool simulate(std::vector<Repair>& chosen) {
    auto kept = read_salvage(tree_, chosen);
    if (!kept) return fail(first_path(), kept.error());
    std::ranges::move(*kept, std::back_inserter(salvaged_));
    Status status;
    for (const Repair& repair : chosen) {
      files_.plan().tag(fmt::format("{} {}", code(repair.cures), to_string(repair.place)));
      if (status && repair.prepare) status = repair.prepare();
    }
    for (Repair& repair : chosen) {
      files_.plan().tag(fmt::format("{} {}", code(repair.cures), to_string(repair.place)));
      if (status) status = repair.carry_out();
      note_lost(repair);
      repair.prepare = repair.carry_out = nullptr;
      done_.push_back(std::move(repair));
    }
    return status ? true : fail(first_path(), status.error());
  }

  struct LostSector {
    std::uint32_t ns = 0;
    std::uint64_t lba = 0;
    std::uint64_t size = 0;  ///< bytes of a sector
  };

  void note_lost(const Repair& repair) {
    for (const LostSectors& lost : repair.lost) {
      const std::uint32_t size = sector_size_of(tree_.namespaces[lost.ns]);
      for (std::uint64_t i = 0; i < lost.count; ++i)
        lost_.push_back({lost.ns, lost.first.value + i, size});
    }
  }

  std::uint64_t lost_bytes() const {
    std::uint64_t bytes = 0;
    for (const LostSector& lost : lost_) bytes += lost.size;
    return bytes;
  }

  using Visible = std::set<std::tuple<std::string, std::uint64_t, std::uint64_t>>;

  /// Namespaces that Linux shows, with size and place (RP6).
  Visible visible_namespaces() const {
    Visible all;
    for (const LabelNamespace& ns : tree_.labels.namespaces)
      if (ns.linux_view == LinuxView::visible && !ns.extents.empty())
        all.emplace(to_string(ns.uuid, GuidOrder::text), ns.size, ns.extents.front().dpa);
    return all;
  }

  bool namespaces_stay() {
    const Visible after = visible_namespaces();
    for (const auto& ns : before_)
      if (!after.contains(ns))
        return refuse(fmt::format("nothing was changed: after these repairs Linux would not show "
                                  "namespace {} as before; choose others with --only",
                                  std::get<0>(ns)),
                      exit_damage);
    return true;
  }

  // -- carrying out -----------------------------------------------------------------------------

  bool carry_out() {
    if (asks_ && !agreed()) return refuse("nothing was changed", exit_damage);
    if (arguments_.dry_run) return true;
    if (!write_lost_list() || !keep_salvage()) return false;
    if (!arguments_.output.empty()) {
      const PlannedCopy copied =
          copy_planned(files_, 0, arguments_.output, files_of(arguments_.image), io_);
      if (!copied.status)
        return fail(copied.of_output ? arguments_.output : first_path(), copied.status.error());
    } else {
      const PlanRun ran = run_plan(files_.plan(), arguments_.image, arguments_.undo, "repair", io_);
      undo_file_ = ran.undo_file;
      code_ |= ran.code;
      if (ran.code != exit_ok) return false;
    }
    code_ |= exit_repaired;
    return true;
  }

  bool agreed() {
    print_repairs(io_.out, "would");
    io_.out << "carry this out? [y/N] " << std::flush;
    std::string answer;
    std::getline(std::cin, answer);
    return answer == "y" || answer == "Y" || answer == "yes";
  }

  /// One number a line, as badblocks(8) writes them.
  bool write_lost_list() {
    if (arguments_.list_lost.empty()) return true;
    std::set<std::uint64_t> numbers;
    for (const LostSector& lost : lost_) {
      if (lost.ns != lost_.front().ns)
        return refuse("sectors of several namespaces are lost; repair one at a time with --only");
      const std::uint64_t unit = arguments_.lost_unit == 0 ? lost.size : arguments_.lost_unit;
      const std::uint64_t begin = lost.lba * lost.size;
      for (std::uint64_t at = begin / unit; at * unit < begin + lost.size; ++at) numbers.insert(at);
    }
    std::string text;
    for (const std::uint64_t number : numbers) text += std::to_string(number) + "\n";
    auto file = OutputFile::open(arguments_.list_lost, io_.out, files_of(arguments_.image));
    if (!file) return fail(arguments_.list_lost, file.error());
    Status written = (*file)->write(std::as_bytes(std::span(text)));
    if (written) written = (*file)->finish();
    return written ? true : fail(arguments_.list_lost, written.error());
  }

  bool keep_salvage() {
    if (salvaged_.empty()) return true;
    salvage_file_ = arguments_.salvage;
    if (salvage_file_.empty())
      salvage_file_ = (arguments_.output.empty() ? first_path() : arguments_.output) + ".salvage";
    const Status written = write_salvage(salvage_file_, salvaged_);
    return written ? true : fail(salvage_file_, written.error());
  }

  // -- telling ----------------------------------------------------------------------------------

  void print_repairs(std::ostream& out, std::string_view would) const {
    for (const Repair& repair : done_)
      out << fmt::format("{:<8} {:<6}  {}  {}\n", code(repair.cures), to_string(repair.consent),
                         to_string(repair.place), repair_text(repair));
    if (lost_.empty()) return;
    std::string first;
    for (std::size_t i = 0; i < std::min<std::size_t>(lost_.size(), 8); ++i)
      first += fmt::format("{} {}", i == 0 ? "" : ",", lost_[i].lba);
    out << fmt::format("{}, {}, {} read as errors until they are written: LBA{}{}\n",
                       count_text(lost_.size(), "sector"), size_text(lost_bytes()), would, first,
                       lost_.size() > 8 ? ", ..." : "");
  }

  Status print() {
    const FindingCount left = count_of(findings_);
    if (!arguments_.dry_run || done_.empty()) code_ |= left.exit_code(false);
    if (arguments_.dry_run) code_ |= found_.exit_code(false);
    return arguments_.json ? print_json(left) : print_text(left);
  }

  Status print_text(const FindingCount& left) {
    if (arguments_.output == "-") return {};
    if (!asks_) print_repairs(io_.out, arguments_.dry_run ? "would" : "now");
    for (const Repair& repair : left_)
      io_.out << fmt::format("{:<8} {:<6}  {}  left alone: {}\n", code(repair.cures),
                             to_string(repair.consent), to_string(repair.place),
                             repair_text(repair));
    const bool dry = arguments_.dry_run;
    io_.out << fmt::format("{} {}; then ", count_text(done_.size(), "repair"),
                           dry ? "would be made" : "made");
    print_verdict(left, io_.out);
    if (!salvage_file_.empty())
      io_.out << fmt::format("  salvaged     {}\n", escape_untrusted(salvage_file_));
    if (!undo_file_.empty())
      io_.out << fmt::format("  undo file    {}\n", escape_untrusted(undo_file_));
    return dry && !files_.plan().empty() ? print_plan(files_.plan(), io_.out) : Status();
  }

  Status print_json(const FindingCount& left) {
    Json json = json_head("repair");
    json["dry_run"] = arguments_.dry_run;
    json["repairs"] = Json::array();
    for (const Repair& repair : done_) json["repairs"].push_back(repair_json(repair));
    json["left_alone"] = Json::array();
    for (const Repair& repair : left_) json["left_alone"].push_back(repair_json(repair));
    json["lost_sectors"] = lost_.size();
    json["lost_bytes"] = lost_bytes();
    json["salvaged_blocks"] = salvaged_.size();
    if (!salvage_file_.empty()) add_text(json, "salvage_file", salvage_file_);
    if (!undo_file_.empty()) add_text(json, "undo_file", undo_file_);
    json["findings"] = Json::array();
    for (const Finding& finding : findings_.list())
      json["findings"].push_back(finding_json(finding));
    json["summary"] = summary_json(left, code_);
    if (arguments_.dry_run) {
      NDMEDIC_TRY(json["plan"], plan_json(files_.plan()));
    }
    write_json(json, io_.out);
    return {};
  }

  Arguments arguments_;
  bool asks_ = false;
  std::set<ProblemId> only_;
  PlannedFiles files_;
  ImageTree tree_;
  Findings findings_;
  FindingCount found_;
  Visible before_;
  std::set<std::pair<ProblemId, std::string>> known_;
  std::vector<Repair> done_;
  std::vector<Repair> left_;
  std::vector<LostSector> lost_;
  std::vector<SalvagedBlock> salvaged_;
  std::string salvage_file_;
  std::string undo_file_;
};

void add_file_option(const Verb& verb, const std::string& names, std::string& file,
                     const std::string& help) {
  verb.option(
      names, "FILE", [&file](const std::string& path) { file = path; }, help);
}

}  // namespace

void add_repair(CLI::App& app, Run& chosen) {
  auto arguments = std::make_shared<Arguments>();
  const Verb verb(app, "repair", "Mend what check finds, by a plan that can be taken back");
  verb.footer(footer);
  verb.flag("-p,-a", arguments->safe, "Safe repairs only, without questions");
  verb.flag("-y", arguments->yes, "All repairs but manual ones, without questions");
  verb.flag("-n,--dry-run", arguments->dry_run, "Write nothing; show what would be done");
  verb.list("--only", "CODE", arguments->only_codes,
            "Only repairs of this problem, manual ones too; may be repeated");
  add_file_option(verb, "-o,--output", arguments->output,
                  "Write a mended copy, and leave IMAGE alone");
  add_file_option(verb, "--list-lost", arguments->list_lost,
                  "Where the numbers of sectors go that read as errors afterwards, a line each");
  verb.size(
      "--block-size", [arguments](std::uint64_t size) { arguments->lost_unit = size; },
      "What --list-lost counts in (a sector)");
  add_file_option(verb, "--salvage", arguments->salvage,
                  "Where the contents of disputed blocks are kept (IMAGE.salvage)");
  add_progress_option(verb, arguments->progress_fd);
  verb.flag("--force", arguments->force,
            "Write where it cannot be told whether an image is in use");
  add_undo_options(verb, arguments->undo);
  verb.flag("--json", arguments->json, "JSON instead of text");
  verb.excludes("-p", "-y");
  add_image_options(verb, arguments->image);
  verb.runs(chosen, [arguments](Io& io) { return Repairing(*arguments, io).run(); });
}

}  // namespace ndmedic::cli
