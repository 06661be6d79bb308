// SPDX-License-Identifier: BSD-3-Clause
// Where the bytes of a labelled namespace are: extents of one DIMM, or a set over several through
// the interleave that an NFIT or an option describes (labels.md 4.7, 5.7).
#pragma once

#include <memory>
#include <span>

#include <ndmedic/image/image.h>
#include <ndmedic/image/siblings.h>

namespace ndmedic {

/// The bytes of a namespace, or why there are none.
struct NamespaceData {
  std::unique_ptr<Media> media{};
  Unreachable unreachable = Unreachable::reachable;
};

/// `regions` and `nfit` are those of the NFIT, if one was given; `regions` are in the order of
/// ImageTree::labels.regions. Never fails: what cannot be built is told as unreachable.
NamespaceData namespace_data(const LabelNamespace& ns, std::span<const DeviceImage> devices,
                             const LabelSet& set, const NfitReading* nfit,
                             const SetInterleave& interleave);

}  // namespace ndmedic
