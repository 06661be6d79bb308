// SPDX-License-Identifier: BSD-3-Clause
// Cases of labels.md 7.6: areas of index version 2.1.
#include <ndmedic/labels/label_set.h>

#include "area_builder.h"
#include "scenarios.h"

namespace ndmedic::tests {
namespace {

AreaBuilder cxl_area(const CxlRegionValues& region, const CxlNamespaceValues& values) {
  AreaBuilder area;
  area.major = 2;
  area.minor = 1;
  area.put(1, make_label(region)).put(2, make_label(values));
  area.block(0, 2, {1, 2}).block(1, 1, {1});
  return area;
}

Findings with_region(const CxlRegionValues& region) { return cxl_area(region, {}).findings(); }
Findings with_namespace(const CxlNamespaceValues& values) {
  return cxl_area({}, values).findings();
}

Findings overlapping_regions() {
  AreaBuilder area = cxl_area({}, {});
  area.put(3, make_label(CxlRegionValues{.uuid = uuid_number(8)}));
  return area.block(0, 2, {1, 2, 3}).findings();
}

Findings freed_region() {
  AreaBuilder area = cxl_area({}, {});
  return area.block(0, 2, {2}).findings();
}

Findings vendor_label() {
  AreaBuilder area = cxl_area({}, {});
  area.fill(3, 0x31);
  return area.block(0, 2, {1, 2, 3}).findings();
}

Findings efi_label() {
  AreaBuilder area = cxl_area({}, {});
  area.put(3, make_label(LabelValues{.uuid = uuid_number(3), .dpa = 1024 * mib}));
  return area.block(0, 2, {1, 2, 3}).findings();
}

/// Two devices with one region label each.
Findings two_devices(const CxlRegionValues& first, const CxlRegionValues& second) {
  const LabelArea a = cxl_area(first, {}).read();
  const LabelArea b = cxl_area(second, {}).read();
  const std::vector<LabelDevice> devices = {{.device = 0, .area = &a}, {.device = 1, .area = &b}};
  Findings findings;
  (void)assemble_labels(devices, {}, findings);
  return findings;
}

}  // namespace

std::vector<Scenario> cxl_scenarios() {
  return {
      {ProblemId::cxl_region_missing,
       [] { return with_namespace({.region_uuid = uuid_number(7)}); }},
      {ProblemId::cxl_extent_outside_region, [] { return with_namespace({.dpa = 384 * mib}); }},
      {ProblemId::cxl_regions_overlap, overlapping_regions},
      {ProblemId::cxl_region_incomplete, [] { return two_devices({.nlabel = 2}, {.nlabel = 2}); }},
      {ProblemId::cxl_region_updating,
       [] { return two_devices({.flags = 8, .nlabel = 2}, {.nlabel = 2, .position = 1}); }},
      {ProblemId::cxl_region_differs,
       [] { return two_devices({.nlabel = 2}, {.nlabel = 2, .position = 1, .hpa = 1}); }},
      {ProblemId::cxl_hpa_unaligned, [] { return with_region({.hpa = 4096}); }},
      {ProblemId::cxl_granularity_linux, [] { return with_region({.granularity = 256}); }},
      {ProblemId::cxl_granularity_illegal, [] { return with_region({.granularity = 7}); }},
      {ProblemId::cxl_label_type_unknown, vendor_label},
      {ProblemId::cxl_format_mixed, efi_label},
      {ProblemId::cxl_nrange_differs, [] { return with_namespace({.nrange = 2}); }},
      {ProblemId::cxl_region_label_freed, freed_region},
      {ProblemId::cxl_labels_unsupported, [] { return cxl_area({}, {}).findings(); }},
  };
}

}  // namespace ndmedic::tests
