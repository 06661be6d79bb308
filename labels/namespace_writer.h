// SPDX-License-Identifier: BSD-3-Clause
// Namespaces are made, changed and removed: one transaction over the label areas of all DIMMs of a
// region (labels.md 4.4 to 4.6, 4.9, 6).
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include <ndmedic/format/guid.h>
#include <ndmedic/labels/label_set.h>
#include <ndmedic/labels/set_writer.h>
#include <ndmedic/media/media.h>

namespace ndmedic {

/// Why a transaction is not carried out. Nothing has been written then.
enum class Refusal : std::uint8_t {
  none,
  no_region,       ///< no mapping, more than 32, two of one DIMM
  dimm_missing,    ///< `device`, where known, is not among the DIMMs presented
  no_index,        ///< no index block of `device` is valid: the area is not initialised, or damaged
  untrusted_area,  ///< what is in use on `device` is not known for certain (RP4), or its index
  mixed_formats,   ///< areas of EFI and of CXL labels in one region
  no_region_label,  ///< CXL 2.1: `device` has no region label for the region
  no_cookie,        ///< the region's cookie is not known, or 0, which Linux takes for none (5.4)
  bad_uuid,         ///< nil
  duplicate_uuid,   ///< `device` has an active label of it, in whatever region
  bad_name,         ///< not UTF-8, with a NUL, or longer than 63 bytes
  bad_lbasize,      ///< neither 0, 512 nor 4096: Linux warns and takes 512 (2.10)
  no_such_field,    ///< CXL labels have no flag ROLABEL
  bad_alignment,    ///< not is_alignment(); `limit` is the default
  misaligned,    ///< size or place; `limit` is what they must be multiples of, in bytes of `size`
  overlap,       ///< the place asked for is not free on all DIMMs, or not within the region
  does_not_fit,  ///< `limit` is the largest size that does, in bytes of all DIMMs; may be 0
  no_free_slot,  ///< `device` has fewer free slots than the transaction needs (4.4, V8)
  not_found,     ///< no active label of the uuid in the region
  conflicting,   ///< the labels do not make one namespace at one place: 7.3, 7.4
  interrupted,   ///< an interrupted update must be recovered first (4.8)
  read_only,     ///< flag ROLABEL (LB19)
  block_mode,    ///< local labels are removed, never changed
};
std::string_view to_string(Refusal refusal);

/// What became of a transaction.
struct NamespaceAnswer {
  Refusal refusal = Refusal::none;
  std::optional<std::uint32_t> device{};  ///< ordinal of the DIMM that a refusal is about
  std::uint64_t limit = 0;                ///< bytes; see Refusal
  std::uint64_t size = 0;    ///< bytes of all DIMMs, as the labels have them now (or had them)
  std::uint64_t offset = 0;  ///< of the extents, in bytes from the start of each mapping
  /// Removed without an UPDATING phase, because an area had no free slot left: a power loss in
  /// between would have left a set in part that no recovery completes (4.6).
  bool plainly = false;
  bool done() const { return refusal == Refusal::none; }
};

struct NewNamespace {
  Guid uuid{};                            ///< text order
  std::string name{};                     ///< UTF-8, at most 63 bytes
  std::optional<std::uint64_t> size{};    ///< bytes of all DIMMs; none: the largest place there is
  std::optional<std::uint64_t> offset{};  ///< bytes from the start of each mapping; none: first fit
  /// Of size, in bytes of all DIMMs; a place is a multiple of each DIMM's share of it. 0: the
  /// default of the region. Others must be is_alignment().
  std::uint64_t alignment = 0;
  std::uint64_t lbasize = 0;
  Guid abstraction{};  ///< EFI order; 1.1 labels have no such field
  bool read_only = false;
};

/// Fields to replace; those not given stay.
struct NamespaceChange {
  std::optional<std::string> name{};
  std::optional<std::uint64_t> lbasize{};
  std::optional<Guid> abstraction{};  ///< EFI order
  std::optional<bool> read_only{};
  std::optional<std::uint64_t> size{};  ///< bytes of all DIMMs; the start stays where it is
  std::uint64_t alignment = 0;          ///< as in NewNamespace
  bool force = false;                   ///< although flag ROLABEL is set
};

// All three read the areas afresh, decide, and write only then. `dimms` are all DIMMs presented,
// those of the region and others; `region` is as assemble_labels() gives it, or made of a
// description and its region_cookies(). Labels of other namespaces, and slots in which nothing
// changes, keep their bytes. A power loss leaves the old labels, the new ones, or an interrupted
// update that recover_namespaces() completes to either; but see NamespaceAnswer::plainly. Errors:
// those of the media (`where` is a range of one label area); the labels are then in one of these
// states too. Not thread-safe.

/// A label on each DIMM of the region, in mapping order. Needs two free slots on each.
Result<NamespaceAnswer> add_namespace(std::span<const LabelTarget> dimms, const RegionState& region,
                                      const NewNamespace& wanted);

/// Replaces fields on all DIMMs in position order. Reserved bytes and whatever else stays as it
/// was. Needs one free slot on each. Nothing is written where nothing would change.
///
/// While the size changes, the labels of a set differ in rawsize for a moment, which V12 does not
/// allow: position 0 decides when such an update is completed, and a reader that knows nothing of
/// UPDATING sees the sum of what is there.
Result<NamespaceAnswer> change_namespace(std::span<const LabelTarget> dimms,
                                         const RegionState& region, const Guid& uuid,
                                         const NamespaceChange& change);

/// Frees all labels of the uuid in the region, whole set or not, after rewriting them with
/// UPDATING. `force`: although flag ROLABEL is set.
Result<NamespaceAnswer> remove_namespace(std::span<const LabelTarget> dimms,
                                         const RegionState& region, const Guid& uuid,
                                         bool force = false);

}  // namespace ndmedic
