// SPDX-License-Identifier: BSD-3-Clause
#include <ndmedic/image/select.h>

#include <charconv>
#include <functional>

namespace ndmedic {
namespace {

/// How a selector is read: whole index, uuid or name.
std::function<bool(const NamespaceImage&)> matcher(std::string_view selector) {
  if (selector.empty()) return [](const NamespaceImage&) { return true; };
  std::uint32_t index = 0;
  const char* const end = selector.data() + selector.size();
  const auto [stop, error] = std::from_chars(selector.data(), end, index);
  if (error == std::errc{} && stop == end)
    return [index](const NamespaceImage& ns) { return ns.index == index; };
  if (const auto uuid = parse_guid(selector, GuidOrder::text))
    return [uuid](const NamespaceImage& ns) { return ns.uuid == *uuid; };
  return [selector](const NamespaceImage& ns) { return ns.name == selector; };
}

}  // namespace

Result<NamespaceImage*> select_namespace(ImageTree& tree, std::string_view selector) {
  const auto matches = matcher(selector);
  NamespaceImage* found = nullptr;
  for (NamespaceImage& ns : tree.namespaces) {
    if (!matches(ns)) continue;
    if (found != nullptr) return Error{Errc::invalid, {}, "namespace"};
    found = &ns;
  }
  if (found == nullptr) return Error{Errc::not_found, {}, "namespace"};
  return found;
}

}  // namespace ndmedic
