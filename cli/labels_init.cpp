// SPDX-License-Identifier: BSD-3-Clause
// The verb labels init: empty label areas, laid out as Linux does it.
#include <fmt/format.h>

#include <memory>
#include <ostream>

#include <ndmedic/cli/exit_codes.h>
#include <ndmedic/cli/image_options.h>
#include <ndmedic/cli/json_fields.h>
#include <ndmedic/cli/known_content.h>
#include <ndmedic/cli/labels_verbs.h>
#include <ndmedic/cli/plan_run.h>
#include <ndmedic/cli/plan_text.h>
#include <ndmedic/cli/text.h>
#include <ndmedic/cli/verb_run.h>
#include <ndmedic/cli/words.h>
#include <ndmedic/format/untrusted_text.h>
#include <ndmedic/labels/area_writer.h>

namespace ndmedic::cli {
namespace {

constexpr const char* footer =
    "Only the two index blocks are written, by the arithmetic of Linux; what lies in the slots "
    "stays.\n"
    "A power loss leaves the old labels, no index, or the new area. QEMU wants at least 128K "
    "(label-size=).\n"
    "\n"
    "Examples:\n"
    "  ndmedic labels init --label-size 128K nvdimm.img     the last 128 KiB of the file\n"
    "  ndmedic labels init --as lsa --version 2.1 lsa.bin   the label area of a CXL device\n"
    "  ndmedic labels init --force --dry-run nvdimm.img     what would be lost and written";

struct Arguments {
  ImageArguments image;
  UndoArguments undo;
  LabelVersion version = label_version_1_2;
  bool force = false;
  bool dry_run = false;
  bool json = false;
};

LabelVersion version_of(const std::string& text) {
  if (text == "1.1") return label_version_1_1;
  return text == "2.1" ? label_version_cxl_2_1 : label_version_1_2;
}

std::string version_text(LabelVersion version) {
  return fmt::format("{}.{}", version.major, version.minor);
}

struct MadeArea {
  const DeviceImage* device = nullptr;
  LabelGeometry geometry{};
  std::string destroyed{};
};

/// One run, step by step; each step is false when it told why it cannot be.
class Initialising : VerbRun {
 public:
  Initialising(const Arguments& arguments, Io& io) : VerbRun(io), arguments_(arguments) {}

  int run() {
    if (!open_images()) return code_;
    for (std::size_t i = 0; i < tree_->devices.size(); ++i)
      if (!lay_out(i)) return code_;
    if (!arguments_.dry_run) {
      const PlanRun done =
          run_plan(files_.plan(), arguments_.image, arguments_.undo, "labels init", io_);
      code_ |= done.code;
      undo_file_ = done.undo_file;
      if (code_ != exit_ok) return code_;
    }
    const Status printed = arguments_.json ? print_json() : print_text();
    if (!printed) fail(arguments_.image.images.front(), printed.error());
    return code_;
  }

 private:
  bool open_images() {
    Opened opened =
        open_for_plan(arguments_.image, arguments_.force, arguments_.dry_run, files_, io_);
    code_ |= opened.code;
    if (!opened.tree) return false;
    tree_ = std::move(opened.tree);
    return true;
  }

  bool lay_out(std::size_t number) {
    const DeviceImage& device = tree_->devices[number];
    if (!device.labels)
      return refuse(device.path, "no label area found; give its size with --label-size");
    MadeArea made{&device, {}, known_labels(*device.area)};
    if (!find_content(device, number, made.destroyed)) return false;
    if (!made.destroyed.empty() && !arguments_.force)
      return refuse(device.path,
                    fmt::format("it holds {}; --force makes an empty label area all the same",
                                made.destroyed));
    files_.plan().tag("label index");
    const auto geometry = initialise_label_area(*device.labels, arguments_.version);
    if (!geometry) return tell_refusal(device, geometry.error());
    made.geometry = *geometry;
    made_.push_back(std::move(made));
    return true;
  }

