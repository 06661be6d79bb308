// SPDX-License-Identifier: BSD-3-Clause
// Cases of labels.md 7.4, and of 7.3 as far as they need a region or several DIMMs.
#include <ndmedic/labels/label_set.h>

#include "area_builder.h"
#include "scenarios.h"
#include "two_way.h"

namespace ndmedic::tests {
namespace {

Findings assembled(const std::vector<AreaBuilder>& areas,
                   const std::vector<RegionDescription>& regions,
                   std::optional<std::uint64_t> capacity = {}) {
  return assemble(areas, regions, capacity).findings;
}

/// A two-way set with labels of both DIMMs as given, on the region of two_way().
Findings pair_of(const LabelValues& first, const LabelValues& second) {
  return assembled({one_namespace(first), one_namespace(second)}, {two_way()});
}

Findings with_cookie(std::uint64_t cookie) {
  return pair_of(half({.isetcookie = cookie}), half({.position = 1, .isetcookie = cookie}));
}

/// The second DIMM's label area is empty.
Findings lonely(const LabelValues& values, bool on_first) {
  AreaBuilder empty;
  empty.block(0, 3, {}).block(1, 2, {});
  AreaBuilder label;
  label.put(1, make_label(values)).block(0, 2, {1}).block(1, 1, {});
  if (on_first) return assembled({label, empty}, {two_way()});
  return assembled({empty, label}, {two_way()});
}

Findings stray() {
  return assembled({with_labels({{.isetcookie = 0x1234, .dpa = 32 * mib}, {}})},
                   {one_way(qemu_serial)});
}

Findings mixed_versions() {
  AreaBuilder old(131072, 128);
  old.put(1, make_label128(half({.position = 1}))).block(0, 2, {1}).block(1, 1, {});
  return assembled({one_namespace(half({})), old}, {two_way()});
}

/// One uuid in the one-DIMM region of each of two DIMMs.
Findings two_regions() {
  return assembled({one_namespace(), one_namespace({.isetcookie = qemu_cookie2_slot1})}, {});
}

Findings alternative_cookie() {
  std::vector<AreaBuilder> areas;
  for (std::uint16_t i = 0; i < 3; ++i)
    areas.push_back(one_namespace({.nlabel = 3, .position = i, .isetcookie = three_way_altcookie}));
  return assembled(areas, {three_way()});
}

Findings too_many() {
  const AreaBuilder area = with_labels({{}, {.uuid = uuid_number(2), .dpa = 16 * mib}});
  const LabelArea read = area.read();
  const std::vector<LabelDevice> devices = {{.device = 0, .area = &read}};
  Findings findings;
  (void)assemble_labels(devices, {}, findings, {.max_namespaces = 1});
  return findings;
}

constexpr std::uint32_t updating = label_flags::updating;

}  // namespace

std::vector<Scenario> set_scenarios() {
  return {
      {ProblemId::label_beyond_dimm,
       [] { return assembled({one_namespace({.dpa = 56 * mib})}, {}, 64 * mib); }},
      {ProblemId::label_type_wrong,
       [] { return assembled({one_namespace({.type_guid = {}})}, {one_way(qemu_serial)}); }},
      {ProblemId::label_updating_stale,
       [] { return pair_of(half({.flags = updating}), half({.position = 1})); }},
      {ProblemId::label_set_half_created, [] { return lonely(half({.flags = updating}), true); }},
      {ProblemId::label_uuid_stray, stray},
      {ProblemId::label_outside_regions,
       [] { return assembled({one_namespace({.dpa = 128 * mib})}, {one_way(qemu_serial)}); }},
      {ProblemId::set_label_missing, [] { return lonely(half({}), true); }},
      {ProblemId::set_position_unknown,
       [] { return assembled({one_namespace(half({}))}, {two_way()}); }},
      {ProblemId::set_position_twice, [] { return pair_of(half({}), half({})); }},
      {ProblemId::set_nlabel_differs,
       [] { return pair_of(half({}), half({.nlabel = 3, .position = 1})); }},
      {ProblemId::set_extents_differ,
       [] { return pair_of(half({}), half({.position = 1, .dpa = 16 * mib})); }},
      {ProblemId::set_cookie_wrong, [] { return with_cookie(0x1234); }},
      {ProblemId::set_cookie_other_slot, [] { return with_cookie(qemu_cookie2_slot1); }},
      {ProblemId::set_cookie_other_order, [] { return with_cookie(two_way_exchanged_cookie2); }},
      {ProblemId::set_cookie_alt, alternative_cookie},
      {ProblemId::set_cookie_differs,
       [] { return pair_of(half({}), half({.position = 1, .isetcookie = 1})); }},
      {ProblemId::set_fields_differ,
       [] { return pair_of(half({}), half({.name = "other", .position = 1})); }},
      {ProblemId::set_versions_mixed, mixed_versions},
      {ProblemId::set_uuid_in_two_regions, two_regions},
      {ProblemId::set_orphan, [] { return lonely(half({.position = 1}), false); }},
      {ProblemId::set_namespaces_omitted, too_many},
      {ProblemId::set_orders_not_checked, [] { return wrong_cookies_in_regions(104).findings; }},
      {ProblemId::set_slot_by_order,
       [] {
         return assembled({one_namespace({.isetcookie = qemu_cookie2_slot1}), AreaBuilder{}}, {});
       }},
  };
}

}  // namespace ndmedic::tests
