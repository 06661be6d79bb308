// SPDX-License-Identifier: BSD-3-Clause
#include <ndmedic/cli/provision.h>

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <ostream>

#include <ndmedic/cli/create.h>
#include <ndmedic/cli/exit_codes.h>
#include <ndmedic/cli/known_content.h>
#include <ndmedic/cli/label_update.h>
#include <ndmedic/cli/text.h>
#include <ndmedic/format/checked.h>
#include <ndmedic/format/untrusted_text.h>
#include <ndmedic/image/personality.h>
#include <ndmedic/labels/dpa_space.h>
#include <ndmedic/media/view.h>

namespace ndmedic::cli {
namespace {

constexpr std::uint64_t page = 4096;

NamespaceHome home_in(const LabelArea& area) {
  return area.major == 1 && area.minor == 1 ? NamespaceHome::labels_1_1 : NamespaceHome::labels_1_2;
}

Personality personality_of(NamespaceMode mode, NamespaceHome home) {
  switch (mode) {
    case NamespaceMode::raw:
      return Personality::raw;
    case NamespaceMode::sector:
      return btt_version_in(home) == btt_version_2_0 ? Personality::btt_2_0 : Personality::btt_1_1;
    case NamespaceMode::fsdax:
      return Personality::fsdax;
    case NamespaceMode::devdax:
      return Personality::devdax;
  }
  return Personality::unknown;
}

/// What stands at the place of a new namespace that would be lost, whatever a label
/// says. `only_infos`: all but info blocks stays.
Result<std::string> content_lost(const ImageTree& tree, NamespaceImage& ns, bool only_infos) {
  NamespaceImage place;
  NDMEDIC_TRY(place.media, View::slice(std::as_const(*ns.media), 0, ns.media->size()));
  ReadBudget budget;
  Findings ignored(0);
  NDMEDIC_CHECK(read_personality(place, {}, true, budget, ignored));
  if (only_infos && place.personality == Personality::raw) return std::string();
  return known_content(tree, place);
}

std::string memory_error_text(const NamespaceSpec& spec, const ProvisionArguments& arguments,
                              const NamespaceImage& ns, const Error& error) {
  if (error.what == "page size")
    return fmt::format("pages of {}: no kernel has them", size_text(arguments.page_size));
  if (error.what == "size of a page's descriptor")
    return fmt::format("page descriptors of {} bytes: no kernel has them", arguments.struct_page);
  if (error.what == "alignment")
    return fmt::format("an alignment of {} is not possible: from the page size to 2 GiB",
                       size_text(spec.align));
  if (error.what == "alignment of the platform")
    return fmt::format(
        "--compatible-align {}: a power of two from the page size to 2 GiB is wanted",
        size_text(arguments.compatible_align));
  if (error.what == "physical address")
    return fmt::format("it would begin at no multiple of {}, which Linux wants",
                       size_text(arguments.compatible_align));
  return fmt::format("{} are too little for {} with alignment {}", size_text(ns.size),
                     to_string(spec.mode), size_text(spec.align));
}

std::string mode_text(const NamespaceImage& ns) {
  if (ns.personality == Personality::btt_1_1) return "sector (BTT 1.1)";
  if (ns.personality == Personality::btt_2_0) return "sector (BTT 2.0)";
  return std::string(to_string(ns.personality));
}

std::string usable_text(const NamespaceImage& ns) {
  const auto data = visible_data(ns);
  if (!data) return "nothing";
  if (const auto sectors = sectors_of(ns))
    return fmt::format("{}, {} sectors of {} bytes", size_text(data->size()),
                       data->size() / sectors->sector_size(), sectors->sector_size());
  if (ns.pfn)
    return fmt::format("{}, alignment {}", size_text(data->size()),
                       size_text(interpret(ns.pfn->block).align));
  return size_text(data->size());
}

}  // namespace

bool Provision::refuse(const std::string& sentence, int code) {
  return VerbRun::refuse(image_.images.front(), sentence, code);
}

bool Provision::fail(const Error& error) { return VerbRun::fail(image_.images.front(), error); }

bool Provision::take_uuids(Made& made) {
  const auto uuid = guids_.next();
  const auto inside = guids_.next();
  if (!uuid || !inside) return fail(uuid ? inside.error() : uuid.error());
  made.uuid = made.spec.uuid.value_or(*uuid);
  made.inside = *inside;
  return true;
}

bool Provision::add(const NamespaceSpec& spec, std::span<const LabelTarget> dimms,
                    const RegionState& region, const LabelArea& first) {
  Made made{.spec = spec, .home = home_in(first)};
  if (!take_uuids(made)) return false;
  NewNamespace wanted;
  wanted.uuid = made.uuid;
  wanted.name = spec.name;
  const std::uint64_t ways = region.description.mappings.size();
  if (arguments_.exact) wanted.alignment = page * ways;
  const std::uint64_t unit =
      arguments_.exact ? wanted.alignment : default_alignment(region.description);
  wanted.size = spec.size;
  if (spec.size && !arguments_.exact)
    wanted.size = Checked(*spec.size).round_up(unit).get().value_or(*spec.size);
  wanted.lbasize = label_lbasize(spec.mode, spec.sector_size);
  wanted.abstraction = abstraction_of(spec.mode, made.home);
  const auto answer = add_namespace(dimms, region, wanted);
  if (!answer) return fail(answer.error());
  if (answer->refusal == Refusal::misaligned)
    return refuse(fmt::format("--exact: sizes are multiples of {}", size_text(unit)), exit_usage);
  if (!answer->done()) return refuse(refusal_text(*answer), refusal_code(answer->refusal));
  const bool described = !region.inferred && region.description.spa_base != 0;
  const std::uint64_t base = described ? region.description.spa_base : arguments_.base;
  made.base = base + answer->offset * ways;
  made_.push_back(std::move(made));
  return true;
}

bool Provision::add_without_label(const NamespaceSpec& spec) {
  Made made{.spec = spec, .base = arguments_.base};
  if (!spec.name.empty() || spec.uuid)
    return refuse("without a label area a namespace has no name and no uuid", exit_usage);
  if (spec.size)
    return refuse("without a label area a namespace is all there is; give it no size", exit_usage);
  if (!take_uuids(made)) return false;
  made.uuid = {};
  made_.push_back(std::move(made));
  return true;
}

bool Provision::look() {
  Findings ignored(0);
  auto tree = open_as_planned(image_, files_, ignored);
  if (!tree) return fail(tree.error());
  tree_ = std::move(*tree);
  return true;
}

NamespaceImage* Provision::find(const Made& made) {
  const auto same = [&made](const NamespaceImage& ns) {
    return made.home == NamespaceHome::no_label || (ns.label && ns.uuid == made.uuid);
  };
  const auto at = std::ranges::find_if(tree_->namespaces, same);
  return at == tree_->namespaces.end() ? nullptr : &*at;
}

bool Provision::fill() {
  if (!look()) return false;
  for (Made& made : made_) {
    NamespaceImage* const ns = find(made);
    if (ns == nullptr || !ns->media)
      return refuse("the data of the new namespace is not reachable; give the NFIT (--nfit)",
                    exit_usage);
    if (!fill(made, *ns)) return false;
  }
  return look_again();
}

/// What nobody would find is not made.
bool Provision::look_again() {
  if (!look()) return false;
  for (Made& made : made_) {
    const NamespaceImage* const ns = find(made);
    if (ns == nullptr || ns->personality != personality_of(made.spec.mode, made.home))
      return refuse("the new namespace would not be found as such", exit_usage);
    made.index = ns->index;
  }
  std::ranges::sort(made_, {}, &Made::index);
  return true;
}

bool Provision::fill(Made& made, NamespaceImage& ns) {
  const bool memory =
      made.spec.mode == NamespaceMode::fsdax || made.spec.mode == NamespaceMode::devdax;
  // A page map on the device would be written over what follows.
  const bool kept = memory && arguments_.keep_start && made.spec.map == pfn_mode_ram;
  const bool only_infos = made.spec.mode == NamespaceMode::raw || kept;
  auto lost = content_lost(*tree_, ns, only_infos);
  if (!lost) return fail(lost.error());
  if (!lost->empty() && !arguments_.force)
    return refuse(
        fmt::format("the place of ns/{} holds {}; --force destroys that", ns.index, *lost),
        exit_usage);
  made.destroyed = std::move(*lost);
  NamespacePlan plan{.mode = made.spec.mode, .home = made.home, .uuid = made.inside};
  plan.parent_uuid = made.uuid;
  plan.sector_size = made.spec.sector_size;
  plan.memory.physical_base = made.base;
  plan.memory.align = made.spec.align;
  plan.memory.mode = made.spec.map;
  plan.memory.page_size = arguments_.page_size;
  plan.memory.page_struct_size = arguments_.struct_page;
  plan.memory.compatible_align = arguments_.compatible_align;
  plan.keep_start = arguments_.keep_start;
  const auto stage = [&](std::string_view name) {
    files_.plan().tag(fmt::format("ns/{}/{}", ns.index, name));
  };
  const Status formatted = format_namespace(*ns.media, plan, stage);
  return formatted || tell_content_error(made, ns, formatted.error());
}

bool Provision::tell_content_error(const Made& made, const NamespaceImage& ns, const Error& error) {
  const bool usage = error.code == Errc::invalid || error.code == Errc::too_large;
  if (!usage) return fail(error);
  if (made.spec.mode != NamespaceMode::sector)
    return refuse(memory_error_text(made.spec, arguments_, ns, error), exit_usage);
  FormatPlan format;
  format.version = btt_version_in(made.home);
  format.external_lbasize = made.spec.sector_size;
  return refuse(layout_error_text(error, format, ns.size), exit_usage);
}

std::string Provision::text() const {
  std::string text;
  for (const Made& made : made_) {
    const NamespaceImage& ns = tree_->namespaces[made.index];
    const std::string name =
        ns.name.empty() ? std::string() : fmt::format("\"{}\", ", escape_untrusted(ns.name));
    text += fmt::format("  {:<11}{}{}, {}\n", fmt::format("ns/{}", ns.index), name, mode_text(ns),
                        size_text(ns.size));
    if (made.spec.size && *made.spec.size != ns.size)
      text += fmt::format("    size     rounded up from {}\n", size_text(*made.spec.size));
    text += fmt::format("    usable   {}\n", usable_text(ns));
    if (ns.label) {
      text += fmt::format("    uuid     {}\n", to_string(ns.uuid, GuidOrder::text));
      const LinuxView view = tree_->labels.namespaces[*ns.label].linux_view;
      if (view != LinuxView::visible) text += fmt::format("    Linux    {}\n", to_string(view));
    }
    if (!made.destroyed.empty()) text += fmt::format("    instead of {}\n", made.destroyed);
  }
  return text;
}

Json Provision::json() const {
  Json list = Json::array();
  for (const Made& made : made_) {
    const NamespaceImage& ns = tree_->namespaces[made.index];
    Json json = {{"namespace", ns.index}};
    add_text(json, "name", ns.name);
    json["mode"] = to_string(made.spec.mode);
    json["uuid"] = to_string(ns.uuid, GuidOrder::text);
    if (made.spec.mode != NamespaceMode::raw)
      json["content_uuid"] = to_string(made.inside, GuidOrder::text);
    add_number(json, "size", ns.size);
    if (const auto data = visible_data(ns)) add_number(json, "usable", data->size());
    if (const auto sectors = sectors_of(ns)) {
      json["external_lbasize"] = made.spec.sector_size;
      json["sector_size"] = sectors->sector_size();
      json["sectors"] = sectors->size() / sectors->sector_size();
    }
    if (ns.pfn) json["align"] = interpret(ns.pfn->block).align;
    if (ns.label) json["linux"] = to_string(tree_->labels.namespaces[*ns.label].linux_view);
    if (!made.destroyed.empty()) json["destroyed"] = made.destroyed;
    list.push_back(std::move(json));
  }
  return list;
}

void add_provision_options(const Verb& verb, ProvisionArguments& arguments) {
  const auto small = [](std::uint64_t size) {
    if (size > std::numeric_limits<std::uint32_t>::max()) throw WrongValue("too large");
    return static_cast<std::uint32_t>(size);
  };
  verb.flag("--exact", arguments.exact, "Do not round sizes up to the region's alignment");
  verb.size(
      "--page-size", [&arguments, small](std::uint64_t size) { arguments.page_size = small(size); },
      "Pages of the kernel that will use fsdax and devdax namespaces (4K)");
  verb.size(
      "--struct-page",
      [&arguments, small](std::uint64_t size) { arguments.struct_page = small(size); },
      "Bytes of its page descriptor (64)");
  verb.size(
      "--compatible-align", [&arguments](std::uint64_t size) { arguments.compatible_align = size; },
      "Of what it maps, whatever the namespace wants (2M)");
  verb.size(
      "--base", [&arguments](std::uint64_t address) { arguments.base = address; },
      "Address of a region that no NFIT describes (0: a multiple of all alignments)");
  verb.number(
      "--seed", [&arguments](std::uint64_t seed) { arguments.seed = seed; },
      "Make the same uuids each time");
}

}  // namespace ndmedic::cli
