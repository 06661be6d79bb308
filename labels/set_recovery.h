// SPDX-License-Identifier: BSD-3-Clause
// What a power loss left of an update of several label areas, completed or taken back (labels.md
// 4.8, V11, RP4, LB09, LB10).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <ndmedic/format/guid.h>
#include <ndmedic/labels/label_set.h>
#include <ndmedic/labels/set_writer.h>

namespace ndmedic {

enum class RecoveryAction : std::uint8_t {
  none,
  roll_forward,  ///< every DIMM gets what position 0 says, without flag UPDATING
  roll_back,     ///< the labels of the uuid are freed on every DIMM
};

/// Why that is what can be done.
enum class RecoveryReason : std::uint8_t {
  // roll_forward
  all_there,  ///< every DIMM of the region has a label of the set
  // roll_back
  creation,  ///< no label of the uuid without UPDATING is known anywhere: never complete
  removal,   ///< each DIMM without a label had one with UPDATING until its last update
  // none
  no_region,       ///< the labels lie in no region that is described
  other_region,    ///< the labels are those of another region: nlabel, cookie, type
  dimm_missing,    ///< a DIMM of the region was not presented
  untrusted_area,  ///< what a DIMM of the region has in use is not known (RP4)
  conflicting,     ///< two labels on a DIMM, in two regions, or at different places
  was_complete,    ///< labels are missing, and something says that they were there once (ST01)
  has_data,        ///< would be rolled back, but the caller says that the namespace holds data
  place_taken,     ///< the extent that position 0 says is not free on all DIMMs
  no_free_slot,    ///< a DIMM that needs one has none; what is there works (LB09)
};

/// One namespace with labels that have flag UPDATING.
struct Recovery {
  Guid uuid{};
  std::string name{};  ///< of the first label there is; untrusted bytes
  std::optional<std::size_t> region{};
  RecoveryAction action = RecoveryAction::none;
  RecoveryReason reason = RecoveryReason::no_region;
  std::optional<std::uint32_t> device{};  ///< ordinal of the DIMM that a reason is about
  std::vector<LabelChange> changes{};     ///< what is written; empty without an action
};

struct RecoveryOptions {
  /// Namespaces that are known to hold data (an info block with the uuid, LB10): their labels are
  /// not those of a creation.
  std::set<Guid> with_data{};
};

/// What can be done about each uuid with an active label that has flag UPDATING, ascending by uuid.
/// Complete sets of kernels that never cleared the flag are rolled forward as well: nothing but the
/// flag changes. Block-mode labels and those of CXL regions are not looked at.
std::vector<Recovery> plan_recovery(const SetWriter& dimms, std::span<const RegionState> regions,
                                    const RecoveryOptions& options = {});

/// Reads the areas of all DIMMs presented, and carries out plan_recovery(). A power loss in between
/// leaves what the next call completes to the same labels. Gives what was planned. Errors: those of
/// the media.
Result<std::vector<Recovery>> recover_namespaces(std::span<const LabelTarget> dimms,
                                                 std::span<const RegionState> regions,
                                                 const RecoveryOptions& options = {});

std::string_view to_string(RecoveryAction action);
std::string_view to_string(RecoveryReason reason);

}  // namespace ndmedic
