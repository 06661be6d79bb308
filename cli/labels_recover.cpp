// SPDX-License-Identifier: BSD-3-Clause
// The verb labels recover: what a power loss left of updates over several DIMMs, completed or taken
// back.
#include <fmt/format.h>

#include <memory>
#include <ostream>

#include <ndmedic/cli/exit_codes.h>
#include <ndmedic/cli/label_update.h>
#include <ndmedic/cli/labels_verbs.h>
#include <ndmedic/format/untrusted_text.h>
#include <ndmedic/fsck/labelled_data.h>
#include <ndmedic/labels/set_recovery.h>

namespace ndmedic::cli {
namespace {

constexpr const char* footer =
    "Labels that an update was about to change carry the flag UPDATING. Where every DIMM of the "
    "set\n"
    "has its label, the update is completed; where one has none, a creation or a removal is "
    "brought\n"
    "to its end, if all DIMMs are given and nothing says that the namespace is in use.\n"
    "Exit code 4: something was left alone.\n"
    "\n"
    "Examples:\n"
    "  ndmedic labels recover nvdimm.img\n"
    "  ndmedic labels recover --dry-run --nfit nfit.bin d0.img d1.img";

std::string reason_text(const Recovery& recovery) {
  const std::string device =
      recovery.device ? fmt::format("d{}", *recovery.device) : std::string("a DIMM of the region");
  switch (recovery.reason) {
    case RecoveryReason::all_there:
      return "every DIMM has its label";
    case RecoveryReason::creation:
      return "its creation did not reach every DIMM";
    case RecoveryReason::removal:
      return "its removal had begun";
    case RecoveryReason::no_region:
      return "no region is described that it lies in; give the NFIT (--nfit)";
    case RecoveryReason::other_region:
      return "its labels are those of another region";
    case RecoveryReason::dimm_missing:
      return device + " is not given";
    case RecoveryReason::untrusted_area:
      return "what the label area of " + device + " has in use is not certain";
    case RecoveryReason::conflicting:
      return "its labels contradict each other; \"ndmedic check\" tells how";
    case RecoveryReason::was_complete:
      return "labels are missing that were there once";
    case RecoveryReason::has_data:
      return "labels are missing, but there is an info block with its uuid";
    case RecoveryReason::place_taken:
      return "the place that it was to have is taken on " + device;
    case RecoveryReason::no_free_slot:
      break;
  }
  return device + " has no free label slot; the labels work as they are";
}

std::string_view action_text(RecoveryAction action, bool dry_run) {
  switch (action) {
    case RecoveryAction::roll_forward:
      return dry_run ? "would be completed" : "completed";
    case RecoveryAction::roll_back:
      return dry_run ? "would be taken away" : "taken away";
    case RecoveryAction::none:
      break;
  }
  return "left alone";
}

int run(const LabelUpdateArguments& arguments, Io& io) {
  LabelUpdate update(arguments, "labels recover", io);
  if (!update.open()) return update.code();
  const auto recovered = recover_namespaces(update.targets(), update.regions(),
                                            {.with_data = uuids_with_data(update.tree())});
  if (!recovered) {
    update.fail(arguments.image.images.front(), recovered.error());
    return update.code();
  }
  if (!update.apply()) return update.code();
  std::string text;
  Json list = Json::array();
  bool left_alone = false;
  for (const Recovery& recovery : *recovered) {
    const std::string uuid = to_string(recovery.uuid, GuidOrder::text);
    text += fmt::format("{}  \"{}\": {}: {}\n", uuid, escape_untrusted(recovery.name),
                        action_text(recovery.action, arguments.dry_run), reason_text(recovery));
    left_alone = left_alone || recovery.action == RecoveryAction::none;
    Json json = {{"uuid", uuid}};
    add_text(json, "name", recovery.name);
    json["action"] = to_string(recovery.action);
    json["reason"] = to_string(recovery.reason);
    if (recovery.region) json["region"] = *recovery.region;
    if (recovery.device) json["device"] = *recovery.device;
    list.push_back(std::move(json));
  }
  if (text.empty()) text = "no update was interrupted\n";
  update.print(text, {{"namespaces", std::move(list)}});
  return update.code() | (left_alone ? exit_damage : exit_ok);
}

}  // namespace

void add_labels_recover(const Verb& labels, Run& chosen) {
  auto arguments = std::make_shared<LabelUpdateArguments>();
  const Verb verb(labels, "recover", "Complete interrupted updates, or take them back");
  verb.footer(footer);
  verb.flag("--force", arguments->force, "Write where use cannot be told");
  add_label_update_options(verb, *arguments);
  verb.runs(chosen, [arguments](Io& io) { return run(*arguments, io); });
}

}  // namespace ndmedic::cli
