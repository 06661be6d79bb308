// SPDX-License-Identifier: BSD-3-Clause
// The verb labels restore: label areas put back from a backup, bytes or JSON.
#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <ostream>

#include <ndmedic/cli/exit_codes.h>
#include <ndmedic/cli/image_options.h>
#include <ndmedic/cli/input_file.h>
#include <ndmedic/cli/json_fields.h>
#include <ndmedic/cli/labels_json.h>
#include <ndmedic/cli/labels_verbs.h>
#include <ndmedic/cli/plan_text.h>
#include <ndmedic/cli/planned_files.h>
#include <ndmedic/cli/show_text.h>
#include <ndmedic/cli/text.h>
#include <ndmedic/cli/verb_run.h>
#include <ndmedic/cli/words.h>
#include <ndmedic/format/untrusted_text.h>
#include <ndmedic/labels/area_copy.h>

namespace ndmedic::cli {
namespace {

constexpr const char* footer =
    "The file is what \"labels dump --raw\" or \"labels dump --json\" wrote, one area for each "
    "image.\n"
    "Before anything is written, the labels are judged as they would stand in the images: size,\n"
    "version, index, extents, cookies. What is wrong with them then needs --force. A power loss\n"
    "leaves the old labels, no index, or the new labels; then run it again. The data of "
    "namespaces\n"
    "is not touched.\n"
    "\n"
    "Examples:\n"
    "  ndmedic labels restore -i labels.json nvdimm.img\n"
    "  ndmedic labels restore --dry-run -i labels.bin nvdimm.img\n"
    "  ndmedic labels restore --label-size 128K -i labels.bin wiped.img";

struct Arguments {
  ImageArguments image;
  std::string input;
  bool force = false;
  bool dry_run = false;
  bool json = false;
};

/// A label area is at most a few MiB; JSON takes several bytes for each.
constexpr std::size_t input_max = std::size_t{512} << 20;

/// One restoring, step by step; each step is false when it told why it cannot be.
class Restoring : VerbRun {
 public:
  Restoring(const Arguments& arguments, Io& io) : VerbRun(io), arguments_(arguments) {}

  int run() {
    if (!read_input() || !open_images() || !read_areas() || !plan_writes() || !judge())
      return code_;
    if (!arguments_.dry_run && !apply()) return code_;
    print();
    return code_;
  }

 private:
  bool read_input() {
    auto file = InputFile::open(arguments_.input);
    if (!file) return fail(arguments_.input, file.error());
    constexpr std::size_t step = std::size_t{1} << 20;
    for (std::size_t got = step; got == step;) {
      const std::size_t size = input_.size();
      input_.resize(size + step);
      const auto part = file->read(std::as_writable_bytes(std::span(input_).subspan(size)));
      if (!part) return fail(arguments_.input, part.error());
      got = *part;
      input_.resize(size + got);
      if (input_.size() > input_max)
        return refuse(arguments_.input, "too large for label areas", exit_unreadable);
    }
    return true;
  }

  bool open_images() {
    const std::string& first = arguments_.image.images.front();
    if (!arguments_.image.options.lsa.empty())
      return refuse(first, "--lsa files are only read; restore into the label area's file itself");
    ImageArguments image = arguments_.image;
    image.options.probe_content = false;
    Opened opened = open_planned(image, {arguments_.force, false}, arguments_.dry_run, files_, io_);
    code_ |= opened.code;
    if (code_ != exit_ok || !opened.tree) return false;
    tree_ = std::move(opened.tree);
    for (const DeviceImage& device : tree_->devices)
      if (!device.labels)
        return refuse(device.path, "no label area found; give its size with --label-size",
                      exit_damage);
    return true;
  }

  bool read_areas() {
    std::vector<std::uint64_t> sizes;
    for (const DeviceImage& device : tree_->devices) sizes.push_back(device.labels->size());
    const auto text = std::string_view(input_.data(), input_.size());
    if (text.starts_with('{')) {
      LabelDocument document = read_label_document(text, sizes);
      if (!document.complaint.empty())
        return refuse(arguments_.input, escape_untrusted(document.complaint));
      areas_ = std::move(document.areas);
      return true;
    }
    if (sizes.size() != 1) return refuse(arguments_.input, "raw bytes are one area, for one image");
    if (input_.size() != sizes.front())
      return refuse(arguments_.input,
                    fmt::format("{}, but the label area of the image has {}",
                                count_text(input_.size(), "byte"), sizes.front()));
    const auto bytes = std::as_bytes(std::span(input_));
    areas_.emplace_back(bytes.begin(), bytes.end());
    return true;
  }

