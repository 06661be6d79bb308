// SPDX-License-Identifier: BSD-3-Clause
// The verbs labels rename, labels resize and labels remove.
#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <memory>
#include <ostream>

#include <ndmedic/cli/exit_codes.h>
#include <ndmedic/cli/label_update.h>
#include <ndmedic/cli/labels_verbs.h>
#include <ndmedic/cli/namespace_choice.h>
#include <ndmedic/cli/namespace_filter.h>
#include <ndmedic/cli/text.h>
#include <ndmedic/format/checked.h>
#include <ndmedic/format/untrusted_text.h>
#include <ndmedic/labels/dpa_space.h>

namespace ndmedic::cli {
namespace {

constexpr const char* rename_footer =
    "Examples:\n"
    "  ndmedic labels rename --to data nvdimm.img\n"
    "  ndmedic labels rename --namespace 1 --to data --nfit nfit.bin d0.img d1.img";

constexpr const char* resize_footer =
    "The start stays. A namespace grows into what is free behind it on all DIMMs. What is inside\n"
    "(a BTT, an fsdax info block, a file system) is not touched and keeps its size: shrink that\n"
    "first. To make a namespace smaller needs --force.\n"
    "\n"
    "Examples:\n"
    "  ndmedic labels resize --namespace data --size 2G nvdimm.img";

constexpr const char* remove_footer =
    "The data of the namespace stays where it is, until another namespace is made in its place.\n"
    "\n"
    "Examples:\n"
    "  ndmedic labels remove --namespace data nvdimm.img\n"
    "  ndmedic labels remove --dry-run --namespace 2 nvdimm.img";

struct Arguments : LabelUpdateArguments {
  std::string name;
  std::uint64_t size = 0;
  std::uint64_t alignment = 0;
};

/// What is told about a namespace: as it was, and with the size and name that it has now.
struct Told {
  std::string_view verb;        // "rename"
  std::string_view participle;  // "renamed"
  std::string text{};           // the rest of the first line
};

/// Opens, chooses, asks `transact`, carries out and tells.
int update(const Arguments& arguments, const Told& told, Io& io,
           const std::function<Result<NamespaceAnswer>(LabelUpdate&, const RegionState&,
                                                       const LabelNamespace&)>& transact) {
  LabelUpdate update(arguments, fmt::format("labels {}", told.verb), io);
  if (!update.open()) return update.code();
  const LabelNamespace* ns = update.choose_namespace();
  if (ns == nullptr) return update.code();
  const RegionState& region = update.regions()[*ns->region];
  const auto answer = transact(update, region, *ns);
  if (!update.accepted(answer) || !update.apply()) return update.code();
  const std::string uuid = to_string(ns->uuid, GuidOrder::text);
  std::string text =
      fmt::format("{}: {} \"{}\", {}{}\n", escape_untrusted(arguments.image.images.front()),
                  update.done_text(told.verb, told.participle), escape_untrusted(ns->name),
                  size_text(ns->size), told.text);
  if (!update.changes())
    text = fmt::format("{}: it is so already\n", escape_untrusted(arguments.image.images.front()));
  text += fmt::format("  uuid       {}\n", uuid);
  if (answer->plainly)
    text += "  a label area was full: its labels went without being marked first\n";
  Json json = {{"uuid", uuid}};
  add_text(json, "name", told.verb == "rename" ? arguments.name : ns->name);
  add_number(json, "size", answer->size);
  json["region"] = *ns->region;
  if (told.verb == "remove") json["plainly"] = answer->plainly;
  update.print(text, std::move(json));
  return update.code();
}

int rename(const Arguments& arguments, Io& io) {
  const Told told{"rename", "renamed",
                  fmt::format(", to \"{}\"", escape_untrusted(arguments.name))};
  return update(arguments, told, io,
                [&](LabelUpdate& update, const RegionState& region, const LabelNamespace& ns) {
                  return change_namespace(update.targets(), region, ns.uuid,
                                          {.name = arguments.name, .force = arguments.force});
                });
}

int resize(const Arguments& arguments, Io& io) {
  const Told told{"resize", "resized", fmt::format(", to {}", size_text(arguments.size))};
  return update(
      arguments, told, io,
      [&](LabelUpdate& update, const RegionState& region,
          const LabelNamespace& ns) -> Result<NamespaceAnswer> {
        if (arguments.size < ns.size && !arguments.force)
          return Error{Errc::invalid,
                       {},
                       "it would become smaller, and what is inside is "
                       "not looked at; --force does it"};
        return change_namespace(
            update.targets(), region, ns.uuid,
            {.size = arguments.size, .alignment = arguments.alignment, .force = arguments.force});
      });
}

int remove(const Arguments& arguments, Io& io) {
  return update(arguments, {"remove", "removed"}, io,
                [&](LabelUpdate& update, const RegionState& region, const LabelNamespace& ns) {
                  return remove_namespace(update.targets(), region, ns.uuid, arguments.force);
                });
}

std::shared_ptr<Arguments> add_verb(const Verb& verb, const char* footer, std::string force) {
  auto arguments = std::make_shared<Arguments>();
  verb.footer(footer);
  add_namespace_option(verb, arguments->selector, which_namespace);
  verb.flag("--force", arguments->force, force + "; write where use cannot be told");
  return arguments;
}

}  // namespace

void add_labels_change(const Verb& labels, Run& chosen) {
  const Verb renaming(labels, "rename", "Another name for a namespace");
  auto arguments = add_verb(renaming, rename_footer, "Although marked read-only");
  renaming.required_option(
      "--to", "NAME", [arguments](const std::string& name) { arguments->name = name; },
      "The new name, at most 63 bytes; \"\" is none");
  add_label_update_options(renaming, *arguments);
  renaming.runs(chosen, [arguments](Io& io) { return rename(*arguments, io); });

  const Verb resizing(labels, "resize", "Another size for a namespace");
  arguments = add_verb(resizing, resize_footer, "Make it smaller, or although marked read-only");
  resizing.required_option(
      "--size", "SIZE",
      [arguments](const std::string& text) {
        const auto size = parse_size(text);
        if (!size) throw WrongValue("\"" + text + "\" is not a size");
        arguments->size = *size;
      },
      "Bytes of all DIMMs together");
  resizing.size(
      "--align", [arguments](std::uint64_t alignment) { arguments->alignment = alignment; },
      "Alignment of the region: a power of two times the number of DIMMs (16M)");
  add_label_update_options(resizing, *arguments);
  resizing.runs(chosen, [arguments](Io& io) { return resize(*arguments, io); });

  const Verb removing(labels, "remove", "A namespace away, its data left where it is");
  arguments = add_verb(removing, remove_footer, "Although marked read-only");
  add_label_update_options(removing, *arguments);
  removing.runs(chosen, [arguments](Io& io) { return remove(*arguments, io); });
}

}  // namespace ndmedic::cli
