// SPDX-License-Identifier: BSD-3-Clause
#include <ndmedic/cli/repair_text.h>

#include <fmt/format.h>

#include <ndmedic/cli/show_json.h>

namespace ndmedic::cli {
namespace {

/// The sentence for an action, with the {keys} of the repair's arguments.
std::string_view action_text(const Repair& repair) {
  switch (repair.action) {
    case RepairAction::store_info:
      return "the info block is written anew from its other copy";
    case RepairAction::complete_write:
      return "interrupted writes are completed: {count}, the first of LBA {lba}";
    case RepairAction::set_entry:
      return "LBA {lba} gets block {block} and can be read";
    case RepairAction::mark_entry:
      return "LBA {lba} is marked: it reads as an error until it is written; its block is {block}";
    case RepairAction::set_lane:
      return "lane {lane} gets block {block}";
    case RepairAction::renew_index:
      return "the index block is written anew from the other one";
    case RepairAction::put_label:
      return "the label of slot {slot} is written anew";
    case RepairAction::free_slot:
      return "slot {slot} is freed";
    case RepairAction::finish_labels:
      return "the update of the labels is brought to its end";
  }
  return "";
}

std::string_view basis_text(RepairBasis basis) {
  switch (basis) {
    case RepairBasis::structure:
      return "";
    case RepairBasis::arithmetic:
      return "nothing else is left over (XR-10)";
    case RepairBasis::moved:
      return "the flog tells that it was moved there (EV-1, strong)";
    case RepairBasis::pristine:
      return "the lane was never used, so the map is wrong (EV-4, strong)";
    case RepairBasis::last_write:
      return "the flog tells who owns the disputed block (EV-5, strong)";
    case RepairBasis::lost_word:
      return "the flog tells that its word was lost (EV-2, EV-3; good)";
    case RepairBasis::precedence:
      return "the explicit entry keeps the disputed block (XR-11, XR-07)";
    case RepairBasis::own_entry:
      return "the lane's own entry still names it";
    case RepairBasis::any:
      return "nobody's data is in it";
    case RepairBasis::undecided:
      break;
  }
  return "undecided: nothing tells whose data is where";
}

}  // namespace

std::string repair_text(const Repair& repair) {
  std::string text = fill_message(action_text(repair), repair.arguments);
  if (const std::string_view why = basis_text(repair.basis); !why.empty())
    text += fmt::format("; {}", why);
  return text;
}

Json repair_json(const Repair& repair) {
  Json json = {{"code", code(repair.cures)},           {"name", problem(repair.cures).name},
               {"consent", to_string(repair.consent)}, {"action", to_string(repair.action)},
               {"basis", to_string(repair.basis)},     {"place", to_string(repair.place)}};
  json["arguments"] = Json::object();
  for (const Argument& argument : repair.arguments)
    if (const auto* number = std::get_if<std::uint64_t>(&argument.value))
      json["arguments"][std::string(argument.key)] = *number;
  json["lost"] = Json::array();
  for (const LostSectors& lost : repair.lost)
    json["lost"].push_back(
        {{"namespace", lost.ns}, {"lba", lost.first.value}, {"count", lost.count}});
  return json;
}

}  // namespace ndmedic::cli