  bool plan_writes() {
    for (std::size_t i = 0; i < areas_.size(); ++i) {
      const DeviceImage& device = tree_->devices[i];
      const auto stage = [this](std::string_view name) { files_.plan().tag(name); };
      const Status replaced = replace_label_area(*device.labels, areas_[i], stage);
      if (!replaced) return fail(device.path, replaced.error());
    }
    return true;
  }

  /// The images as they would be, looked at by the ordinary reader.
  bool judge() {
    ImageArguments image = arguments_.image;
    OpenOptions& options = image.options;
    options.probe_content = false;
    if (const DeviceImage& first = tree_->devices.front(); tree_->devices.size() == 1) {
      options.as = first.kind;
      if (first.kind == DeviceKind::dimm) options.label_size = first.labels->size();
    }
    Findings findings;
    const auto after = open_as_planned(image, files_, findings);
    if (!after) return fail(arguments_.image.images.front(), after.error());
    bool good = judge_versions(*after);
    for (const Finding& finding : findings.list()) {
      if (!code(finding.id).starts_with("LBL")) continue;
      if (problem(finding.id).severity < Severity::damage) continue;
      io_.err << finding_line(finding, 0, false) << '\n';
      good = false;
    }
    for (const DeviceImage& device : after->devices) {
      if (device.area && device.area->has_index()) namespaces_ = after->labels.namespaces.size();
      if (!device.area || !device.area->has_index())
        good = refuse(device.path, "what would be restored has no valid index block", exit_ok);
    }
    if (good || arguments_.force) return true;
    return refuse(arguments_.input, "nothing was written; --force restores it all the same",
                  exit_damage);
  }

  bool judge_versions(const ImageTree& after) {
    bool good = true;
    const std::size_t both = std::min(tree_->devices.size(), after.devices.size());
    for (std::size_t i = 0; i < both; ++i) {
      const auto& old = tree_->devices[i].area;
      const auto& now = after.devices[i].area;
      if (!old || !now || !old->has_index() || !now->has_index()) continue;
      if (old->major == now->major && old->minor == now->minor) continue;
      good = refuse(after.devices[i].path,
                    fmt::format("it has labels of version {}.{}, the file those of {}.{}",
                                old->major, old->minor, now->major, now->minor),
                    exit_ok);
    }
    return good;
  }

  bool apply() {
    const auto applied = files_.plan().apply();
    if (applied) return true;
    const std::size_t device =
        std::min<std::size_t>(files_.plan().failed_device(), arguments_.image.images.size() - 1);
    return fail(arguments_.image.images[device], applied.error());
  }

  void print() {
    Status status;
    if (arguments_.json) {
      Json json = json_head("labels restore");
      json["dry_run"] = arguments_.dry_run;
      json["changed"] = !files_.plan().empty();
      json["namespaces"] = namespaces_;
      auto plan = plan_json(files_.plan());
      if (plan)
        json["plan"] = std::move(*plan);
      else
        status = plan.error();
      write_json(json, io_.out);
    } else if (files_.plan().empty()) {
      io_.out << "the labels are the same already\n";
    } else {
      io_.out << fmt::format(
          "{}: {} {}, {} in all\n", escape_untrusted(arguments_.image.images.front()),
          arguments_.dry_run ? "would restore" : "restored",
          count_text(areas_.size(), "label area"), count_text(namespaces_, "namespace"));
      if (arguments_.dry_run) status = print_plan(files_.plan(), io_.out);
    }
    if (!status) fail(arguments_.image.images.front(), status.error());
  }

  const Arguments& arguments_;
  std::vector<char> input_;
  PlannedFiles files_;
  std::optional<ImageTree> tree_;
  std::vector<std::vector<std::byte>> areas_;
  std::size_t namespaces_ = 0;
};

}  // namespace

void add_labels_restore(const Verb& labels, Run& chosen) {
  auto arguments = std::make_shared<Arguments>();
  const Verb verb(labels, "restore", "Label areas from a backup");
  verb.footer(footer);
  verb.required_option(
      "-i,--input", "FILE", [arguments](const std::string& path) { arguments->input = path; },
      "What labels dump --raw or --json wrote; - is standard input");
  verb.flag("--dry-run", arguments->dry_run, "Write nothing; show what would be written");
  verb.flag("--force", arguments->force,
            "Restore labels that are damaged or do not fit; write where use cannot be told");
  verb.flag("--json", arguments->json, "JSON instead of text");
  add_image_options(verb, arguments->image);
  verb.runs(chosen, [arguments](Io& io) { return Restoring(*arguments, io).run(); });
}

}  // namespace ndmedic::cli
