// SPDX-License-Identifier: BSD-3-Clause
#include <ndmedic/format/structures.h>

#include <array>

#include <ndmedic/format/btt_flog.h>
#include <ndmedic/format/btt_info.h>
#include <ndmedic/format/cxl_label.h>
#include <ndmedic/format/label.h>
#include <ndmedic/format/label_index.h>
#include <ndmedic/format/nfit.h>
#include <ndmedic/format/pfn_info.h>
#include <ndmedic/format/pool_header.h>

namespace ndmedic {
namespace {

constexpr std::array list = {
    &index_block_structure,
    &label128_structure,
    &label256_structure,
    &cxl_namespace_label_structure,
    &cxl_region_label_structure,
    &vendor_label_structure,
    &info_block_structure,
    &flog_entry_structure,
    &pfn_info_structure,
    &pool_header_structure,
    &blk_descriptor_structure,
    &nfit_header_structure,
    &nfit_spa_range_structure,
    &nfit_spa_range_cookie_structure,
    &nfit_mapping_structure,
    &nfit_interleave_structure,
    &nfit_smbios_structure,
    &nfit_control_region_structure,
    &nfit_control_region_long_structure,
    &nfit_data_window_structure,
    &nfit_flush_hints_structure,
    &nfit_capabilities_structure,
    &nfit_unknown_structure,
};

}  // namespace

std::span<const Structure* const> all_structures() { return list; }

const Structure* find_structure(std::string_view name) {
  for (const Structure* structure : list)
    if (structure->name == name) return structure;
  return nullptr;
}

}  // namespace ndmedic
