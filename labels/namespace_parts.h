// SPDX-License-Identifier: BSD-3-Clause
// What the transactions on namespaces share: what they check first, and how fields are put.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <ndmedic/labels/label_record.h>
#include <ndmedic/labels/namespace_writer.h>
#include <ndmedic/labels/set_labels.h>
#include <ndmedic/labels/set_writer.h>

namespace ndmedic::namespaces {

using Changes = std::vector<LabelChange>;

// Each fills `changes` unless the answer is a refusal; nothing is written yet.
// namespace_addition.cpp
NamespaceAnswer decide_addition(const SetWriter& dimms, const RegionState& region,
                                const NewNamespace& wanted, Changes& changes);
// namespace_change.cpp
NamespaceAnswer decide_change(const SetWriter& dimms, const RegionState& region, const Guid& uuid,
                              const NamespaceChange& change, Changes& changes);
// namespace_removal.cpp
NamespaceAnswer decide_removal(const SetWriter& dimms, const RegionState& region, const Guid& uuid,
                               bool force, Changes& changes);

// namespace_parts.cpp
NamespaceAnswer refuse(Refusal refusal, std::optional<std::uint32_t> device = {},
                       std::uint64_t limit = 0);

/// Every DIMM of the region is there, once, with an index that can be written.
NamespaceAnswer check_region(const SetWriter& dimms, const RegionDescription& region);

/// RP4: what is in use on each DIMM of the region is known.
NamespaceAnswer check_trust(const SetWriter& dimms, const RegionDescription& region);

NamespaceAnswer check_slots(const SetWriter& dimms, const RegionDescription& region,
                            std::uint32_t needed);

/// Values that go into labels of `format`.
Refusal check_values(const std::optional<std::string>& name, std::optional<std::uint64_t> lbasize,
                     bool read_only, LabelFormat format);

/// The alignment of the whole region that counts, or none where Linux would not take it.
std::optional<std::uint64_t> alignment_of(const RegionDescription& region, std::uint64_t wanted);

/// The areas of the region's mappings; check_region() has passed.
std::vector<const LabelArea*> areas_of(const SetWriter& dimms, const RegionDescription& region);

/// The format of namespace labels in an area.
LabelFormat format_of(const LabelArea& area);

void put_name(LabelRecord& label, std::string_view name);
void put_read_only(LabelRecord& label, bool read_only);
/// Flag ROLABEL, which CXL labels do not have.
bool is_read_only(const LabelRecord& label);

}  // namespace ndmedic::namespaces
