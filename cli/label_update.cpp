// SPDX-License-Identifier: BSD-3-Clause
#include <ndmedic/cli/label_update.h>

#include <fmt/format.h>

#include <algorithm>
#include <ostream>
#include <utility>

#include <ndmedic/cli/cxl_target.h>
#include <ndmedic/cli/exit_codes.h>
#include <ndmedic/cli/labels_verbs.h>
#include <ndmedic/cli/namespace_filter.h>
#include <ndmedic/cli/plan_run.h>
#include <ndmedic/cli/plan_text.h>
#include <ndmedic/cli/qemu_target.h>
#include <ndmedic/cli/tagged_area.h>
#include <ndmedic/cli/text.h>
#include <ndmedic/cli/words.h>
#include <ndmedic/format/platform.h>
#include <ndmedic/format/untrusted_text.h>

namespace ndmedic::cli {
bool LabelUpdate::refuse(const std::string& sentence, int code) {
  return VerbRun::refuse(arguments_.image.images.front(), sentence, code);
}

bool LabelUpdate::fail(const std::string& path, const Error& error) {
  return VerbRun::fail(path, error, error.code == Errc::invalid ? exit_usage : exit_unreadable);
}

bool LabelUpdate::open(bool bare_too) {
  Opened opened =
      open_for_plan(arguments_.image, arguments_.force, arguments_.dry_run, files_, io_);
  code_ |= opened.code;
  if (code_ != exit_ok || !opened.tree) return false;
  tree_ = std::move(opened.tree);
  for (const DeviceImage& device : tree_->devices) {
    if (device.kind == DeviceKind::nfit) continue;
    if (bare_too && device.kind == DeviceKind::bare && tree_->devices.size() == 1) return true;
    if (!device.labels || !device.area) {
      io_.err << no_label_area_text(device.path);
      code_ |= exit_damage;
      return false;
    }
    areas_.push_back(std::make_unique<TaggedArea>(*device.labels, *device.area, files_.plan()));
    targets_.push_back({device.index, areas_.back().get()});
  }
  return take_machines();
}

bool LabelUpdate::take_machines() {
  if (arguments_.machines.size() > arguments_.image.images.size())
    return refuse("--for is given more often than there are images", exit_usage);
  for (std::uint32_t image = 0; image < arguments_.machines.size(); ++image) {
    const auto slot = qemu_target(arguments_.machines[image]);
    const auto serial = cxl_target(arguments_.machines[image]);
    if (!slot && !serial)
      return refuse(
          fmt::format(
              "\"{}\" is neither qemu:slot=N with a slot below {} nor cxl:serial=N, from 1 on",
              escape_untrusted(arguments_.machines[image]), qemu_slots),
          exit_usage);
    for (RegionState& region : tree_->labels.regions) {
      if (!region.inferred || region.description.mappings.front().device != image) continue;
      RegionDescription described = region.description;
      described.cxl = serial.has_value();
      described.mappings.front().serial = serial ? *serial : qemu_identity(*slot).serial;
      described.mappings.front().vendor = serial ? 0 : qemu_identity(*slot).vendor;
      region.cookies = region_cookies(described);
      region.description = std::move(described);
      region.cookies_known = true;
    }
  }
  return true;
}

std::size_t LabelUpdate::number_of(const RegionState& region) const {
  return static_cast<std::size_t>(&region - regions().data());
}

std::string LabelUpdate::region_list() const {
  std::string text;
  constexpr std::size_t shown_max = 32;
  for (std::size_t i = 0; i < std::min(regions().size(), shown_max); ++i) {
    const RegionDescription& region = regions()[i].description;
    text += fmt::format("\n  region{}  {}", i, count_text(region.mappings.size(), "DIMM"));
    for (const RegionMapping& mapping : region.mappings)
      text +=
          mapping.device ? fmt::format(", d{}", *mapping.device) : std::string(", one not given");
  }
  return text;
}

const RegionState* LabelUpdate::choose_region() {
  if (regions().empty()) {
    refuse("no region is described", exit_usage);
    return nullptr;
  }
  if (!arguments_.region && regions().size() > 1) {
    refuse("which region? Choose one with --region:" + region_list(), exit_usage);
    return nullptr;
  }
  const std::uint64_t number = arguments_.region.value_or(0);
  if (number < regions().size()) return &regions()[number];
  refuse(fmt::format("there is no region{}:{}", number, region_list()), exit_usage);
  return nullptr;
}

const LabelNamespace* LabelUpdate::choose_namespace() {
  if (arguments_.selector.empty() && tree_->namespaces.size() > 1) {
    io_.err << "ndmedic: which namespace? Choose one with --namespace:\n";
    list_namespaces(*tree_, io_.err);
    code_ |= exit_usage;
    return nullptr;
  }
  const auto index = namespace_index(*tree_, arguments_.selector, io_.err);
  if (!index) {
    code_ |= exit_usage;
    return nullptr;
  }
  const NamespaceImage* const chosen = &tree_->namespaces[*index];
  if (!chosen->label) {
    refuse("this namespace has no label", exit_usage);
    return nullptr;
  }
  const LabelNamespace& ns = tree_->labels.namespaces[*chosen->label];
  if (ns.region) return &ns;
  refuse("the region of this namespace is not known; give the NFIT (--nfit)", exit_usage);
  return nullptr;
}

bool LabelUpdate::accepted(const Result<NamespaceAnswer>& answer) {
  if (!answer) return fail(arguments_.image.images.front(), answer.error());
  return answer->done() || refuse(refusal_text(*answer), refusal_code(answer->refusal));
}

bool LabelUpdate::apply() {
  if (arguments_.dry_run || files_.plan().empty()) return true;
  const PlanRun done = run_plan(files_.plan(), arguments_.image, arguments_.undo, command_, io_);
  undo_file_ = done.undo_file;
  code_ |= done.code;
  return done.code == exit_ok;
}

LabelSet LabelUpdate::outlook() const {
  std::vector<LabelArea> areas;
  std::vector<LabelDevice> devices;
  for (const LabelTarget& target : targets_) areas.push_back(read_label_area(*target.media));
  for (const DeviceImage& device : tree_->devices) {
    if (device.kind == DeviceKind::nfit) continue;
    LabelDevice labels{.device = device.index, .area = &areas[devices.size()]};
    if (device.data) labels.dpa_size = device.data->size();
    devices.push_back(labels);
  }
  Findings ignored(0);
  return assemble_labels(devices, tree_->regions, ignored);
}

std::string LabelUpdate::done_text(std::string_view infinitive, std::string_view participle) const {
  return arguments_.dry_run ? fmt::format("would {}", infinitive) : std::string(participle);
}

void LabelUpdate::print(const std::string& text, Json json) {
  Status status;
  if (arguments_.json) {
    Json whole = json_head(command_);
    whole["dry_run"] = arguments_.dry_run;
    whole["changed"] = !files_.plan().empty();
    whole.update(json);
    if (!undo_file_.empty()) add_text(whole, "undo_file", undo_file_);
    if (arguments_.dry_run) {
      auto plan = plan_json(files_.plan(), arguments_.image.images.size());
      if (plan)
        whole["plan"] = std::move(*plan);
      else
        status = plan.error();
    }
    write_json(whole, io_.out);
  } else {
    io_.out << text;
    if (!undo_file_.empty())
      io_.out << fmt::format("  undo file  {}\n", escape_untrusted(undo_file_));
    if (arguments_.dry_run)
      status = print_plan(files_.plan(), io_.out, arguments_.image.images.size());
  }
  if (!status) fail(arguments_.image.images.front(), status.error());
}

void add_label_update_options(const Verb& verb, LabelUpdateArguments& arguments) {
  arguments.image.lsa_too = true;
  verb.list("--for", "MACHINE", arguments.machines,
            "What the n-th image is, for its cookie: qemu:slot=N, or cxl:serial=N");
  verb.flag("--dry-run", arguments.dry_run, "Write nothing; show what would be written");
  add_undo_options(verb, arguments.undo);
  verb.flag("--json", arguments.json, "JSON instead of text");
  add_image_options(verb, arguments.image);
}

}  // namespace ndmedic::cli
