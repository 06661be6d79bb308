// SPDX-License-Identifier: BSD-3-Clause
#include <ndmedic/cli/namespace_filter.h>

#include <fmt/format.h>

#include <algorithm>
#include <ostream>

#include <ndmedic/cli/text.h>
#include <ndmedic/format/untrusted_text.h>
#include <ndmedic/image/select.h>

namespace ndmedic::cli {
void add_namespace_option(const Verb& verb, std::string& selector, const std::string& help) {
  verb.option(
      "--namespace", "SEL",
      [&selector](const std::string& text) {
        if (text.empty()) throw WrongValue("give the index, the uuid or the name of a namespace");
        selector = text;
      },
      help);
}

std::optional<std::uint32_t> namespace_index(ImageTree& tree, const std::string& selector,
                                             std::ostream& err) {
  const auto found = select_namespace(tree, selector);
  if (found) return (*found)->index;
  if (tree.namespaces.empty()) {
    err << "ndmedic: the images hold no namespace\n";
    return std::nullopt;
  }
  const bool several = found.error().code == Errc::invalid;
  const char* const why = several ? "not unique" : "no such namespace";
  err << fmt::format("ndmedic: --namespace {}: {}; the images hold:\n", escape_untrusted(selector),
                     why);
  list_namespaces(tree, err);
  return std::nullopt;
}

NamespaceFindings::NamespaceFindings(const ImageTree& tree, std::uint32_t index, FindingSink& to)
    : index_(index), uuid_(tree.namespaces[index].uuid), to_(to) {
  const NamespaceImage& ns = tree.namespaces[index];
  if (ns.label)
    extents_ = tree.labels.namespaces[*ns.label].extents;
  else
    device_ = ns.device;
}

void NamespaceFindings::add(Finding finding) {
  if (concerns(finding.place)) to_.add(std::move(finding));
}

bool NamespaceFindings::concerns(const Place& place) const {
  switch (place.kind) {
    case PlaceKind::slot:
      return std::ranges::any_of(extents_, [&](const NamespaceExtent& extent) {
        return extent.device == place.device && place.first <= extent.slot &&
               extent.slot <= std::max(place.first, place.last);
      });
    case PlaceKind::device:
    case PlaceKind::range:
    case PlaceKind::labels:
    case PlaceKind::index:
    case PlaceKind::pool_header:
    case PlaceKind::pool_desc:
    case PlaceKind::nfit:
      return device_ && place.device == device_;
    default:
      break;
  }
  if (const auto* index = std::get_if<std::uint32_t>(&place.ns)) return *index == index_;
  return std::get<Guid>(place.ns) == uuid_;
}

void list_namespaces(const ImageTree& tree, std::ostream& out) {
  for (const NamespaceImage& ns : tree.namespaces) {
    const std::string uuid = ns.uuid.is_null() ? "" : to_string(ns.uuid, GuidOrder::text) + " ";
    out << fmt::format("  ns/{}  {}{} {}\n", ns.index, uuid, size_text(ns.size),
                       escape_untrusted(ns.name));
  }
}

}  // namespace ndmedic::cli
