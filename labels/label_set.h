// SPDX-License-Identifier: BSD-3-Clause
// Namespaces over several DIMMs, assembled read-only from their label areas: Linux's rules and
// UEFI's completeness side by side (labels.md 4.7, 4.8, 4.10, 5, 7.4, 7.6).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <ndmedic/format/finding.h>
#include <ndmedic/format/guid.h>
#include <ndmedic/labels/label_area.h>

namespace ndmedic {

/// A DIMM that was presented. `area` must outlive the call only.
struct LabelDevice {
  std::uint32_t device = 0;  ///< ordinal among the arguments; places carry it
  const LabelArea* area = nullptr;
  std::optional<std::uint64_t> dpa_size{};    ///< capacity in bytes, where known (LB04)
  std::optional<std::uint64_t> cxl_serial{};  ///< known CXL device serial (5.6)
};

/// One device's contribution to a region, in the order of the NFIT table = Linux mapping order.
struct RegionMapping {
  std::optional<std::uint32_t> device{};  ///< LabelDevice::device, or none: not presented
  std::uint64_t dpa_start = 0;            ///< bytes
  std::uint64_t size = 0;                 ///< bytes on this device
  std::uint64_t region_offset = 0;
  std::uint64_t serial = 0;  ///< 32 bits for NFIT, 64 for CXL
  std::uint16_t vendor = 0;
  std::uint16_t manufacturing_date = 0;
  std::uint8_t manufacturing_location = 0;
};

/// A region (interleave set), from an NFIT or a CXL configuration.
struct RegionDescription {
  std::vector<RegionMapping> mappings{};  ///< at most 32 are simulated (a limit of Linux)
  std::uint32_t ways = 1;                 ///< that the table states; usually mappings.size()
  Guid type_guid = guids::pm;             ///< EFI order
  std::uint64_t spa_base = 0;
  std::uint64_t spa_length = 0;
  bool cxl = false;
};

/// The cookies a region may have (5.2 to 5.6).
struct RegionCookies {
  std::uint64_t cookie1 = 0;
  std::uint64_t cookie2 = 0;
  std::uint64_t altcookie = 0;
};
RegionCookies region_cookies(const RegionDescription& region);

/// One label's share of a namespace.
struct NamespaceExtent {
  std::uint16_t position = 0;
  std::uint32_t device = 0;
  std::uint32_t slot = 0;
  std::uint64_t dpa = 0;
  std::uint64_t rawsize = 0;
  std::uint64_t isetcookie = 0;
  bool updating = false;
};

enum class Completeness : std::uint8_t {
  complete,  ///< every position occurs exactly once
  missing,   ///< positions are known to have no label
  unknown,   ///< positions were not seen, and their absence is not knowledge (RP4)
  conflict,  ///< a position occurs twice, or nlabel differs (ST02, ST03)
};

enum class CookieVerdict : std::uint8_t {
  matches,                ///< equal to what the region has for this index version
  matches_other_version,  ///< cookie1 in a 1.2 label or the reverse; Linux may accept it (4.10)
  matches_alt,            ///< the altcookie of old kernels: accepted
  other_slot,             ///< that of another QEMU slot, or of another order of the DIMMs (ST05)
  wrong,                  ///< none of the values that can be computed
  differs,                ///< labels of the set disagree (ST06)
  not_checkable,          ///< neither region nor serial is known
  not_used,               ///< CXL 2.1 labels, local 1.1 labels carry none
};

/// What current Linux would show. Where no region is described, what hides a namespace or fails its
/// region depending on the order of the DIMMs is told as region_fails.
enum class LinuxView : std::uint8_t {
  visible,
  hidden,        ///< skipped quietly: cookie, or only on mappings other than 0
  region_fails,  ///< this namespace (or another of its region) makes the region's scan fail
  dimm_fails,    ///< the probe of one of its DIMMs fails; raw exposure (4.2)
  no_index,      ///< Linux finds no index on one of its DIMMs (IX09); raw exposure (4.2)
  unknown,       ///< a DIMM is missing or not checked, or the labels are CXL 2.1 ones (CX12)
};

/// A namespace as its labels tell it. Untrusted: sizes were checked for overflow only.
struct LabelNamespace {
  Guid uuid{};
  std::string name{};      ///< bytes, of the position-0 label (else of the first)
  std::uint64_t size = 0;  ///< sum of rawsize over the extents present; saturates
  bool size_overflows = false;
  LabelFormat format = LabelFormat::v1_2;
  std::uint32_t nlabel = 0;                ///< labels that a complete set has
  std::vector<NamespaceExtent> extents{};  ///< by position, then device and slot; no strays (LB21)
  Completeness completeness = Completeness::complete;
  std::vector<std::uint16_t> missing{};  ///< first 64 positions without a label
  std::uint32_t missing_count = 0;
  CookieVerdict cookie_verdict = CookieVerdict::not_checkable;
  std::uint64_t isetcookie = 0;
  std::optional<std::uint32_t> cookie_slot{};  ///< QEMU slot whose cookie it is (5.5)
  std::uint64_t lbasize = 0;
  ClaimClass claim = ClaimClass::none;
  Guid abstraction{};       ///< EFI order
  Guid type_guid{};         ///< EFI order
  Guid region_uuid{};       ///< CXL 2.1
  std::uint32_t flags = 0;  ///< of the position-0 label
  bool any_updating = false;
  bool local = false;                   ///< all labels in one area (block-mode)
  std::optional<std::size_t> region{};  ///< index into LabelSet::regions
  std::uint64_t spa = 0;  ///< base address where a region is known (4.7 step 7), else 0
  LinuxView linux_view = LinuxView::unknown;

