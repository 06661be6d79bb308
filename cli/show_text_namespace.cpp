// SPDX-License-Identifier: BSD-3-Clause
// Namespaces of the tree as text: what they are, by which labels, and what Linux makes of them.
#include <fmt/format.h>

#include <algorithm>

#include <ndmedic/cli/show_text.h>
#include <ndmedic/cli/text.h>
#include <ndmedic/format/codec.h>
#include <ndmedic/format/pfn_info.h>
#include <ndmedic/format/untrusted_text.h>

namespace ndmedic::cli {
namespace {

std::string in_quotes(std::string_view untrusted) {
  return fmt::format("\"{}\"", escape_untrusted(untrusted));
}

std::string head_text(const NamespaceImage& ns) {
  std::string text = ns.name.empty() ? std::string() : in_quotes(ns.name) + ", ";
  if (ns.label) text += ns.name.empty() ? "no name, " : "";
  return text + fmt::format("{}, {}", size_text(ns.size), personality_text(ns.personality));
}

std::string completeness_text(const LabelNamespace& label) {
  switch (label.completeness) {
    case Completeness::complete:
      return label.nlabel == 1 ? "complete" : fmt::format("complete, {} labels", label.nlabel);
    case Completeness::missing: {
      std::string positions;
      for (const std::uint16_t position : label.missing)
        positions += fmt::format("{}{}", positions.empty() ? "" : ", ", position);
      if (label.missing_count > label.missing.size()) positions += ", ...";
      return fmt::format("{} of {} labels missing: position {}", label.missing_count, label.nlabel,
                         positions);
    }
    case Completeness::unknown:
      return fmt::format("not all of its {} labels were seen", label.nlabel);
    case Completeness::conflict:
      break;
  }
  return "labels contradict each other";
}

std::string cookie_text(const LabelNamespace& label) {
  const std::string slot =
      label.cookie_slot ? fmt::format(" of QEMU slot {}", *label.cookie_slot) : std::string();
  switch (label.cookie_verdict) {
    case CookieVerdict::matches:
      return label.cookie_slot ? "set cookie" + slot : "set cookie matches";
    case CookieVerdict::matches_other_version:
      return "set cookie of the other label version" + slot;
    case CookieVerdict::matches_alt:
      return "set cookie of old kernels" + slot;
    case CookieVerdict::other_slot:
      return label.cookie_slot ? "set cookie" + slot + ", not this one"
                               : "set cookie of another order of the DIMMs";
    case CookieVerdict::wrong:
      return "set cookie wrong";
    case CookieVerdict::differs:
      return "set cookies differ";
    case CookieVerdict::not_checkable:
      return "set cookie not checkable";
    case CookieVerdict::not_used:
      break;
  }
  return "no set cookie";
}

std::string_view linux_text(LinuxView view) {
  switch (view) {
    case LinuxView::visible:
      return "shows it";
    case LinuxView::hidden:
      return "hides it";
    case LinuxView::region_fails:
      return "shows no namespace of its region";
    case LinuxView::dimm_fails:
      return "refuses one of its DIMMs, and shows the region as one raw device";
    case LinuxView::no_index:
      return "finds no labels on one of its DIMMs, and shows the region as one raw device";
    case LinuxView::unknown:
      break;
  }
  return "cannot be told: a DIMM is missing or not checked";
}

std::string extent_text(const NamespaceExtent& extent, bool several) {
  std::string text = fmt::format("d{}/labels/slot/{}", extent.device, extent.slot);
  text += fmt::format(", {} at {} of d{}", size_text(extent.rawsize), hex_text(extent.dpa),
                      extent.device);
  if (several) text += fmt::format(", position {}", extent.position);
  if (extent.updating) text += ", UPDATING";
  return text;
}

void print_label(const LabelNamespace& label, const TextOptions& options, Outline& outline) {
  const bool several = label.nlabel > 1 || label.extents.size() > 1;
  const std::size_t shown =
      options.verbose ? label.extents.size() : std::min(rows_shown_max, label.extents.size());
  for (std::size_t i = 0; i < shown; ++i)
    outline.row(1, i == 0 ? "label" : "", extent_text(label.extents[i], several));
  if (shown < label.extents.size())
    outline.row(1, "...", fmt::format("and {} more; -v shows them", label.extents.size() - shown));
  outline.row(1, "set", fmt::format("{}; {}", completeness_text(label), cookie_text(label)));
  if (options.verbose && label.cookie_verdict != CookieVerdict::not_used)
    outline.row(1, "", fmt::format("isetcookie {:#018x}", label.isetcookie));
  outline.row(1, "Linux",
              label.format == LabelFormat::cxl_namespace ? "does not read CXL labels"
                                                         : linux_text(label.linux_view));
}

std::string content_text(const Content& content) {
  if (content.state == ContentState::nothing) return "nothing recognised";
  if (content.state == ContentState::ambiguous) return "signatures of several kinds";
  if (content.state == ContentState::not_checked)
    return content_probe_available() ? "not checked: parts could not be read"
                                     : "not checked: this build has no libblkid";
  std::string text = content.type.empty() ? std::string() : escape_untrusted(content.type);
  const auto append = [&text](std::string_view part) {
    if (!text.empty()) text += ", ";
    text += part;
  };
  if (!content.partition_table.empty())
    append(fmt::format("partition table {}", escape_untrusted(content.partition_table)));
  if (!content.version.empty()) append("version " + escape_untrusted(content.version));
  if (!content.label.empty()) append("label " + in_quotes(content.label));
  if (!content.uuid.empty()) append("uuid " + escape_untrusted(content.uuid));
  return text;
}

void print_content(const NamespaceImage& ns, Outline& outline) {
  if (ns.content) outline.row(1, "content", content_text(*ns.content));
}

void print_pfn(const PfnReading& pfn, const TextOptions& options, Outline& outline) {
  const PfnMeaning meaning = interpret(pfn.block);
  const std::string version =
      fmt::format("{}.{}", pfn.block.major.value(), pfn.block.minor.value());
  if (!pfn.usable) {
    outline.row(1, "info", fmt::format("version {}, cannot be used; see the findings", version));
  } else {
    outline.row(1, "data",
                fmt::format("{} at {}", size_text(pfn.data_size), hex_text(pfn.data_offset)));
    outline.row(1, "info",
                fmt::format("version {}, uuid {}, align {}, {}", version,
                            to_string(pfn.block.uuid, GuidOrder::text), size_text(meaning.align),
                            pfn.block.mode.value() == pfn_mode_pmem ? "page map on the media"
                                                                    : "page map in memory"));
  }
  if (options.verbose) print_fields(1, pfn_info_structure, bytes_of(pfn.block), outline);
}

void print_unreachable(const ImageTree& tree, const NamespaceImage& ns, Outline& outline) {
  if (ns.unreachable == Unreachable::reachable) return;
  std::string text = fmt::format("not checked: {}", unreachable_text(ns.unreachable));
  outline.row(1, "data", text);
  if (ns.unreachable != Unreachable::interleave_unknown) return;
  outline.row(1, "",
              tree.regions.empty() ? "give the NFIT (--nfit), or --interleave and a line size"
                                   : "the NFIT does not say it either: give --interleave");
}

}  // namespace

void print_namespace(const ImageTree& tree, const NamespaceImage& ns, const TextOptions& options,
                     Outline& outline) {
  outline.row(0, fmt::format("ns/{}", ns.index), head_text(ns));
  if (ns.label || !ns.uuid.is_null()) outline.row(1, "uuid", to_string(ns.uuid, GuidOrder::text));
  if (ns.label) print_label(tree.labels.namespaces[*ns.label], options, outline);
  if (!ns.label && ns.device) outline.row(1, "on", fmt::format("all of d{}", *ns.device));
  if (options.verbose)
    for (const Evidence& evidence : ns.evidence)
      outline.row(1, "evidence", evidence_text(evidence));
  print_unreachable(tree, ns, outline);
  if (ns.pfn) print_pfn(*ns.pfn, options, outline);
  if (ns.btt) print_btt(*ns.btt, options, outline);
  if (ns.media) print_content(ns, outline);
}

}  // namespace ndmedic::cli
