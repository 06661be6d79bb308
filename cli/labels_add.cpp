// SPDX-License-Identifier: BSD-3-Clause
// The verb labels add: a new namespace by its labels, on all DIMMs of a region.
#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <ostream>

#include <ndmedic/cli/exit_codes.h>
#include <ndmedic/cli/label_update.h>
#include <ndmedic/cli/labels_verbs.h>
#include <ndmedic/cli/text.h>
#include <ndmedic/format/checked.h>
#include <ndmedic/format/guid_source.h>
#include <ndmedic/format/untrusted_text.h>
#include <ndmedic/labels/dpa_space.h>

namespace ndmedic::cli {
namespace {

constexpr const char* footer =
    "The namespace takes the lowest place that is free on all DIMMs of the region. Its data is "
    "not\n"
    "touched: \"ndmedic create btt --namespace\" makes the BTT that sector mode wants. A power "
    "loss\n"
    "leaves the old labels, the new ones, or what \"ndmedic labels recover\" takes back or "
    "completes.\n"
    "\n"
    "Examples:\n"
    "  ndmedic labels add --name data --size 1G nvdimm.img\n"
    "  ndmedic labels add --mode sector --for qemu:slot=0 nvdimm.img   all that is free\n"
    "  ndmedic labels add --nfit nfit.bin --region 1 --size 64M d0.img d1.img";

struct Arguments : LabelUpdateArguments {
  std::string name;
  std::optional<std::uint64_t> size;
  std::optional<std::uint64_t> place;
  std::optional<std::uint64_t> lbasize;
  std::uint64_t alignment = 0;
  std::string mode = "raw";
  std::optional<Guid> uuid;
  std::optional<std::uint64_t> seed;
  bool read_only = false;
};

/// What class 1.1 areas have is a BTT of version 1.1, and no label of theirs says it.
Guid abstraction_of(const std::string& mode, const LabelArea& first) {
  if (mode == "fsdax") return guids::pfn;
  if (mode == "devdax") return guids::dax;
  if (mode == "raw") return {};
  return first.major == 1 && first.minor == 1 ? guids::btt : guids::btt2;
}

class Adding {
 public:
  Adding(const Arguments& arguments, Io& io)
      : arguments_(arguments), io_(io), update_(arguments, "labels add", io) {}

  int run() {
    if (!update_.open() || !(region_ = update_.choose_region()) || !decide_fields())
      return update_.code();
    const auto answer = add_namespace(update_.targets(), *region_, wanted_);
    if (!update_.accepted(answer)) return update_.code();
    const LabelSet after = update_.outlook();
    if (!update_.apply()) return update_.code();
    print(*answer, after);
    return update_.code();
  }

 private:
  bool decide_fields() {
    GuidSource source(arguments_.seed);
    auto uuid = source.next();
    if (!uuid) return update_.fail(arguments_.image.images.front(), uuid.error());
    wanted_.uuid = arguments_.uuid.value_or(*uuid);
    wanted_.name = arguments_.name;
    wanted_.alignment = arguments_.alignment;
    wanted_.offset = arguments_.place;
    wanted_.read_only = arguments_.read_only;
    const bool sector = arguments_.mode == "sector";
    wanted_.lbasize = arguments_.lbasize.value_or(sector ? 4096 : 512);
    const auto& devices = update_.tree().devices;
    const auto first = std::ranges::find_if(devices, [this](const DeviceImage& device) {
      return device.area && region_->description.mappings.front().device == device.index;
    });
    if (first != devices.end()) wanted_.abstraction = abstraction_of(arguments_.mode, *first->area);
    return decide_size();
  }

  /// Rounded up to what the region wants.
  bool decide_size() {
    wanted_.size = arguments_.size;
    const std::uint64_t unit =
        arguments_.alignment != 0 ? arguments_.alignment : default_alignment(region_->description);
    if (arguments_.size) {
      const auto rounded = Checked(*arguments_.size).round_up(unit).get();
      if (rounded) wanted_.size = rounded;
      return true;
    }
    const auto& mappings = region_->description.mappings;
    const bool known = std::ranges::all_of(
        mappings, [](const RegionMapping& mapping) { return mapping.size != ~std::uint64_t{0}; });
    return known || update_.refuse("the capacity is not known from a label area alone; give --size",
                                   exit_usage);
  }

  const LabelNamespace* find(const LabelSet& after) const {
    const auto at = std::ranges::find(after.namespaces, wanted_.uuid, &LabelNamespace::uuid);
    return at == after.namespaces.end() ? nullptr : &*at;
  }

