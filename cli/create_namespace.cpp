// SPDX-License-Identifier: BSD-3-Clause
// The verb create namespace: a namespace with what is inside, in DIMMs that exist.
#include <ndmedic/cli/create_namespace.h>

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <optional>

#include <ndmedic/cli/exit_codes.h>
#include <ndmedic/cli/label_update.h>
#include <ndmedic/cli/provision.h>
#include <ndmedic/cli/text.h>
#include <ndmedic/format/untrusted_text.h>

namespace ndmedic::cli {
namespace {

constexpr const char* footer =
    "In DIMMs with label areas the namespace takes the lowest place that is free on all of a "
    "region;\n"
    "an image without one is a namespace as a whole. An interrupted command leaves the old labels, "
    "or\n"
    "a namespace without content: remove it, or fill it with \"create btt --namespace\".\n"
    "With --keep-start an image can have two faces: a partition table for machines without NVDIMM, "
    "and\n"
    "data behind the info block for those with one.\n"
    "\n"
    "Examples:\n"
    "  ndmedic create namespace --name data --mode sector --size 1G nvdimm.img\n"
    "  ndmedic create namespace --mode fsdax --nfit nfit.bin --region 1 d0.img d1.img\n"
    "  ndmedic create namespace --mode fsdax --map mem --keep-start --label-size 0 vm.img";

struct Arguments {
  LabelUpdateArguments update;
  ProvisionArguments provision;
  NamespaceSpec spec;
};

class NamespaceMaker {
 public:
  NamespaceMaker(const Arguments& arguments, Io& io)
      : arguments_(arguments), update_(arguments.update, "create namespace", io), io_(io) {}

  int run() {
    if (!update_.open(true)) return update_.code();
    Provision provision(arguments_.provision, arguments_.update.image, update_.files(), io_);
    if (!add(provision) || !provision.fill()) return update_.code() | provision.code();
    if (!update_.apply()) return update_.code();
    std::string text = fmt::format("{}: {} a namespace\n",
                                   escape_untrusted(arguments_.update.image.images.front()),
                                   update_.done_text("make", "made"));
    update_.print(text + provision.text(), {{"namespaces", provision.json()}});
    return update_.code();
  }

 private:
  bool add(Provision& provision) {
    if (update_.targets().empty()) return provision.add_without_label(arguments_.spec);
    const RegionState* const region = update_.choose_region();
    if (region == nullptr) return false;
    const auto& devices = update_.tree().devices;
    const auto first = std::ranges::find_if(devices, [region](const DeviceImage& device) {
      return device.area && region->description.mappings.front().device == device.index;
    });
    if (first == devices.end())
      return update_.refuse("the first DIMM of the region is not given", exit_usage);
    return provision.add(arguments_.spec, update_.targets(), *region, *first->area);
  }

  const Arguments& arguments_;
  LabelUpdate update_;
  Io& io_;
};

void add_spec_options(const Verb& verb, NamespaceSpec& spec) {
  const auto option = [&](const std::string& key, const std::string& type,
                          const std::string& help) {
    verb.option(
        "--" + key, type,
        [&spec, key](const std::string& value) {
          const std::string complaint = set_value(spec, key, value);
          if (!complaint.empty()) throw WrongValue(complaint);
        },
        help);
  };
  option("name", "NAME", "Name, at most 63 bytes (none)");
  option("mode", "MODE", "raw (default), sector, fsdax, devdax");
  option("size", "SIZE", "Bytes of all DIMMs together, rounded up (the largest place)");
  option("sector-size", "SIZE",
         "Of sector mode: 512, 520, 528, 4096 (default), 4104, 4160 or 4224");
  option("align", "SIZE", "Of fsdax and devdax: what is mapped begins at multiples of this (2M)");
  option("map", "WHERE", "Of fsdax and devdax: pages are described on the device (dev), or in mem");
  option("uuid", "UUID", "Uuid of its label (random)");
}

}  // namespace

void add_create_namespace(const Verb& create, Run& chosen) {
  auto arguments = std::make_shared<Arguments>();
  const Verb verb(create, "namespace", "Make a namespace in images that exist");
  verb.footer(footer);
  add_spec_options(verb, arguments->spec);
  verb.number(
      "--region", [arguments](std::uint64_t number) { arguments->update.region = number; },
      "Which region, as show numbers them, where there are several");
  add_provision_options(verb, arguments->provision);
  verb.flag("--keep-start", arguments->provision.keep_start,
            "Leave the first 4 KiB of fsdax and devdax namespaces as they are");
  verb.flag("--force", arguments->provision.force,
            "Destroy what is at its place; write where use cannot be told");
  add_label_update_options(verb, arguments->update);
  verb.runs(chosen, [arguments](Io& io) {
    arguments->update.force = arguments->provision.force;
    return NamespaceMaker(*arguments, io).run();
  });
}

}  // namespace ndmedic::cli
