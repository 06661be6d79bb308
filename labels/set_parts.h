// SPDX-License-Identifier: BSD-3-Clause
// What the steps of assemble_labels() hand to each other: labels with the region they belong to,
// and what Linux makes of each region.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <vector>

#include <ndmedic/labels/label_set.h>

namespace ndmedic::label_sets {

/// An active namespace label and where it belongs.
struct Item {
  const LabelRecord* label = nullptr;
  std::size_t device = 0;  ///< index into the span of devices
  std::optional<std::size_t> region{};
  std::size_t mapping = 0;  ///< of that region
  bool stray = false;       ///< LB21: left out of the namespace
};

/// What Linux's scan of one region gives (4.7).
struct Scan {
  bool fails = false;
  bool known = true;            ///< false: a DIMM is not there or not to be trusted
  std::vector<Guid> visible{};  ///< sorted; empty when the scan fails
};

/// Everything that is known about the input, indexed for look-ups.
struct Input {
  std::span<const LabelDevice> devices{};
  std::vector<RegionState> regions{};
  bool regions_inferred = false;
  std::vector<Item> items{};                               ///< by device, then slot
  std::vector<std::vector<const LabelRecord*>> by_uuid{};  ///< for each device: by uuid, then slot
  std::vector<std::vector<const LabelRecord*>> cxl_regions{};  ///< for each device: by uuid
  std::vector<bool> probe_fails{};                             ///< for each device (4.2)
  std::vector<bool> trusted{};  ///< for each device: LabelArea::trustworthy()
};

inline constexpr std::size_t simulated_mappings_max = 32;

// set_regions.cpp
/// The device of the span with this ordinal, or none.
std::optional<std::size_t> device_index(const Input& input, std::optional<std::uint32_t> device);
/// One region a DIMM, as QEMU makes them (5.5), or as the labels suggest.
std::vector<RegionState> inferred_regions(std::span<const LabelDevice> devices);
/// Fills items, by_uuid and probe_fails; `input.regions` is there already.
void gather(Input& input);
/// The cookie of the region by the index version of mapping 0 (4.7 step 4).
std::uint64_t cookie_of_region(const Input& input, const RegionState& region);
/// True when `cookie` is that one or the altcookie, which Linux accepts as well.
bool cookie_accepted(const Input& input, const RegionState& region, std::uint64_t cookie);

// set_linux.cpp
/// Linux's scan of region `index` (4.7 steps 1 to 6). `items` are those of the region.
Scan scan_region(const Input& input, std::size_t index, std::span<const Item* const> items);

// set_cookies.cpp
/// What can be said about a cookie of a region, and the QEMU slot it belongs to.
struct CookieAnswer {
  CookieVerdict verdict = CookieVerdict::not_checkable;
  std::optional<std::uint32_t> slot{};
  bool other_order = false;
};
/// Orders of DIMMs that are still tried in one assembly. Enough for 100 sets of six DIMMs.
struct OrderBudget {
  std::uint64_t orders = 100 * 720;
  std::uint64_t sets_not_checked = 0;
};
/// Keeps the cookies that the DIMMs of one region would have in any other order (ST05).
class CookieJudge {
 public:
  CookieJudge(const RegionState& region, OrderBudget& budget) : region_(region), budget_(budget) {}
  CookieAnswer judge(std::uint64_t cookie, bool version_1_1);

 private:
  bool fits_other_order(std::uint64_t cookie);
  void compute_other_orders();

  const RegionState& region_;
  OrderBudget& budget_;
  std::optional<std::vector<std::uint64_t>> other_orders_{};
};

// set_namespace.cpp
/// Labels of one uuid that make one namespace, sorted by position, device and slot.
using Group = std::vector<const Item*>;
LabelNamespace make_namespace(const Input& input, const Group& group);
/// True when the absence of positions of this set is knowledge (RP4).
class Membership {
 public:
  explicit Membership(const Input& input);
  bool absence_is_known(const LabelNamespace& ns) const;
  /// True when labels of the uuid say that the set of `labels` active ones, all UPDATING, is no
  /// interrupted creation (LB10): one without UPDATING, active or free, or active ones elsewhere.
  bool has_other_traces(const Guid& uuid, std::size_t labels) const;

 private:
  const Input& input_;
  std::vector<std::pair<std::uint64_t, std::size_t>> members_{};  ///< (cookie, device), sorted
  std::vector<Guid> active_{};                                    ///< one a label, sorted
  std::vector<Guid> not_updating_{};                              ///< sorted
};

// set_report.cpp, set_cxl.cpp
class SetReporter {
 public:
  SetReporter(const Input& input, FindingSink& sink) : input_(input), sink_(sink) {}
  void ns(ProblemId id, const Guid& uuid, std::vector<Argument> arguments = {});
  void slot(ProblemId id, const Item& item, std::vector<Argument> arguments = {});
  void all(ProblemId id, std::vector<Argument> arguments = {});

 private:
  const Input& input_;
  FindingSink& sink_;
};
void report_item(const Input& input, const Item& item, SetReporter& out);
void report_namespace(const Input& input, const LabelNamespace& ns, const Group& group,
                      const Membership& membership, const CookieAnswer& cookie, SetReporter& out);
void report_uuid_in_regions(const Input& input, const std::vector<LabelNamespace>& namespaces,
                            SetReporter& out);
void report_cxl_regions(const Input& input, SetReporter& out);

}  // namespace ndmedic::label_sets