  void print(const NamespaceAnswer& answer, const LabelSet& after) {
    const std::size_t number = update_.number_of(*region_);
    std::string text =
        fmt::format("{}: {} {} in region{}\n", escape_untrusted(arguments_.image.images.front()),
                    update_.done_text("add", "added"), size_text(answer.size), number);
    if (arguments_.size && *arguments_.size != answer.size)
      text += fmt::format("  size       rounded up from {}\n", size_text(*arguments_.size));
    const std::string uuid = to_string(wanted_.uuid, GuidOrder::text);
    text += fmt::format("  uuid       {}\n", uuid);
    Json json = {{"uuid", uuid}};
    add_text(json, "name", wanted_.name);
    add_number(json, "size", answer.size);
    json["region"] = number;
    json["mode"] = arguments_.mode;
    json["extents"] = Json::array();
    const std::uint64_t ways = region_->description.mappings.size();
    for (const RegionMapping& mapping : region_->description.mappings) {
      const std::uint64_t dpa = mapping.dpa_start + answer.offset;
      text += fmt::format("  place      {} at {} of d{}\n", size_text(answer.size / ways),
                          hex_text(dpa), *mapping.device);
      Json extent = {{"device", *mapping.device}};
      add_number(extent, "dpa", dpa);
      add_number(extent, "rawsize", answer.size / ways);
      json["extents"].push_back(std::move(extent));
    }
    if (const LabelNamespace* ns = find(after)) {
      json["namespace"] = ns - after.namespaces.data();
      json["linux"] = to_string(ns->linux_view);
      text += fmt::format("  namespace  ns/{}{}\n", ns - after.namespaces.data(),
                          ns->linux_view == LinuxView::visible
                              ? ""
                              : fmt::format(", Linux: {}", to_string(ns->linux_view)));
    }
    update_.print(text, std::move(json));
  }

  const Arguments& arguments_;
  Io& io_;
  LabelUpdate update_;
  const RegionState* region_ = nullptr;
  NewNamespace wanted_{};
};

void add_field_options(const Verb& verb, Arguments& arguments) {
  verb.option(
      "--name", "NAME", [&arguments](const std::string& name) { arguments.name = name; },
      "Name, at most 63 bytes (none)");
  verb.choice(
      "--mode", "MODE", {"raw", "sector", "fsdax", "devdax"},
      [&arguments](const std::string& mode) { arguments.mode = mode; },
      "What the label says is inside: raw (default), sector, fsdax, devdax");
  verb.size(
      "--sector-size", [&arguments](std::uint64_t size) { arguments.lbasize = size; },
      "Sectors that the label promises: 512, 4096, or 0 for none");
  verb.option(
      "--uuid", "UUID",
      [&arguments](const std::string& text) {
        arguments.uuid = parse_guid(text, GuidOrder::text);
        if (!arguments.uuid) throw WrongValue("\"" + text + "\" is not a uuid");
      },
      "Uuid of the namespace (random)");
  verb.number(
      "--seed", [&arguments](std::uint64_t seed) { arguments.seed = seed; },
      "Make the same uuid each time");
  verb.flag("--read-only", arguments.read_only, "Mark the labels read-only");
}

}  // namespace

void add_labels_add(const Verb& labels, Run& chosen) {
  auto arguments = std::make_shared<Arguments>();
  const Verb verb(labels, "add", "A new namespace in free capacity");
  verb.footer(footer);
  verb.size(
      "--size", [arguments](std::uint64_t size) { arguments->size = size; },
      "Bytes of all DIMMs together, rounded up to the region's alignment (the largest place)");
  add_field_options(verb, *arguments);
  verb.size(
      "--at", [arguments](std::uint64_t place) { arguments->place = place; },
      "Place: bytes from the start of the region's share of each DIMM (the first that fits)");
  verb.size(
      "--align", [arguments](std::uint64_t alignment) { arguments->alignment = alignment; },
      "Alignment of the region: a power of two times the number of DIMMs (16M)");
  verb.number(
      "--region", [arguments](std::uint64_t number) { arguments->region = number; },
      "Which region, as show numbers them, where there are several");
  verb.flag("--force", arguments->force, "Write where use cannot be told");
  add_label_update_options(verb, *arguments);
  verb.runs(chosen, [arguments](Io& io) { return Adding(*arguments, io).run(); });
}

}  // namespace ndmedic::cli