  bool complete() const { return completeness == Completeness::complete; }
};

/// One region with what Linux makes of it.
struct RegionState {
  RegionDescription description{};
  RegionCookies cookies{};
  bool inferred = false;  ///< no description was given: one DIMM as QEMU makes them (5.5)
  bool cookies_known =
      true;  ///< false: neither QEMU's nor from a serial, but as the labels have them
  bool scan_fails = false;  ///< no namespace of the region appears (4.7)
  bool known = true;        ///< false: a DIMM of it is missing or not trustworthy
};

struct LabelSetOptions {
  std::size_t max_namespaces = 65536;
};

/// All namespaces of the DIMMs presented. A value.
struct LabelSet {
  std::vector<RegionState> regions{};
  std::vector<LabelNamespace> namespaces{};  ///< by first device, dpa there, uuid
  std::uint64_t namespaces_omitted = 0;
  std::vector<std::uint32_t> probe_failures{};  ///< DIMMs that Linux gives up (4.2), ascending
};

/// Assembles the namespaces of `devices`. With `regions`, by Linux's rules for each of them; labels
/// outside every region stand alone. Without, sets of one label are taken as those of one-DIMM
/// regions of the whole DIMM, whose cookie is compared with QEMU's for slots 0 to 255, and larger
/// sets are gathered by uuid. Of several DIMMs the n-th is taken to be in slot n, a single one may
/// be in any slot. Findings of 7.4, 7.6 and of 7.3 as far as they need the
/// capacity, the region or the set go to `findings`; those of one area are report_label_area()'s.
LabelSet assemble_labels(std::span<const LabelDevice> devices,
                         std::span<const RegionDescription> regions, FindingSink& findings,
                         const LabelSetOptions& options = {});

/// 0 to 255 when `cookie` is that of the QEMU slot (cookie1 or cookie2), else none.
std::optional<std::uint32_t> qemu_slot_of(std::uint64_t cookie);

std::string_view to_string(Completeness value);
std::string_view to_string(CookieVerdict value);
std::string_view to_string(LinuxView value);

}  // namespace ndmedic
