// SPDX-License-Identifier: BSD-3-Clause
// --namespace SEL where it narrows what is told: one namespace and its findings.
#pragma once

#include <cstdint>
#include <iosfwd>
#include <optional>
#include <string>
#include <vector>

#include <ndmedic/cli/command.h>
#include <ndmedic/cli/verb.h>
#include <ndmedic/image/image.h>

namespace ndmedic::cli {

/// Adds --namespace SEL to `verb`; `selector` is empty without it.
void add_namespace_option(const Verb& verb, std::string& selector, const std::string& help);

/// The index of the namespace that `selector` names, as select_namespace() reads it. None where
/// that is none or not unique: told on `err`, with the list of what there is.
std::optional<std::uint32_t> namespace_index(ImageTree& tree, const std::string& selector,
                                             std::ostream& err);

/// A line for each namespace.
void list_namespaces(const ImageTree& tree, std::ostream& out);

/// Passes on what was found in one namespace and at its labels, or, where it has none, on the
/// device that it is. `to` must outlive this.
class NamespaceFindings final : public FindingSink {
 public:
  NamespaceFindings(const ImageTree& tree, std::uint32_t index, FindingSink& to);
  void add(Finding finding) override;

 private:
  bool concerns(const Place& place) const;

  std::uint32_t index_;
  Guid uuid_;
  std::optional<std::uint32_t> device_{};  // the namespace as a whole
  std::vector<NamespaceExtent> extents_{};
  FindingSink& to_;
};

}  // namespace ndmedic::cli
