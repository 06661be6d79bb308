// SPDX-License-Identifier: BSD-3-Clause
// What is wrong with a described platform, in words.
#include <fmt/format.h>

#include <array>

#include <ndmedic/cli/platform_json.h>

namespace ndmedic::cli {
namespace {

/// {0}: item, {1}: mapping, {2}: value of the finding.
struct FaultText {
  PlatformFault fault;
  const char* text;
};

constexpr std::array fault_texts = {
    FaultText{PlatformFault::no_dimms, "/dimms: there is none"},
    FaultText{PlatformFault::too_many,
              "/: more than {2} DIMMs, regions, interleaves or mappings of one region"},
    FaultText{PlatformFault::handle_twice, "/dimms/{0}/handle: another DIMM has it"},
    FaultText{PlatformFault::control_index, "/dimms/{0}/control_index: 0, or another DIMM has it"},
    FaultText{PlatformFault::dimm_too_large, "/dimms/{0}: size and label_size exceed 64 bits"},
    FaultText{PlatformFault::hints_too_many, "/dimms/{0}/flush_hints: more than {2}"},
    FaultText{PlatformFault::interleave_form,
              "/interleaves/{0}: no lines, lines of 0 bytes, two in one place, or too many"},
    FaultText{PlatformFault::range_index, "/regions/{0}/range_index: 0, or another region has it"},
    FaultText{PlatformFault::region_empty, "/regions/{0}/size: 0, or beyond 64 bits"},
    FaultText{PlatformFault::region_wraps, "/regions/{0}/base: the region ends beyond 64 bits"},
    FaultText{PlatformFault::region_size, "/regions/{0}/size: its mappings have {2} bytes"},
    FaultText{PlatformFault::regions_overlap, "/regions/{0}/base: overlaps /regions/{2}"},
    FaultText{PlatformFault::mapping_dimm,
              "/regions/{0}/mappings/{1}/dimm: the region has this DIMM already"},
    FaultText{PlatformFault::mapping_beyond,
              "/regions/{0}/mappings/{1}: empty, or beyond the {2} bytes of the DIMM"},
    FaultText{PlatformFault::mappings_overlap,
              "/regions/{0}/mappings/{1}/dpa: overlaps what /regions/{2} has of the DIMM"},
    FaultText{PlatformFault::offset_beyond,
              "/regions/{0}/mappings/{1}/offset: behind the end of the region"},
    FaultText{PlatformFault::offset_twice,
              "/regions/{0}/mappings/{1}/offset: another mapping has it"},
    FaultText{PlatformFault::mapping_interleave,
              "/regions/{0}/mappings/{1}/interleave: there is no such interleave"},
    FaultText{PlatformFault::interleaves_differ,
              "/regions/{0}/mappings/{1}/interleave: lines unlike those of mapping 0"},
    FaultText{PlatformFault::lines_uneven,
              "/regions/{0}/mappings/{1}/size: with lines, all mappings of a region have one size, "
              "a multiple of {2}"},
    FaultText{PlatformFault::lines_beyond,
              "/regions/{0}/mappings/{1}/offset: a line lies outside of its turn"},
    FaultText{PlatformFault::lines_collide, "/regions/{0}/mappings: two lines in one place"},
};

constexpr bool in_order() {
  for (std::size_t i = 0; i < fault_texts.size(); ++i)
    if (fault_texts[i].fault != static_cast<PlatformFault>(i)) return false;
  return fault_texts.back().fault == PlatformFault::lines_collide;
}
static_assert(in_order(), "one text a fault, found by its number");

}  // namespace

std::string platform_fault_text(const PlatformFinding& finding) {
  const FaultText& row = fault_texts[static_cast<std::size_t>(finding.fault)];
  return fmt::format(fmt::runtime(row.text), finding.item, finding.mapping, finding.value);
}

}  // namespace ndmedic::cli