  bool tell_refusal(const DeviceImage& device, const Error& error) {
    if (error.code != Errc::invalid) return fail(device.path, error);
    return refuse(device.path,
                  fmt::format("{} are no size for a label area of version {}: from {} bytes on, "
                              "below 4 GiB",
                              size_text(device.labels->size()), version_text(arguments_.version),
                              arguments_.version == label_version_1_1 ? 768 : 1024));
  }

  /// An image without labels, whose end becomes a label area, may hold something as a whole.
  bool find_content(const DeviceImage& device, std::size_t number, std::string& known) {
    const IndexReason reason = device.area->reason;
    const bool labels = device.area->has_index() || reason == IndexReason::remains;
    if (labels || device.kind != DeviceKind::dimm) return true;
    auto view = files_.planned(number);
    if (!view) return fail(device.path, view.error());
    OpenOptions options = arguments_.image.options;
    options.as = DeviceKind::bare;
    options.label_size.reset();
    std::vector<ImageInput> inputs;
    inputs.push_back({device.path, std::move(*view), nullptr});
    Findings ignored;
    const auto whole = ndmedic::open_images(std::move(inputs), options, ignored);
    if (!whole) return fail(device.path, whole.error());
    for (const NamespaceImage& ns : whole->namespaces) {
      const std::string content = ns.media ? known_content(*whole, ns) : std::string();
      if (!content.empty()) known = content;
    }
    return true;
  }

  Status print_text() {
    for (const MadeArea& made : made_) {
      const std::string path = escape_untrusted(made.device->path);
      if (!made.destroyed.empty())
        io_.out << fmt::format("{}: {} {}\n", path,
                               arguments_.dry_run ? "would give up" : "gave up", made.destroyed);
      io_.out << fmt::format("{}: {} an empty label area of {}, version {}, {} of {} bytes\n", path,
                             arguments_.dry_run ? "would make" : "made",
                             size_text(made.geometry.area_size), version_text(arguments_.version),
                             count_text(made.geometry.nslot, "slot"), made.geometry.slot_size);
    }
    if (!undo_file_.empty())
      io_.out << fmt::format("  undo file    {}\n", escape_untrusted(undo_file_));
    return arguments_.dry_run ? print_plan(files_.plan(), io_.out) : Status();
  }

  Status print_json() {
    Json json = json_head("labels init");
    json["dry_run"] = arguments_.dry_run;
    json["areas"] = Json::array();
    for (const MadeArea& made : made_) {
      Json area = {{"device", made.device->index}};
      add_text(area, "path", made.device->path);
      area["size"] = made.geometry.area_size;
      area["version"] = version_text(arguments_.version);
      area["mysize"] = made.geometry.index_size;
      area["labelsize"] = made.geometry.slot_size;
      area["nslot"] = made.geometry.nslot;
      if (!made.destroyed.empty()) area["destroyed"] = made.destroyed;
      json["areas"].push_back(std::move(area));
    }
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
  std::vector<MadeArea> made_;
  std::string undo_file_;
};

}  // namespace

void add_labels_init(const Verb& labels, Run& chosen) {
  auto arguments = std::make_shared<Arguments>();
  const Verb verb(labels, "init", "Empty label areas");
  verb.footer(footer);
  verb.choice(
      "--version", "VERSION", {"1.1", "1.2", "2.1"},
      [arguments](const std::string& text) { arguments->version = version_of(text); },
      "1.1 (slots of 128 bytes), 1.2 (default) or 2.1 (CXL)");
  verb.flag("--dry-run", arguments->dry_run, "Write nothing; show what would be written");
  verb.flag("--force", arguments->force,
            "Give up labels and content that are there; write where use cannot be told");
  add_undo_options(verb, arguments->undo);
  verb.flag("--json", arguments->json, "JSON instead of text");
  add_image_options(verb, arguments->image);
  verb.runs(chosen, [arguments](Io& io) { return Initialising(*arguments, io).run(); });
}

}  // namespace ndmedic::cli
